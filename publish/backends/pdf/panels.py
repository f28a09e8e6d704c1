"""The sheet of a cover: where its panels are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Back, spine and front side by side, in points; places count from the trimmed edges."""

    width: float  # of a page
    height: float
    spine: float
    bleed: float
    binding: str  # "left" or "right": where the spine is as one looks at the front

    @property
    def trim(self) -> tuple[float, float]:
        """Width and height when it is cut."""
        return 2 * self.width + self.spine, self.height

    def wide(self, panel: str) -> float:
        """Return the width of a panel: "back", "spine" or "front"."""
        return self.spine if panel == "spine" else self.width

    def left(self, panel: str) -> float:
        """Return where a panel begins."""
        order = ("back", "spine", "front") if self.binding == "left" else ("front", "spine", "back")
        return sum(map(self.wide, order[: order.index(panel)]))

    @property
    def folds(self) -> tuple[float, float]:
        """Where the sheet is folded: the edges of the spine."""
        left = self.left("spine")
        return left, left + self.spine
