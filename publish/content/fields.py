"""Front matter of any program's dialect becomes the fields of an Article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from publish import locales
from publish.content import dates
from publish.content.text import clean
from publish.content.values import FALSE, NULL, TRUE, Bare, Value, is_null, plain
from publish.diagnostics import Diagnostic, Place, warning
from publish.model import Plain

# Names are compared without case, hyphen and underscore: featured_image, featuredImage.
TITLE = ("title",)
DATE = (
    *("date", "pubdate", "publishdate", "publisheddate", "publishedat", "datepublished"),
    *("published", "publishtime", "pubtime", "posttime", "created", "createdat", "createtime"),
    *("creationdate", "datecreated", "posted"),
)
UPDATED = (
    *("lastmod", "updated", "modified", "lastmodified", "updatedat", "modifieddate"),
    *("datemodified", "dateupdated", "lastupdated", "updatetime", "lastmodat", "lastmodifiedat"),
)
AUTHORS = ("authors", "author", "byline", "creator", "writer", "by")
TAGS = ("tags", "tag", "keywords", "keyword")
CATEGORIES = ("categories", "category")
SERIES = ("series", "seriestitle", "collection")
SUMMARY = ("summary", "description", "excerpt", "abstract", "desc", "digest")
LEAD = ("lead", "subtitle", "deck", "standfirst")
COVER = (
    *("thumbnail", "cover", "coverimage", "image", "featuredimage", "featureimage", "feature"),
    *("featured", "headerimage", "headerimg", "header", "banner", "bannerimg", "bannerimage"),
    *("topimg", "topimage", "hero", "heroimage", "indeximg", "thumb", "thumbnailimage", "ogimage"),
    *("photos", "images", "featuredimagepreview", "resources"),
)
LANGUAGE = ("lang", "language", "locale", "languages", "languagecode", "inlanguage")
WEIGHT = ("weight", "order", "position", "navorder", "sidebarposition")
SLUG = ("slug", "postslug")
URL = ("url", "permalink", "abbrlink", "aliases", "alias")
ORIGIN = (
    *("source", "sourceurl", "sourcelink", "origin", "originurl", "originalurl", "originallink"),
    *("original", "canonical", "canonicalurl", "link", "articleurl", "from", "via"),
)
ORIGIN_NAME = ("sourcename", "originname", "sitename", "sourcesite", "site", "media")
PASSWORD = ("password", "encrypt", "encrypted", "passwd")
_PICTURE_KEYS = ("image", "src", "url", "path", "filename", "teaser", "file", "name")
_NAME_KEYS = ("name", "title", "nick", "fullname", "nickname")
_LIST_MARKS = re.compile(r"\s*[,，、;；]\s*")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]+)\]\(\s*<?(https?://[^\s()<>]+)>?\s*\)")
_WEB = re.compile(r"(?:https?:)?//[^\s]+", re.IGNORECASE)
_INTEGER = re.compile(r"[-+]?\d{1,9}")


def fold(key: str) -> str:
    """Return a key as it is compared: ``featured_image`` and ``featuredImage`` are one."""
    return key.lower().replace("-", "").replace("_", "")


class Fields:
    """The front matter of one file: asked for field by field, it keeps what nobody asked for."""

    def __init__(self, fields: dict[str, Value], file: str, lines: dict[str, int]) -> None:
        self._fields = fields
        self._keys: dict[str, str] = {}
        for key in fields:
            self._keys.setdefault(fold(key), key)
        self._used: set[str] = set()
        self._file, self._lines = file, lines
        self.findings: list[Diagnostic] = []

    def _given(self, names: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
        """Yield keys and values of fields that are there and not empty; empty ones are used up."""
        for name in names:
            key = self._keys.get(name)
            if key is None or key in self._used:
                continue
            value = self._fields[key]
            if is_null(value) or not value:
                self._used.add(key)
            else:
                yield key, value

    def _warn(self, key: str, message: str, code: str = "field-type", help: str = "") -> None:
        place = Place(self._file, self._lines.get(key, 1))
        self.findings.append(warning(code, f"{key}: {message}", place, help))

    def text(self, names: tuple[str, ...], *, lenient: bool = True) -> str:
        """Return the first text of some names, as written, on one line; "" if there is none."""
        for key, value in self._given(names):
            if isinstance(value, Bare) and value in ("true", "false") and names is not TITLE:
                continue  # a switch of the same name; it stays in extra
            if isinstance(value, dict):
                self._warn(key, "a mapping where text is wanted; not used")
                continue
            texts = [clean(str(one)) for one in _flat(value)]
            texts = [one for one in texts if one]
            if len(texts) > 1 and lenient:
                self._warn(key, "a list where text is wanted; its items are joined")
            if lenient or len(texts) < 2:  # what is not taken stays in extra
                self._used.add(key)
            if texts:
                return "、".join(texts) if lenient else texts[0]
        return ""

    def texts(self, names: tuple[str, ...], pick: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the items of the first list of some names, without doubles.

        A text is cut at commas; of a mapping the value of a key of ``pick`` is taken.
        """
        for key, value in self._given(names):
            if isinstance(value, Bare) and value in ("true", "false"):
                continue
            found: list[str] = []
            for item in value if isinstance(value, list) else [value]:
                found += self._items(key, item, pick)
            unique = tuple(dict.fromkeys(one for one in map(clean, found) if one))
            self._used.add(key)
            if unique:
                return unique
        return ()

    def _items(self, key: str, item: Value, pick: tuple[str, ...]) -> list[str]:
        if isinstance(item, dict):
            folded = {fold(name): inner for name, inner in item.items()}
            named = [folded[name] for name in pick if isinstance(folded.get(name), str)]
            if named:
                return [str(named[0])]
            self._warn(key, "a mapping where a list is wanted; its keys are taken")
            return list(item)
        if isinstance(item, list):
            return [str(one) for one in _flat(item) if not is_null(one)]
        if is_null(item):
            return []
        return (
            _LIST_MARKS.split(item) if key in self._fields and self._fields[key] is item else [item]
        )

    def authors(self) -> tuple[str, ...]:
        """Return the names of the authors; a comma does not part them, "Doe, John" has one."""
        found: list[str] = []
        for key, value in self._given(AUTHORS):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str):
                    found += [] if is_null(item) else re.split("[、；;]", item)
                else:
                    found += self._items(key, item, _NAME_KEYS)
            self._used.add(key)
            if found:
                break
        return tuple(dict.fromkeys(one for one in map(clean, found) if one))

    def date(self, names: tuple[str, ...]) -> datetime | None:
        """Return the first moment of some names; what cannot be read is warned of."""
        for key, value in self._given(names):
            if fold(key) == "published" and str(value).lower() in TRUE | FALSE:
                continue
            self._used.add(key)
            texts = [clean(str(one)) for one in _flat(value)]
            if isinstance(value, list | dict) and len(texts) != 1:
                self._warn(key, "a list where a date is wanted; the first is taken")
            text = texts[0] if texts else ""
            if not text or text in NULL:
                continue
            moment = dates.read(text)
            if moment is not None:
                return moment
            self._warn(
                key,
                f"{text[:60]!r} is no date that can be read for certain; unknown",
                "date-unreadable",
                "write 2024-03-05 or 2024-03-05T08:00:00+08:00",
            )
        return None

    def draft(self) -> bool:
        """Tell whether the article is a draft: draft: true, published: false, status: draft."""
        for name, yes in (("draft", True), ("published", False), ("publish", False)):
            for key, value in self._given((name,)):
                truth = str(value).strip().lower() if isinstance(value, str) else ""
                if truth in TRUE | FALSE:
                    self._used.add(key)
                    if (truth in TRUE) is yes:
                        return True
                elif name == "draft":
                    self._used.add(key)
                    self._warn(key, "neither true nor false; not taken for a draft")
        key = self._keys.get("status", "")
        return bool(key) and str(self._fields[key]).strip().lower() == "draft"

    def weight(self) -> int | None:
        """Return the place in an order, or None."""
        for key, value in self._given(WEIGHT):
            self._used.add(key)
            text = clean(str(value)) if isinstance(value, str) else ""
            if _INTEGER.fullmatch(text):
                return int(text)
            if re.fullmatch(r"[-+]?\d{1,9}\.\d{1,9}", text):
                self._warn(key, f"{text} is not a whole number; cut")
                return int(float(text))
            self._warn(key, f"{str(value)[:40]!r} is not a whole number; not used")
        return None

    def language(self) -> str:
        """Return the language that the front matter gives, normalised; "" if it gives none."""
        for key, value in self._given(LANGUAGE):
            texts = [clean(str(one)) for one in _flat(value)]
            tag = next((one for one in texts if one), "")
            self._used.add(key)
            if tag and not locales.is_tag(tag):
                advice = "write zh-Hans, zh-Hant, zh-Hant-TW, en …"
                self._warn(key, f"{tag[:40]!r} is not a language tag", "language-unknown", advice)
            elif tag:
                return locales.normalise(tag)
        return ""

    def cover(self) -> str:
        """Return the address of the lead picture, as written."""
        for key, value in self._given(COVER):
            address = self._featured(value) if fold(key) == "resources" else _picture(value)
            if address:
                if fold(key) != "resources":
                    self._used.add(key)
                return address
        return ""

    def _featured(self, value: Value) -> str:
        for item in value if isinstance(value, list) else []:
            if isinstance(item, dict) and re.match("featured|cover", str(item.get("name", ""))):
                return _picture(item.get("src", ""))
        return ""

    def origin(self) -> tuple[str, str]:
        """Return the address an article was taken from, and the name of that site."""
        address = name = ""
        for key, value in self._given(ORIGIN):
            found, called = _source(value)
            if not ((found and not address) or (called and not name)):
                continue
            self._used.add(key)
            address, name = address or found, name or called
        return address, name or self.text(ORIGIN_NAME, lenient=False)

    def url(self) -> str:
        """Return the article's own address on its site, as written."""
        for key, value in self._given(URL):
            text = next((clean(str(one)) for one in _flat(value) if not is_null(one)), "")
            if not key.lower().startswith("alias"):
                self._used.add(key)
            if text:
                return text
        return ""

    def secret(self) -> bool:
        """Tell whether the article was behind a password, and warn that it will be readable."""
        found = False
        for key, value in self._given(PASSWORD):
            if str(value).lower() in FALSE:
                continue
            self._used.add(key)
            if not found:
                self._warn(
                    key,
                    "the site asks for a password, the book will not",
                    "article-password",
                    "exclude the article if the book is for others",
                )
            found = True
        return found

    def extra(self) -> dict[str, Plain]:
        """Return every field that was not asked for, as what it means by itself."""
        return {
            clean(key): plain(value) for key, value in self._fields.items() if key not in self._used
        }


