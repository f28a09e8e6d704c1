"""Turns a line of text into outlines, so that a cover needs no font where it is shown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from publish.fonts.catalogue import TEXT_ROLES, Catalogue, Face
from publish.fonts.opening import engine, ignorable, opened
from publish.fonts.stacks import Choice, assign, stack

# Not every face turns these by its own "vert" feature; all have the vertical forms.
_UPRIGHT = str.maketrans({"—": "︱", "–": "︲", "…": "︙"})


@dataclass(frozen=True, slots=True)
class Outline:
    """Path data for the ``d`` of an SVG path, y downward, in the unit of the size asked for.

    Of a horizontal line the origin is at the start of the base line and the advance goes right;
    of a vertical line it is at the middle of the top and the advance goes down.
    """

    path: str
    advance: float
    missing: frozenset[str] = frozenset()  # characters that were left out


def outline(
    text: str,
    *,
    language: str,
    size: float,
    catalogue: Catalogue,
    role: str = "song",
    weight: str = "bold",
    vertical: bool = False,
    tracking: float = 0.0,
) -> Outline | None:
    """Return one line of text as outlines, or None if this machine has no face for Chinese.

    Args:
        text: one line; a character that the first face lacks is taken from the next in the stack.
        language: BCP 47, decides on the shapes.
        size: of the em, in any unit.
        catalogue: the faces.
        role: "song", "hei", "kai" or "mono".
        weight: "normal" or "bold".
        vertical: set the characters under each other, with the vertical forms of marks.
        tracking: added after each character, in em.
    """
    choices = stack(language, role, catalogue)
    if not any(choice.family.role in TEXT_ROLES for choice in choices):
        return None
    text = unicodedata.normalize("NFC", text)
    runs, missing = _runs(text.translate(_UPRIGHT) if vertical else text, weight, choices)
    pen = _Pen()
    position = 0.0
    for face, run in runs:
        position = _draw(pen, face, run, language, size, position, vertical, tracking * size)
    return Outline(" ".join(pen.parts), round(position, 3), missing)


def _runs(
    text: str, weight: str, choices: tuple[Choice, ...]
) -> tuple[list[tuple[Face, str]], frozenset[str]]:
    given = assign(map(ord, text), weight, choices)
    owner = {
        code: face
        for faces in given.uses.values()
        for face, codes in faces.items()
        for code in codes
    }
    runs: list[tuple[Face, str]] = []
    for character in text:
        hidden = ignorable(ord(character)) or unicodedata.combining(character)
        face = runs[-1][0] if runs and hidden else owner.get(ord(character))
        if face is None:
            continue
        if runs and runs[-1][0] == face:
            runs[-1] = (face, runs[-1][1] + character)
        else:
            runs.append((face, character))
    return runs, frozenset(map(chr, given.missing))


def _draw(
    pen: _Pen,
    face: Face,
    text: str,
    language: str,
    size: float,
    position: float,
    vertical: bool,
    tracking: float,
) -> float:
    hb = engine()
    source = opened(face)
    font = hb.Font(source)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ttb" if vertical else "ltr"
    buffer.language = language or "zh-Hans"
    hb.shape(font, buffer, {"vert": True} if vertical else {"kern": True})
    scale = size / source.upem
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        along = position * (1 if vertical else 0)
        pen.place(
            scale,
            place.x_offset * scale + (0.0 if vertical else position),
            along - place.y_offset * scale,
        )
        font.draw_glyph_with_pen(info.codepoint, pen)
        advance = -place.y_advance if vertical else place.x_advance
        position += advance * scale + (tracking if advance else 0.0)
    return position


class _Pen:
    """Writes glyph outlines as SVG path data."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._scale, self._x, self._y = 1.0, 0.0, 0.0

    def place(self, scale: float, x: float, y: float) -> None:
        """Set the scale and the origin of the next glyph."""
        self._scale, self._x, self._y = scale, x, y

    def _write(self, command: str, *points: tuple[float, float]) -> None:
        numbers = (
            f"{self._x + x * self._scale:.2f} {self._y - y * self._scale:.2f}" for x, y in points
        )
        self.parts.append(command + " ".join(numbers))

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol
        self._write("M", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._write("L", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._write("C", *points)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._write("Q", *points)

    def closePath(self) -> None:  # noqa: N802
        self.parts.append("Z")
