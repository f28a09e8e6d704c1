"""What holds of any input: nothing is raised, nothing is lost, what is written is read back."""

from __future__ import annotations

import json
import pickle
import re
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from publish import content
from publish.content import dates, titles
from publish.content.header import parse
from publish.content.text import clean
from publish.content.values import plain

# Text as people write it; what XML cannot carry is dropped elsewhere and tested there.
WRITTEN = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff"),
    max_size=40,
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 4)).filter(lambda n: abs(n) > 1e-3)
    | WRITTEN
)
KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.dictionaries(KEYS, VALUES, max_size=6).map(lambda fields: fields | {"title": "题"})
MARKS = ("\n", "---", "+++", "...", ";;;", "{", "}", "<!--", "-->", "#", "```", "title: ", '"')
BODIES = st.lists(WRITTEN | st.sampled_from(MARKS), max_size=12).map("".join)
HEADERS = st.sampled_from(
    ["", "---\n", "---\ntitle: ", "+++\ntitle = ", '{"title": ', "title: a\n", "<!-- a -->\n---\n"]
)
KNOWN = (
    *("title", "date", "author", "tags", "categories", "series", "summary", "cover", "lang"),
    *("draft", "published", "weight", "slug", "url", "aliases", "source", "link", "resources"),
    *("password", "image", "lead", "lastmod"),
)
ARCHIVE_FILE = "a.md"


def as_yaml(fields: dict[str, Any]) -> str:
    return f"---\n{yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)}---\n"


def as_json(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


@given(FIELDS, BODIES, st.sampled_from([as_yaml, as_json]))
def test_what_is_written_is_read_back(fields: dict[str, Any], body: str, write: Any) -> None:
    header = write(fields)
    parsed = parse((header + body).encode(), ARCHIVE_FILE)
    assert parsed.findings == ()
    assert {key: plain(value) for key, value in parsed.fields.items()} == fields
    assert (parsed.body, parsed.body_line) == (body, header.count("\n") + 1)


@given(HEADERS, BODIES)
@example("---\n", "---")
@example("", "---\n---")
def test_cutting_loses_nothing(lead: str, body: str) -> None:
    source = lead + body
    parsed = parse(source.encode(), ARCHIVE_FILE)
    assert source.endswith(parsed.body)
    cut = source[: len(source) - len(parsed.body)]
    assert parsed.body_line == cut.count("\n") + (1 if not cut or cut.endswith("\n") else 2) or (
        not parsed.body
    )
    if not parsed.fields and cut:
        rest = re.sub("<!--.*?-->", "", cut, flags=re.DOTALL)
        rest = re.sub("^[ \t]*#.*", "", rest, flags=re.MULTILINE)
        assert not rest.strip("-+;.{} \t\n"), "text was taken for a header that holds nothing"


@given(st.binary(max_size=300) | BODIES.map(str.encode), HEADERS)
def test_no_bytes_raise(data: bytes, lead: str) -> None:
    parsed = parse(lead.encode() + data, ARCHIVE_FILE)
    assert parsed.failed == any(finding.severity == "error" for finding in parsed.findings)
    parsed.body.encode()
    for finding in parsed.findings:
        str(finding).encode()
        assert finding.place is not None
        assert finding.place.file == ARCHIVE_FILE
    if not parsed.failed:
        assert parsed.body_line >= 1
        assert not set(parsed.body) & set("\r\0\ufeff\x0b\ufffe")


@given(FIELDS | st.dictionaries(st.sampled_from(KNOWN), VALUES), BODIES)
def test_any_fields_make_a_sound_article(fields: dict[str, Any], body: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ARCHIVE_FILE).write_text(as_yaml({"id": 1} | fields) + "字" + body, "utf-8")
        archive = content.read(Path(folder), drafts=True)
    (made,) = archive.articles
    for value in msgspec.to_builtins(made).values():
        json.dumps(value, ensure_ascii=False).encode()
    assert made.title == clean(made.title) != ""
    assert "\n" not in made.title + made.summary + made.slug + made.url + made.cover
    assert all(made.authors + made.tags + made.categories)
    assert made.date is None or made.date.utcoffset() is not None
    assert pickle.loads(pickle.dumps(made)) == made
    msgspec.msgpack.encode(made)


@given(st.text(max_size=120))
def test_cleaning_settles(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()
    assert "\n" not in once


@given(
    st.text(max_size=60) | st.from_regex(r"[0-9]{1,4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?.{0,12}")
)
def test_no_date_raises(text: str) -> None:
    moment = dates.read(text)
    assert moment is None or moment.utcoffset() is not None


@given(st.text(st.sampled_from("# =-\n`~<!>*_[]()ab题\\&;{}\t"), max_size=80))
def test_no_heading_raises(body: str) -> None:
    assert "\n" not in titles.heading(body)


@given(st.datetimes(), st.sampled_from(["", "Z", "+08:00", "-0330"]))
def test_a_date_in_iso_is_read_exactly(moment: Any, zone: str) -> None:
    read = dates.read(moment.isoformat() + zone)
    if 2 <= moment.year <= 9998:
        assert read is not None
        assert read.replace(tzinfo=None) == moment