def _flat(value: Value) -> Iterator[str]:
    """Yield the scalars of a value, in order."""
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _flat(inner)


def _is_switch(value: Value) -> bool:
    return isinstance(value, Bare) and str(value).lower() in TRUE | FALSE


def _picture(value: Value) -> str:
    """Return the first address of a picture in a value: a text, a list, a mapping."""
    if isinstance(value, list):
        return next(filter(None, map(_picture, value)), "")
    if isinstance(value, dict):
        folded = {fold(key): inner for key, inner in value.items()}
        found = (folded[key] for key in _PICTURE_KEYS if isinstance(folded.get(key), str))
        return next(filter(None, map(_picture, found)), "")
    if is_null(value) or _is_switch(value):
        return ""
    text = clean(value)
    return text if re.search(r"[./]", text) else ""


def _source(value: Value) -> tuple[str, str]:
    """Return address and name of a source: an URL, a name, a Markdown link or a mapping."""
    if isinstance(value, dict):
        folded = {fold(key): clean(str(one)) for key, one in value.items() if isinstance(one, str)}
        address = next((folded[key] for key in ("url", "link", "href") if key in folded), "")
        return address, next((folded[key] for key in _NAME_KEYS if key in folded), "")
    if isinstance(value, list):
        return next(filter(any, map(_source, value)), ("", ""))
    text = clean(value)
    if is_null(value) or _is_switch(value):
        return "", ""
    if found := _MARKDOWN_LINK.fullmatch(text):
        return found[2], clean(found[1])
    if re.fullmatch(r"\S+\.(?:md|markdown|html?)", text) and not _WEB.fullmatch(text):
        return "", ""  # a path of the generator's own
    return (text, "") if _WEB.fullmatch(text) else ("", text)
