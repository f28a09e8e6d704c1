"""Puts the pictures of galleys back, each once in the whole book."""

from __future__ import annotations

import pikepdf
from pikepdf import Dictionary, Name

from publish.backends.pdf.galley import HELD, object_of
from publish.cache import Cache

_HELD = f"/{HELD}"


class Plates:
    """The pictures of one PDF."""

    def __init__(self, pdf: pikepdf.Pdf, store: Cache) -> None:
        self._pdf = pdf
        self._store = store
        self._made: dict[str, pikepdf.Object] = {}

    def give(self, resources: pikepdf.Object) -> None:
        """Replace the held back pictures of resources, and of the forms and patterns in them."""
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
                    if item.get("/Subtype") == Name.Image and _HELD in item:
                        now[kind][name] = self._picture(item)
                    elif "/Resources" in item:
                        todo.append(item.Resources)
            for state in dict(now.get("/ExtGState", {}).items()).values():
                mask = state.get("/SMask")
                group = mask.get("/G") if isinstance(mask, Dictionary) else None
                if group is not None and "/Resources" in group:
                    todo.append(group.Resources)

    def _picture(self, held: pikepdf.Object) -> pikepdf.Object:
        """Return a picture with its bytes; equal ones are one object."""
        facts = {k: value for k, value in held.items() if k not in ("/Length", _HELD)}
        if "/SMask" in facts:
            facts["/SMask"] = self._picture(held.SMask)
        name = str(held[_HELD]).removeprefix("/")
        shown = sorted((key, _told(value)) for key, value in facts.items())
        key = f"{name} {shown}"
        if key not in self._made:
            picture = pikepdf.Stream(self._pdf, object_of(self._store, name))
            for fact, value in facts.items():
                picture[fact] = value
            self._made[key] = self._pdf.make_indirect(picture)
        return self._made[key]


def _told(value: pikepdf.Object) -> str:
    if isinstance(value, pikepdf.Object) and value.is_indirect:
        return str(value.objgen)
    if isinstance(value, pikepdf.Object):
        return value.unparse().decode("latin-1")
    return repr(value)
