"""Fills in the drawings of a layout, ``cover.svg`` and ``wrap.svg``: their text is outlines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from publish import fonts, layouts
from publish.layouts import Layout
from publish.model import Edition

MIDDLE = 0.37  # em from the base line of Latin to the middle of a column it lies in
BASE = 0.86  # em from the top of a square to the base line of digits that stand in it
GAP = 0.2  # em between Han and what lies on its side
_EITHER = "“”‘’—–…·"  # of the kind of the text around them


def drawing(
    layout: Layout, template: str, edition: Edition, catalogue: fonts.Catalogue, **more: Any
) -> tuple[str, frozenset[str]]:
    """Return a drawing, and the texts that are missing in it because no face is installed.

    Args:
        layout: whose template it is.
        template: "cover.svg" or "wrap.svg".
        edition: the book.
        catalogue: the faces.
        more: what the template is given besides (see docs/layouts.md).

    Raises:
        BackendError: the template is wrong.
    """
    pen = Pen(edition.language, catalogue)
    svg = layouts.render(
        layout,
        template,
        edition=edition,
        t=layouts.labels(edition.language),
        outline=pen.outline,
        measure=pen.measure,
        column=pen.column,
        depth=pen.depth,
        **more,
    )
    return svg, frozenset(pen.missing)


@dataclass(slots=True)
class Pen:
    """Sets lines and columns of text for a template."""

    language: str
    catalogue: fonts.Catalogue
    missing: set[str] = field(default_factory=set)

    def outline(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        anchor: str = "start",
        vertical: bool = False,
        **how: Any,
    ) -> str:
        """Return a line of text with its baseline (or the head of its column) at a place."""
        drawn = self._drawn(text, size, vertical=vertical, **how)
        if drawn is None:
            self.missing.add(text)
            return ""
        shift = {"start": 0.0, "middle": drawn.advance / 2, "end": drawn.advance}[anchor]
        dx, dy = (0.0, shift) if vertical else (shift, 0.0)
        return f'<path transform="translate({x - dx:.2f} {y - dy:.2f})" d="{drawn.path}"/>'

    def measure(self, text: str, size: float, **how: Any) -> float:
        """Return how wide a line of text is."""
        drawn = self._drawn(text, size, **how)
        return drawn.advance if drawn else len(text) * size

    def column(self, text: str, x: float, y: float, size: float, **how: Any) -> str:
        """Return a column of text, its middle at ``x``, its head at ``y``.

        Han stands upright, one or two digits stand in a square, other text lies on its side,
        turned clockwise (clreq, mixed text composition in vertical writing mode).
        """
        parts = []
        for path, dx, dy, turned in self._column(text, size, **how)[0]:
            turn = " rotate(90)" if turned else ""
            parts.append(
                f'<path transform="translate({x + dx:.2f} {y + dy:.2f}){turn}" d="{path}"/>'
            )
        if text and not parts:
            self.missing.add(text)
        return "".join(parts)

    def depth(self, text: str, size: float, **how: Any) -> float:
        """Return how long a column of text is."""
        return self._column(text, size, **how)[1]

    def _column(
        self, text: str, size: float, *, tracking: float = 0.0, **how: Any
    ) -> tuple[list[tuple[str, float, float, bool]], float]:
        """Return paths, each with its place and whether it is turned; and the length of all."""
        parts: list[tuple[str, float, float, bool]] = []
        at = 0.0
        kind_before = ""
        for kind, run in _runs(text):
            if kind_before and "side" in (kind, kind_before):
                at += GAP * size
            kind_before = kind
            upright = kind == "upright"
            spaced = tracking if upright else 0.0
            drawn = self._drawn(run, size, vertical=upright, tracking=spaced, **how)
            if drawn is None:
                continue
            if kind == "square":
                narrow = min(1.0, size / max(drawn.advance, 0.001))
                if narrow < 1:
                    drawn = self._drawn(run, size * narrow, **how) or drawn
                parts.append((drawn.path, -drawn.advance / 2, at + BASE * size, False))
                at += size * (1 + tracking)
            elif upright:
                parts.append((drawn.path, 0.0, at, False))
                at += drawn.advance
            else:
                parts.append((drawn.path, -MIDDLE * size, at, True))
                at += drawn.advance
        return parts, at

    def _drawn(
        self, text: str, size: float, *, face: str = "bold", role: str = "song", **how: Any
    ) -> fonts.Outline | None:
        return fonts.outline(
            text,
            language=self.language,
            role=role,
            weight="bold" if face == "bold" else "normal",
            size=size,
            catalogue=self.catalogue,
            **how,
        )


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the runs of a column: "upright", "square" (one or two digits) or "side"."""
    pieces: list[tuple[bool, str]] = []
    for number, sign in enumerate(text):
        wide = _is_wide(sign)
        if wide is None:
            before = pieces[-1][0] if pieces else None
            after = next((w for s in text[number + 1 :] if (w := _is_wide(s)) is not None), None)
            wide = before if before is not None else bool(after)
        if pieces and pieces[-1][0] == wide:
            pieces[-1] = (wide, pieces[-1][1] + sign)
        else:
            pieces.append((wide, sign))
    for wide, run in pieces:
        plain = run if wide else run.strip()
        if wide:
            yield "upright", plain
        elif plain.isascii() and plain.isdigit() and len(plain) <= 2:
            yield "square", plain
        elif plain:
            yield "side", plain


def _is_wide(sign: str) -> bool | None:
    """Tell whether a character stands upright; None if that depends on its neighbours."""
    if sign in _EITHER:
        return None
    return unicodedata.east_asian_width(sign) in "WF"
