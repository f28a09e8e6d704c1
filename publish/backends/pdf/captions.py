"""The captions of figures, and the names by which a list of figures finds them."""

from __future__ import annotations

from collections.abc import Iterator

from publish.backends.pdf.trees import Element, classes, parents, read, remove
from publish.model import Chapter


def name(text: Element, chapter: str) -> None:
    """Give every figure that has a caption an id; done before anything else moves."""
    for uid, figure, _ in _captioned(text, chapter):
        figure.set("id", uid)


def captions(chapter: Chapter) -> tuple[tuple[str, str], ...]:
    """Return the ids of a chapter's figures with their captions, notes left out."""
    found = []
    for uid, _, caption in _captioned(read(chapter.xhtml), chapter.id):
        for parent, _, call in parents(caption):
            if "noteref" in classes(call):
                remove(parent, call)
        if words := " ".join("".join(caption.itertext()).split()):
            found.append((uid, words))
    return tuple(found)


def _captioned(text: Element, chapter: str) -> Iterator[tuple[str, Element, Element]]:
    number = 0
    for figure in text.iter("figure"):
        caption = figure.find("figcaption")
        if caption is not None:
            number += 1
            yield figure.get("id", f"{chapter}-figure{number}"), figure, caption
