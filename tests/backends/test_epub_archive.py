"""The archive an EPUB is: what zipfile itself would write, and never gone back in."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.backends.epub.packing import LEVEL, deflated, packed
from publish.backends.epub.writer import EPOCH, MODE, Archive

NAMES = st.sampled_from(["a.xhtml", "b.jpg", "文/丙.css", "d.png", "e.otf"])
FILES = st.dictionaries(NAMES, st.binary(max_size=3000) | st.text(max_size=900), max_size=5)


@given(FILES)
def test_it_is_byte_for_byte_what_zipfile_writes(files: dict[str, bytes | str]) -> None:
    ours, plain = io.BytesIO(), io.BytesIO()
    with Archive(ours, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with zipfile.ZipFile(plain, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = 3, MODE << 16
            stored = name.endswith((".jpg", ".png"))
            kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data, kind, LEVEL)
    assert ours.getvalue() == plain.getvalue()
    with zipfile.ZipFile(ours) as read:
        assert read.testzip() is None
        for name, data in files.items():
            assert read.read(name) == (data.encode() if isinstance(data, str) else data)


def test_what_was_deflated_before_is_not_again() -> None:
    out, data = io.BytesIO(), "甲乙".encode() * 900
    known = deflated(data)
    with Archive(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xhtml", packed(data, known))
    assert known in out.getvalue()
    assert zipfile.ZipFile(out).read("a.xhtml") == data


def test_a_name_is_taken_once() -> None:
    with Archive(io.BytesIO(), "w") as archive:
        archive.writestr("a.xhtml", b"1")
        with pytest.raises(ValueError, match="twice"):
            archive.writestr("a.xhtml", b"2")
