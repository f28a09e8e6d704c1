"""The page of a folder, ``_index.md``, becomes the folder's title and weight."""

from __future__ import annotations

from publish.content import fields, titles
from publish.content.fields import Fields
from publish.content.header import Parsed, parse
from publish.content.keeping import Made, Source
from publish.content.text import is_blank
from publish.diagnostics import Diagnostic, Place, warning
from publish.model import Section


def read(source: Source, *, counts: bool) -> Made:
    """Return the section that a file describes, if it says anything of it.

    Args:
        source: the file.
        counts: whether the file is the one that speaks for its folder; of another one only what
            is wrong with it is told.
    """
    parsed = parse(source.data, source.shown)
    if parsed.failed or not counts:
        return Made(findings=parsed.findings)
    folder = source.id.rpartition("/")[0]
    front = Fields(parsed.fields, source.shown, parsed.lines)
    title = front.text(fields.TITLE) or titles.heading(parsed.body)
    weight = front.weight()
    section = None
    if title or weight is not None:
        name = title or titles.from_name(folder.rpartition("/")[2])
        section = Section(folder, name, weight)
    findings = (*parsed.findings, *_remarks(parsed, source.shown), *front.findings)
    return Made(None, findings, section=section, has_text=not is_blank(parsed.body))


def _remarks(parsed: Parsed, shown: str) -> list[Diagnostic]:
    if not any(key.lower() == "cascade" for key in parsed.fields):
        return []
    message = "cascade is not applied: each article tells its own front matter"
    place = Place(shown, parsed.lines.get("cascade", 1))
    return [warning("cascade-ignored", message, place)]
