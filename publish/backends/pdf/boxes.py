"""Rectangles of pages and sheets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """The sides as a PDF has them (ISO 32000-1, 7.9.5), to a thousandth."""
        return (
            round(self.left, 3), round(self.bottom, 3), round(self.right, 3), round(self.top, 3)
        )  # fmt: skip

    def grown(self, by: float) -> Box:
        """Return it with every side moved outwards."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def moved(self, by: float) -> Box:
        """Return it moved to the right."""
        return Box(self.left + by, self.bottom, self.right + by, self.top)

    def within(self, other: Box) -> Box:
        """Return what the two share; without an area if that is nothing."""
        return Box(
            max(self.left, other.left), max(self.bottom, other.bottom),
            min(self.right, other.right), min(self.top, other.top),
        )  # fmt: skip
