"""One file becomes one Article."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime

from publish import locales
from publish.content import dates, fields, titles
from publish.content.fields import Fields
from publish.content.header import Parsed, parse
from publish.content.keeping import Made, Source
from publish.content.text import is_blank
from publish.content.tree import WEBPAGE, Found
from publish.diagnostics import Place, warning
from publish.model import Article, Plain

_INDEX = re.compile(r"(?:_?index|readme)", re.IGNORECASE)
_LANGUAGES = re.compile(  # of ISO 639-1, those that no one takes for a suffix of code
    "zh|en|ja|ko|fr|de|es|pt|it|ru|nl|pl|sv|da|fi|nb|sk|hu|ro|bg|el|uk|tr|ar|he|fa|hi|bn|vi|th|"
    "id|ms|la|eo|ca|cn|tw|hk|jp"
)
_REGIONAL = re.compile(r"(?:zh|en|pt|es|fr|de|ja|ko)[-_](?:[a-z]{2}|[a-z]{4}(?:[-_][a-z]{2})?)")
_WEB = re.compile(r"https?://", re.IGNORECASE)


def read(source: Source, *, drafts: bool) -> Made:
    """Return the article of a file, or why there is none, with all that was found."""
    parsed = parse(source.data, source.shown)
    if parsed.failed:
        return Made(None, parsed.findings)
    made = article(source, parsed, drafts=drafts)
    return replace(made, findings=parsed.findings + made.findings)


def article(source: Source, parsed: Parsed, *, drafts: bool) -> Made:
    """Return the article of a file that has been parsed."""
    page = source.file.path.suffix.lower() in WEBPAGE
    given = parsed.fields
    if page:
        from publish.content import webpage

        given = webpage.fields(parsed.body) | given
    front = Fields(given, source.shown, parsed.lines)
    draft = front.draft() or source.is_draft
    if draft and not drafts:
        return Made(None, (), "draft")
    if is_blank(parsed.body):
        place = Place(source.shown, parsed.body_line)
        message = "there is no text in it, only front matter or comments; left out"
        return Made(None, (warning("article-empty", message, place),), "blank")
    return _compose(source, parsed, front, page=page, draft=draft)


def _compose(source: Source, parsed: Parsed, front: Fields, *, page: bool, draft: bool) -> Made:
    stem, language = stem_and_language(source.file, source.root)
    written, rest = titles.date_prefix(stem)
    title, title_from = _title(source, front, parsed.body, stem, page=page)
    body, line = parsed.body, parsed.body_line
    if page:
        from publish.content import webpage

        body, line = webpage.cut(body, line)
    origin, origin_name = front.origin()
    url = front.url()
    weight = front.weight()
    front.secret()
    made = Article(
        id=source.id,
        path=str(source.file.path),
        shown=source.shown,
        title=title,
        title_from=title_from,
        body=body,
        body_line=line,
        digest=hashlib.sha256(source.data).hexdigest(),
        format="html" if page else "markdown",
        language=front.language() or language,
        date=front.date(fields.DATE) or _date(written),
        updated=front.date(fields.UPDATED),
        authors=front.authors(),
        tags=front.texts(fields.TAGS),
        categories=front.texts(fields.CATEGORIES),
        summary=front.text(fields.SUMMARY),
        lead=front.text(fields.LEAD),
        cover=front.cover(),
        origin=origin or (url if _WEB.match(url) else ""),
        origin_name=origin_name,
        series=front.text(fields.SERIES, lenient=False),
        weight=source.position if weight is None else weight,
        draft=draft,
        slug=front.text(fields.SLUG) or (rest if _is_post(source.file, written) else ""),
        url=url,
        extra=front.extra() | _part(source),
    )
    return Made(made, tuple(front.findings))


def _part(source: Source) -> dict[str, Plain]:
    return {"part": source.entry.part} if source.entry and source.entry.part else {}


def _title(source: Source, front: Fields, body: str, stem: str, *, page: bool) -> tuple[str, str]:
    """Return the title, and where it comes from."""
    if title := front.text(fields.TITLE):
        return title, "front matter"
    if page:
        from publish.content import webpage

        title, title_from = webpage.title(body)
        if title:
            return title, title_from
    elif title := titles.heading(body):
        return title, "heading"
    if source.entry and source.entry.title:
        return source.entry.title, "SUMMARY.md"
    return titles.from_name(stem) or "?", "file name"


def stem_and_language(file: Found, root: str = "") -> tuple[str, str]:
    """Return the name that a file goes by, and the language that names tell ("" if none).

    The name of ``index.md`` is that of its folder; the language is a suffix (``x.zh-TW.md``) or
    the first folder (``zh-TW/x.md``).
    """
    stem, language = file.path.stem, ""
    head, dot, tail = stem.rpartition(".")
    if dot and head and (_LANGUAGES.fullmatch(tail.lower()) or _REGIONAL.fullmatch(tail.lower())):
        stem, language = head, locales.normalise(tail)
    if _INDEX.fullmatch(stem) and file.path.parent.name:
        stem = file.path.parent.name
    if not language:
        first = file.below.split("/")[0] if "/" in file.below else ""
        folder = next((one for one in (first, root) if _REGIONAL.fullmatch(one.lower())), "")
        language = locales.normalise(folder)
    return stem, language


def _date(written: str) -> datetime | None:
    return dates.read(written) if written else None


def _is_post(file: Found, written: str) -> bool:
    return bool(written) and "_posts" in file.path.parts
