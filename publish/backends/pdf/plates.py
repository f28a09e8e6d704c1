"""Puts the pictures of galleys back, each once in the whole book."""

from __future__ import annotations

from collections.abc import Iterable

import pikepdf
from pikepdf import Dictionary, Name

from publish.backends.pdf.galley import HELD, Plate, object_of
from publish.backends.pdf.writer import Writer, reference
from publish.cache import Cache

_HELD = f"/{HELD}"


class Plates:
    """The pictures of one PDF."""

    def __init__(self, writer: Writer, store: Cache) -> None:
        self._writer = writer
        self._store = store
        self._numbers: dict[str, int] = {}

    def give(self, resources: pikepdf.Object, plates: Iterable[Plate]) -> None:
        """Replace the held back pictures of resources, and of the forms and patterns in them.

        Args:
            resources: of pages of a galley.
            plates: that galley's; masks come before what they mask.
        """
        own = {plate.name: plate for plate in plates}
        if not own:
            return
        todo: list[pikepdf.Object] = [resources]
        seen: set[tuple[int, int]] = set()
        while todo:
            now = todo.pop()
            if now.is_indirect:
                if now.objgen in seen:
                    continue
                seen.add(now.objgen)
            for kind in ("/XObject", "/Pattern"):
                for name, item in dict(now.get(kind, {}).items()).items():
                    if not isinstance(item, pikepdf.Stream | Dictionary):
                        continue  # one of ours
                    if item.get("/Subtype") == Name.Image and _HELD in item:
                        plate = own[str(item[_HELD])[1:]]
                        now[kind][name] = reference(self._number(plate, own))
                    elif "/Resources" in item:
                        todo.append(item.Resources)
            for state in dict(now.get("/ExtGState", {}).items()).values():
                mask = state.get("/SMask")
                group = mask.get("/G") if isinstance(mask, Dictionary) else None
                if group is not None and "/Resources" in group:
                    todo.append(group.Resources)

    def _number(self, plate: Plate, own: dict[str, Plate]) -> int:
        """Return the number of a picture, which is written if it is not yet."""
        if plate.name not in self._numbers:
            facts = plate.facts.strip()[2:-2]
            if plate.mask:
                facts += b"/SMask %d 0 R" % self._number(own[plate.mask], own)
            data = object_of(self._store, plate.object)
            self._numbers[plate.name] = self._writer.put_stream(facts, data)
        return self._numbers[plate.name]
