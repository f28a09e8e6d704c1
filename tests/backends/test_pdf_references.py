"""Page references between chapters, and the lists before the text."""

from __future__ import annotations

import re
from dataclasses import replace

import editions
import pytest
from pdfs import Made, bind

from publish.backends.pdf import references
from publish.diagnostics import UsageError
from publish.model import Chapter, Edition
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

SENTENCE = "字排在行里，行排在页里，页折成帖，帖订成书，一本书就这样站起来。"
COUNT = 30


def chapter(number: int, length: int, *links: int) -> Chapter:
    """A chapter that links to the second heading of others."""
    said = "".join(
        f'<p>前文。<a href="#c{other:010x}-s1">其{other}</a>后文。</p>' for other in links
    )
    blocks = (
        f'{said}{f"<p>{SENTENCE * 5}</p>" * length}<h2 id="~s1">记其{number}</h2><p>{SENTENCE}</p>'
    )
    return editions.chapter(number, blocks, title=f"篇名{number}号")


def linked(extra: int = 0) -> Edition:
    """Chapters that all link to the first and the last, over pages of one, two, three digits."""
    return editions.plain(
        *(
            chapter(n, 14 + (extra if n == 3 else 0), *{(n + 1) % COUNT, 0, COUNT - 1} - {n})
            for n in range(COUNT)
        )
    )


def check(made: Made, count: int) -> None:
    """What is printed is the folio of the page that carries the heading."""
    body = made.pages[made.front :]
    real = {
        int(n): folio
        for folio, text in enumerate(body, 1)
        for n in re.findall(r"记其(\d+)(?=字)", text)
    }
    printed = [
        (int(n), int(folio))
        for text in body
        for n, folio in re.findall(r"其(\d+)（见第(\d+)页）后文", text)
    ]
    assert len(printed) == count
    assert all(real[n] == folio for n, folio in printed)


def test_references_say_the_page_that_carries_the_place(shop: Workshop) -> None:
    links = sum(len({(n + 1) % COUNT, 0, COUNT - 1} - {n}) for n in range(COUNT))
    made = bind(shop, linked())
    check(made, links)
    assert len(made.pages) > 100
    edited = bind(shop, linked(extra=12))
    check(edited, links)
    assert made.codes == edited.codes == []


def test_an_edit_tells_the_same_as_a_book_made_afresh(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    one, two = (editions.workshop(tmp_path_factory.mktemp("refs")) for _ in range(2))
    few = [chapter(n, 3, (n + 1) % 4) for n in range(4)]
    bind(one, editions.plain(*few))
    few[1] = chapter(1, 9, 2)
    assert bind(one, editions.plain(*few)).data == bind(two, editions.plain(*few)).data


def test_references_are_left_out_where_nobody_wants_them(shop: Workshop) -> None:
    few = editions.plain(*(chapter(n, 1, (n + 1) % 3) for n in range(3)))
    assert "（见第" in bind(shop, few).text
    assert "见第" not in bind(shop, few, references=False).text


def test_references_that_move_what_they_name_are_left_out(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "ROUNDS", 0)
    made = bind(shop, editions.plain(*(chapter(n, 1, (n + 1) % 3) for n in range(3))))
    assert "见第" not in made.text
    assert made.codes == ["pdf-reference"]


def pictured(shop: Workshop, number: int, pages: int) -> Chapter:
    """A chapter with two figures that have a caption, and one that has none."""
    uid = f"c{number:010x}"
    own = [editions.picture(shop, 120, 80, seed=number * 3 + n) for n in range(3)]
    images = [editions.img(figure, "图") for figure in own]
    text = f"<p>{SENTENCE * 5}</p>"
    blocks = (
        f'{text * pages}<figure class="figure">{images[0]}<figcaption>铅字{number}号</figcaption>'
        f'</figure>{text * 12}<figure class="figure">{images[1]}</figure>'
        f'<figure class="figure">{images[2]}<figcaption>木桌{number}号<a class="noteref"'
        ' role="doc-noteref" id="~fnref1" href="#~fn1">[1]</a></figcaption></figure>'
        '<section class="footnotes"><aside class="footnote" id="~fn1"><p>注文。</p></aside>'
        "</section>"
    )
    made = editions.chapter(number, blocks, title=f"篇名{number}号")
    return replace(made, id=uid, figures=tuple(own))


def test_the_list_of_figures_says_where_each_is(shop: Workshop) -> None:
    book = editions.plain(*(pictured(shop, n, n * 4) for n in range(1, 4)))
    made = bind(shop, book, figure_list=True)
    before, body = "".join(made.pages[: made.front]), made.pages[made.front :]
    listed = before[before.index("插图目录") :]
    for number in range(1, 4):
        for caption in (f"铅字{number}号", f"木桌{number}号"):
            printed = re.search(rf"{caption}…*(\d)(\d?)", listed)
            assert printed, caption
            folio = next(n for n, text in enumerate(body, 1) if caption in text)
            assert str(folio) in ("".join(printed.groups()), printed[1])
            assert caption in body[folio - 1]
    with made.open() as pdf:
        front = list(pdf.pages)[: made.front]
        names = {str(link.Dest) for page in front for link in page.get("/Annots", ())}
        assert {f"c{n:010x}-figure{i}" for n in (1, 2, 3) for i in (1, 2)} <= names
    assert "插图目录" not in bind(shop, book).text


def test_the_half_title_stands_on_a_page_of_its_own(shop: Workshop) -> None:
    book = editions.plain(chapter(1, 1))
    with_it, without = bind(shop, book), bind(shop, book, half_title=False)
    assert with_it.pages[0] == "小书"
    assert with_it.pages[1] == ""
    assert with_it.pages[2] == without.pages[0]
    assert with_it.pages[with_it.front :] == without.pages[without.front :]
    assert with_it.front == without.front + 2


@pytest.mark.parametrize("name", ["half_title", "figure_list", "references", "cover"])
def test_options_are_true_or_false(shop: Workshop, name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} = 'maybe' cannot be meant"):
        bind(shop, editions.plain(chapter(1, 1)), **{name: "maybe"})
