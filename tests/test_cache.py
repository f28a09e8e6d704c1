"""The cellar: what is put in comes out, or nothing does."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from publish import cache
from publish.cache import Cache
from publish.model import Chapter, Heading


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    parts: tuple[tuple[str, int], ...]
    data: bytes


TEXT = st.text(st.characters(codec="utf-8"))  # lone surrogates are cleaned long before


@given(TEXT, st.lists(st.tuples(TEXT, st.integers(0, 2**60))), st.binary())
def test_a_dataclass_survives(name: str, parts: list[tuple[str, int]], data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Cache(Path(folder))
        value = Sample(name, tuple(parts), data)
        store.store("sample", "ab" * 32, value)
        assert store.load("sample", "ab" * 32, Sample) == value


def test_a_chapter_survives(tmp_path: Path) -> None:
    chapter = Chapter(
        "c1", "a.md", "a.md", "题", "zh-Hans", b"<section/>",
        headings=(Heading(2, "一", "c1-s1"),), date=datetime(2024, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    store = Cache(tmp_path)
    store.store("chapter", "00ff", chapter)
    assert store.load("chapter", "00ff", Chapter) == chapter


def test_a_torn_entry_is_a_miss(tmp_path: Path) -> None:
    store = Cache(tmp_path)
    store.put("stage", "abcd", b"whole")
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    whole = file.read_bytes()
    for torn in (whole[:-1], whole + b"x", b"", bytes([whole[0] ^ 1]) + whole[1:]):
        file.write_bytes(torn)
        assert store.get("stage", "abcd") is None
    file.write_bytes(whole)
    assert store.get("stage", "abcd") == b"whole"


def test_an_entry_of_another_shape_is_a_miss(tmp_path: Path) -> None:
    store = Cache(tmp_path)
    store.store("stage", "abcd", {"other": 1})
    assert store.load("stage", "abcd", Sample) is None


def test_objects_are_named_by_their_content(tmp_path: Path) -> None:
    store = Cache(tmp_path)
    name = store.put_object(b"picture")
    assert name == cache.sha256(b"picture")
    assert store.read_object(name) == b"picture"
    path = store.object_path(name)
    assert path is not None
    path.write_bytes(b"pictur")
    assert store.read_object(name) is None
    assert store.put_object(b"picture") == name
    assert store.read_object(name) == b"picture"


def test_no_scratch_is_left(tmp_path: Path) -> None:
    store = Cache(tmp_path)
    with store.scratch() as folder:
        (folder / "x").write_text("x", encoding="utf-8")
    assert not folder.exists()


@given(st.dictionaries(TEXT, st.integers(0, 9)))
def test_digests_do_not_depend_on_order(values: dict[str, int]) -> None:
    turned = dict(reversed(values.items()))
    assert cache.digest(values) == cache.digest(turned)


def test_digests_tell_values_apart() -> None:
    assert cache.digest("a", "bc") != cache.digest("ab", "c")
    assert cache.digest(1) != cache.digest("1")
