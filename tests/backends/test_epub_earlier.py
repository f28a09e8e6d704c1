"""Archives that are copied from: what is told of them, and bytes from one file to another."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.backends.epub import earlier
from publish.backends.epub.writer import Archive

CONTENTS = {"mimetype": b"x", "a.jpg": b"jpg" * 100, "b.xhtml": b"<p/>" * 50, "c.png": b""}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "book.epub"
    with Archive(path, "w") as file:
        for name, data in CONTENTS.items():
            file.writestr(name, data)
    return path


def test_what_is_stored_is_told_with_its_place(archive: Path) -> None:
    with earlier.opened(str(archive)) as found, zipfile.ZipFile(archive) as file:
        assert found
        assert list(found.pieces) == ["a.jpg", "c.png"]
        data = archive.read_bytes()
        for name, piece in found.pieces.items():
            info = file.getinfo(name)
            assert (piece.start, piece.size, piece.checksum) == (
                *(info.header_offset, info.file_size),
                info.CRC,
            )
            assert data[piece.start : piece.end].endswith(name.encode() + CONTENTS[name])


def test_files_that_are_taken_are_those_written(archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.epub"
    with earlier.opened(str(archive)) as found, Archive(again, "w") as file:
        assert found
        for name, data in CONTENTS.items():
            if name in found.pieces:
                file.take(name, found.pieces[name], found.file)
            else:
                file.writestr(name, data)
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("made", ["none", "empty", "text", "cut", "directory", "another"])
def test_what_is_no_archive_of_ours_is_left_alone(made: str, archive: Path) -> None:
    data = archive.read_bytes()
    if made == "none":
        archive.unlink()
    elif made == "another":  # of a program that puts extra fields and descriptors
        with zipfile.ZipFile(archive, "w") as file:
            file.comment = b"by another"
            file.writestr("a.jpg", b"jpg")
    else:
        spoilt = {"empty": b"", "text": b"x" * 500, "cut": data[:-5]}
        archive.write_bytes(spoilt.get(made, data.replace(b"PK\1\2", b"PK\7\7")))
    with earlier.opened(str(archive)) as found:
        assert found is None


@given(
    data=st.binary(min_size=1, max_size=200),
    places=st.tuples(st.integers(0, 200), st.integers(0, 200)),
    inside=st.booleans(),
)
def test_bytes_are_appended(data: bytes, places: tuple[int, int], inside: bool) -> None:
    start, end = sorted(min(place, len(data)) for place in places)
    with pytest.MonkeyPatch.context() as patch, _file() as source, _file() as out:
        if not inside:
            patch.delattr(os, "copy_file_range", raising=False)
        source.write(data)
        source.flush()
        out.write(b"before")
        earlier.copy(source, out, start, end)
        out.write(b"after")
        out.seek(0)
        assert out.read() == b"before" + data[start:end] + b"after"


def test_a_file_that_has_been_cut_short_is_an_error() -> None:
    with _file() as source, _file() as out:
        source.write(b"four")
        source.flush()
        with pytest.raises(OSError, match="cut short"):
            earlier.copy(source, out, 2, 9)


def test_memory_is_written_to_as_well() -> None:
    out = io.BytesIO()
    with _file() as source:
        source.write(b"0123456789")
        source.flush()
        earlier.copy(source, out, 2, 5)
    assert out.getvalue() == b"234"


def _file() -> BinaryIO:
    return tempfile.TemporaryFile("w+b")
