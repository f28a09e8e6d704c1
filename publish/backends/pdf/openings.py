"""Finds out what a layout lets open on a recto, and what stands on the versos left empty."""

from __future__ import annotations

from dataclasses import replace

from publish import cache
from publish.backends.pdf import compose, galley
from publish.backends.pdf.compose import Floor
from publish.backends.pdf.trees import make

STAGE = "openings"
KINDS = ("part", "chapter", "back")
EMPTY = 1  # the page of `empty` that is one


def empty(floor: Floor) -> str:
    """Return the key of a galley whose second page is an empty verso, with the layout's ground."""
    key = cache.digest("empty", floor.shared)
    if not floor.store.has(galley.STAGE, key):
        root = make("html", lang=floor.setup.edition.language)
        body = make("body")
        body.extend(
            make("div", style=f"height: 1pt; {more}") for more in ("", "break-before: recto")
        )
        root.extend((make("head"), body))
        press = compose.press(floor, "text")
        made = press.set(root, replace(floor.setup.manner, tags=False))
        galley.keep(floor.store, key, made)
    return key


def rectos(floor: Floor) -> frozenset[str]:
    """Return which of "part", "chapter" and "back" open on a recto, by the layout's own CSS.

    A galley begins on a recto whatever its style sheet says. So each kind is tried once after a
    page of something else: if it opens on the third page, an empty verso was called for.
    """
    store, setup = floor.store, floor.setup
    key = cache.digest(STAGE, galley.VERSION, floor.shared)
    kept = store.load(STAGE, key, tuple[str, ...])
    if kept is None:
        press = compose.press(floor, "text")
        found = []
        for kind in KINDS:
            root = make("html", lang=setup.edition.language)
            body = make("body")
            body.append(make("div", style="height: 1pt"))
            body.append(make("section", class_=kind, style="height: 1pt"))
            root.extend((make("head"), body))
            if len(press.set(root, setup.manner)) > 2:
                found.append(kind)
        kept = tuple(found)
        store.store(STAGE, key, kept)
    return frozenset(kept)
