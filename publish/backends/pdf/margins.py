"""Takes the margin boxes of style sheets apart: what goes on pages when, and from whom.

Text is set without margin boxes (CSS Paged Media 3, section 5). Folios depend on nothing but the
number, heads on nothing but the title: so each are set apart, from the layout's own rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import tinycss2 as _tinycss2

BOXES = frozenset(
    f"{edge}-{place}"
    for edge, places in {
        "top": "left-corner left center right right-corner",
        "bottom": "left-corner left center right right-corner",
        "left": "top middle bottom",
        "right": "top middle bottom",
    }.items()
    for place in places.split()
)
_COUNTERS = frozenset({"counter", "counters"})
_TRIM = frozenset({"marks", "bleed", *(f"bleed-{s}" for s in ("top", "right", "bottom", "left"))})
_SPACE = ("whitespace", "comment")
_STRINGS = frozenset({"string", "element", "content"})

tinycss2: Any = _tinycss2  # the engine's parser has no types
Tokens = list[Any]
Change = Callable[[Any], Tokens]


def bare(css: str) -> str:
    """Return a style sheet without margin boxes; every line stays where it was."""
    return _changed(css, lambda block: [_newlines(block)])


def folios(css: str) -> str:
    """Return a style sheet whose margin boxes set the page number alone."""
    return _changed(css, lambda block: [block] if _counts(block) else [_silent(block)])


def heads(css: str) -> str:
    """Return a style sheet whose margin boxes set all but the page number."""
    return _changed(css, lambda block: [_silent(block)] if _counts(block) else [block])


def mixes(css: str) -> bool:
    """Tell whether a margin box sets the page number and a running head in one breath."""
    found: list[bool] = []

    def look(block: Any) -> Tokens:
        found.append(_counts(block) and _has(block.content, _STRINGS))
        return [block]

    _changed(css, look)
    return any(found)


def trims(css: str) -> list[int]:
    """Return the lines on which rules of pages set bleed or marks, which are the book's to set."""
    found: list[int] = []
    at_page = False
    for token in tinycss2.parse_component_value_list(css):
        if token.type == "at-keyword":
            at_page = token.lower_value == "page"
        elif token.type == "{} block":
            words = token.content if at_page else ()
            found += (
                word.source_line
                for word, after in pairwise(t for t in words if t.type not in _SPACE)
                if word.type == "ident" and word.lower_value in _TRIM and after == ":"
            )
            at_page = False
    return found


def _changed(css: str, change: Change) -> str:
    tokens = tinycss2.parse_component_value_list(css)
    return str(tinycss2.serialize(_walk(tokens, change)))


def _walk(tokens: Sequence[Any], change: Change) -> Tokens:
    """Return tokens in which the block of every margin box is changed."""
    result: Tokens = []
    box: Any = None  # the at-keyword whose block is awaited
    for token in tokens:
        if token.type == "at-keyword":
            box = token if token.lower_value in BOXES else None
        elif token.type == "{} block":
            if box is None:
                token.content = _walk(token.content, change)
            else:
                changed = change(token)
                if changed == [token]:
                    result.append(token)
                else:
                    if changed[0].type != "{} block":
                        result.remove(box)
                    result += changed
                box = None
                continue
        elif token.type not in ("whitespace", "comment"):
            box = None
        result.append(token)
    return result


def _counts(block: Any) -> bool:
    """Tell whether a block shows the page number."""
    return _has(block.content, _COUNTERS, "page")


def _has(tokens: Sequence[Any], names: frozenset[str], first: str = "") -> bool:
    for token in tokens:
        if token.type == "function":
            words = [t.lower_value for t in token.arguments if t.type == "ident"]
            if token.lower_name in names and (not first or words[:1] == [first]):
                return True
            if _has(token.arguments, names, first):
                return True
    return False


def _silent(block: Any) -> Any:
    """Return a block whose ``content`` is none: it still wins over what stands before it."""
    kept: Tokens = []
    skipping = False
    for number, token in enumerate(block.content):
        if token == ";":
            skipping = False
        if not skipping:
            kept.append(token)
        if token.type == "ident" and token.lower_value == "content" and not skipping:
            following = next((t for t in block.content[number + 1 :] if t.type != "whitespace"), "")
            if following == ":":
                kept += tinycss2.parse_component_value_list(": none")
                skipping = True
    copy = tinycss2.parse_component_value_list("{}")[0]
    copy.content = kept
    return copy


def _newlines(block: Any) -> Any:
    lines = tinycss2.serialize([block]).count("\n")
    return tinycss2.parse_component_value_list("\n" * lines + " ")[0]
