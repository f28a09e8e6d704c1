"""Moves notes from the end of a chapter to their calls: the engine sets them at the foot."""

from __future__ import annotations

from publish.backends.pdf.trees import Element, classes, make, parents, remove, replace


def to_calls(root: Element) -> None:
    """Turn a chapter's footnotes into elements that float to the foot of the page.

    A note goes to its first call; later calls become links to it. A note that nothing calls
    stays where it was, at the end.
    """
    bodies = {
        aside.get("id", ""): (section, aside)
        for section in root.iter("section")
        if "footnotes" in classes(section)
        for aside in section.findall("aside")
    }
    placed: dict[str, str] = {}
    for parent, _, call in parents(root):
        if call.tag != "a" or "noteref" not in classes(call):
            continue
        target = call.get("href", "").removeprefix("#")
        number = "".join(call.itertext()).strip("[]") or "*"
        if target in bodies and target not in placed:
            section, aside = bodies[target]
            section.remove(aside)
            placed[target] = number
            replace(parent, call, _note(aside, number))
        elif target in placed:
            again = make("a", placed[target], class_="noteref", href=call.get("href", ""))
            replace(parent, call, again)
    for parent, _, section in parents(root):
        if section.tag == "section" and "footnotes" in classes(section) and not len(section):
            remove(parent, section)


def _note(aside: Element, number: str) -> Element:
    note = make("div", class_="footnote", id=aside.get("id", ""), data_number=number)
    note.set("data-number", note.attrib.pop("data_number"))
    for parent, _, link in parents(aside):
        if link.tag == "a" and "backlink" in classes(link):
            remove(parent, link)
    note.text = aside.text
    note.extend(aside)
    first = next((child for child in note if child.tag == "p"), None)
    if first is not None and first.text:
        first.text = first.text.lstrip()
    return note
