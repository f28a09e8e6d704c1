"""What every backend must do; a newcomer is tested by being registered."""

from __future__ import annotations

import html
import io
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from editions import rich, workshop

from publish import backends, cache, layouts
from publish.backends import Backend
from publish.diagnostics import UsageError
from publish.model import Edition
from publish.workshop import Workshop

LAYOUTS = ("classic", "magazine")


@pytest.fixture(params=backends.names())
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every backend there is."""
    return backends.backend(request.param)


def bound(backend: Backend, edition: Edition, shop: Workshop, layout: str = "classic") -> bytes:
    out = io.BytesIO()
    backend.bind(edition, layouts.find(layout), shop, out, {})
    return out.getvalue()


def text_of_epub(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        pages = [opened.read(n).decode() for n in opened.namelist() if n.endswith(".xhtml")]
    return html.unescape(re.sub(r"<[^>]+>|\s", "", "".join(pages)))


def text_of_pdf(book: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(book)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return re.sub(r"\s", "", "".join(pages))


def pictures_of_epub(book: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        names = opened.namelist()
    return sum(name.endswith((".jpg", ".png")) and "cover" not in name for name in names)


def pictures_of_pdf(book: bytes) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(book)
    try:
        return sum(1 for page in document for _ in page.get_objects(filter=[3], max_depth=8))
    finally:
        document.close()


SHEETS = {"cover"}  # backends that make no book, but what goes with one: they hold no chapters
READ: dict[str, tuple[Callable[[bytes], str], Callable[[bytes], int]]] = {
    "epub": (text_of_epub, pictures_of_epub),
    "pdf": (text_of_pdf, pictures_of_pdf),
}


def test_it_has_a_name_a_suffix_and_a_version(backend: Backend) -> None:
    assert isinstance(backend, Backend)
    assert re.fullmatch(r"[a-z][a-z0-9-]*", backend.name)
    assert re.fullmatch(r"(-[a-z0-9]+)?\.[a-z0-9]+", backend.suffix)
    assert backend.version


def test_the_same_input_gives_the_same_bytes(backend: Backend, tmp_path: Path) -> None:
    one, other = workshop(tmp_path / "one"), workshop(tmp_path / "other")
    first, second = rich(one), rich(other)
    assert bound(backend, first, one) == bound(backend, second, other)


def test_nothing_passed_in_is_changed(backend: Backend, tmp_path: Path) -> None:
    shop = workshop(tmp_path)
    edition = rich(shop)
    before = cache.digest(edition)
    bound(backend, edition, shop)
    assert cache.digest(edition) == before


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_chapter_in_order_and_every_figure(
    backend: Backend, layout: str, tmp_path: Path
) -> None:
    if backend.name in SHEETS:
        pytest.skip(f"{backend.name} makes no book")
    if backend.name not in READ:
        pytest.skip(f"nobody has said how to read what {backend.name} makes")
    read, count = READ[backend.name]
    shop = workshop(tmp_path)
    edition = rich(shop)
    book = bound(backend, edition, shop, layout)
    text = read(book)
    at = 0
    for chapter in edition.chapters:
        at = text.find(re.sub(r"\s", "", chapter.title), at)
        assert at >= 0, chapter.title
    figures = {figure.name for chapter in edition.chapters for figure in chapter.figures}
    assert count(book) >= len(figures) > 0


def test_a_sheet_that_goes_with_a_book_tells_whose_it_is(backend: Backend, tmp_path: Path) -> None:
    if backend.name not in SHEETS:
        pytest.skip(f"{backend.name} makes books")
    import pikepdf

    shop = workshop(tmp_path)
    edition = rich(shop)
    book = bound(backend, edition, shop)
    assert edition.description in text_of_pdf(book)
    with pikepdf.open(io.BytesIO(book)) as opened:
        assert str(opened.docinfo["/Title"]) == edition.title


def test_no_two_backends_write_the_same_file() -> None:
    suffixes = [backends.backend(name).suffix for name in backends.names()]
    assert len(set(suffixes)) == len(suffixes)


def test_an_edition_travels_to_a_worker_and_back(backend: Backend, tmp_path: Path) -> None:
    shop = workshop(tmp_path)
    edition = pickle.loads(pickle.dumps(rich(shop)))
    layout = pickle.loads(pickle.dumps(layouts.find("classic")))
    out = io.BytesIO()
    backend.bind(edition, layout, shop, out, {})
    assert out.getvalue() == bound(backend, rich(shop), shop)


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'epub'"):
        backends.backend("ebub")
