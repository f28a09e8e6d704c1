"""Books that EPUBCheck and the shared lint have nothing to say of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from editions import chapter, img, picture, plain, rich, workshop
from epubcheck import check_books

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.model import Edition, Heading
from publish.workshop import Workshop


def long_edition(shop: Workshop) -> Edition:
    """An edition of a chapter in several files, one that links into it, and many sources."""
    uid = "c0000000001"
    figure = picture(shop)
    blocks = "".join(
        f'<h2 id="~s{n}">节{n}</h2>'
        + f'<p>{"长" * 900}<a class="noteref" epub:type="noteref" role="doc-noteref"'
        f' id="~fnref{n}" href="#~fn{n}">[{n}]</a></p>' * (n < 40) + f"<p>{'文' * 900}</p>" * 5
        for n in range(1, 60)
    )
    notes = "".join(
        f'<aside class="footnote" id="~fn{n}" epub:type="footnote" role="doc-footnote"><p>'
        f'<a class="backlink" role="doc-backlink" href="#~fnref{n}">[{n}]</a> 注</p></aside>'
        for n in range(1, 40)
    )
    whole = (
        f"<figure class='figure'>{img(figure, '一幅图')}</figure>{blocks}"
        '<section class="footnotes" epub:type="footnotes" role="doc-endnotes">'
        f"{notes}</section>"
    )
    headings = tuple(Heading(2, f"节{n}", f"{uid}-s{n}") for n in range(1, 60))
    return plain(
        chapter(1, whole, headings=headings, figures=(figure,)),
        chapter(2, f'<p><a href="#{uid}-s50">第五十节</a></p>'),
        chapter(3, _STRANGE),
        *(
            chapter(n, "<p>短</p>", title="题" * 80, origin=f"https://example.org/{n}/{'x' * 200}")
            for n in range(4, 600)
        ),
    )


_STRANGE = "".join(
    f'<p><a href="{address}">x</a></p>'
    for address in (
        "https://example.org/a b|c{d}[e]^`%zz#f#g",
        "http://例子.测试/路径",
        "http://a..b/",
        "http://xn--a/",
        "http://x:99999/",
        "weixin://dl/business",
        "javascript:alert(1)",
        "mailto:a b@example.org",
        "doi:10.1000/182",
        "tel:",
        "../elsewhere.html",
        "#nowhere",
    )
)


def write(edition: Edition, shop: Workshop, path: Path, layout: str) -> Path:
    with path.open("wb") as out:
        EpubBackend().bind(edition, layouts.find(layout), shop, out, {})
    return path


@pytest.mark.slow
def test_epubcheck_has_nothing_to_say(tmp_path: Path) -> None:
    shop = workshop(tmp_path)
    books = [
        write(rich(shop), shop, tmp_path / "classic.epub", "classic"),
        write(rich(shop), shop, tmp_path / "magazine.epub", "magazine"),
        write(long_edition(shop), shop, tmp_path / "long.epub", "classic"),
    ]
    for report in check_books(books):
        assert report.clean, report


@pytest.mark.shared
@pytest.mark.parametrize("layout", ["classic", "magazine"])
def test_the_lint_has_nothing_to_say(shared: Path, tmp_path: Path, layout: str) -> None:
    shop = workshop(tmp_path)
    book = write(rich(shop), shop, tmp_path / "rich.epub", layout)
    again = write(rich(shop), shop, tmp_path / "again.epub", layout)
    done = subprocess.run(
        [sys.executable, shared / "tools" / "epub_lint.py", book, "--rebuilt", again, "--all"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
