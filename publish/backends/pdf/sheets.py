"""The style rules that no layout should have to write: page, strings, outline."""

from __future__ import annotations

from dataclasses import dataclass

from publish.backends.pdf.facts import Page


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet, and the file that messages name."""

    shown: str
    text: str


ROOM = 0.01  # points below the last line: what is rounded must not push it off the page
MIRRORED = "@page :left {{ margin-left: {outer:.3f}pt; margin-right: {inner:.3f}pt }}"


def rules(page: Page, *, mirrored: bool = True, marks: str = "") -> str:
    """Return the rules of a page, set before those of the layout, which may override them.

    Args:
        page: its measures.
        mirrored: whether left pages have their inner margin on the right. Galleys are set as
            rectos throughout, and moved when they are bound.
        marks: rules for what stands beside text, see `beside`.
    """
    # Boxes of versos move: whatever reaches the edge goes on by as much.
    beside = page.bleed + abs(page.inner - page.outer)
    reach = max(page.inner, page.outer) + page.bleed
    width, height = page.width + 2 * page.bleed, page.height + 2 * page.bleed
    return f"""
@page {{ bleed: {page.bleed:.3f}pt {beside:.3f}pt !important; marks: none !important }}
@page {{
  size: {page.width:.3f}pt {page.height:.3f}pt;
  margin: {page.top:.3f}pt {page.outer:.3f}pt {page.bottom - ROOM:.3f}pt {page.inner:.3f}pt;
}}
{MIRRORED.format(outer=page.outer, inner=page.inner) if mirrored else ""}
@page cover {{ margin: 0 }}
:root {{ --em: {page.size:g}pt; --pitch: {page.pitch:g}pt;
  --measure: {page.text_width:.3f}pt; --depth: {page.text_height:.3f}pt;
  --bleed: {page.bleed:.3f}pt; --reach: {reach:.3f}pt;
  --reach-top: {page.top + page.bleed:.3f}pt; --reach-bottom: {page.bottom + page.bleed:.3f}pt }}
.cover-page {{ page: cover; position: relative; height: {page.height:.3f}pt }}
.cover-page img {{ display: block; position: absolute; left: -{page.bleed:.3f}pt;
  top: -{page.bleed:.3f}pt; width: {width:.3f}pt; height: {height:.3f}pt;
  max-width: none; max-height: none; object-fit: contain }}
h1, h2, h3, h4, h5, h6 {{ bookmark-level: none }}
{_outline()}
[data-head] {{ string-set: chapter-title attr(data-head), book-title attr(data-book),
  kicker attr(data-kicker) }}
[data-deep] {{ margin-left: 0 !important; padding-left: 0 !important }}
{marks}
.footnote {{ float: footnote }}
.footnote::footnote-call {{ content: attr(data-number) }}
.footnote::footnote-marker {{ content: attr(data-number) }}
"""


# Heads and folios are laid over pages that have their ground already.
GROUNDLESS = """
@page { background: none !important; border-color: transparent !important }
html, body { background: none !important }
"""


def beside(*, composed: bool, dots: bool) -> str:
    """Return the rules for emphasis, and for notes in two lines (夹注).

    Properties of our own (``--emphasis``, ``--rows``) are read where lines are composed: see the
    modules `beside` and `asides`. Dots mark what is in 楷体 already.
    """
    kai = "em, em [lang] { font-family: var(--kai) }"
    dots_of = "{ --emphasis: dot }"
    return "\n".join(
        (
            f"em {dots_of}" if composed and dots else kai,
            f"blockquote em, .verse em, .summary em {dots_of}" if composed else "",
            _ROWS if composed else _BRACKETS.format(""),
            _BRACKETS.format(":has(*)") if composed else "",  # holds more than text
        )
    )


_ROWS = ".jiazhu { font-size: .5em; line-height: 0; margin: 0 .15em; --rows: 2 }"
_BRACKETS = """
.jiazhu{0} {{ font-size: .75em; line-height: 0; margin: 0; --rows: 1 }}
.jiazhu{0}::before {{ content: "（" }}
.jiazhu{0}::after {{ content: "）" }}
"""


def _outline() -> str:
    return "\n".join(
        f'[data-outline="{level}"] {{ bookmark-level: {level}; bookmark-label: attr(data-label);'
        f" bookmark-state: {'open' if level == 1 else 'closed'} }}"
        for level in range(1, 7)
    )
