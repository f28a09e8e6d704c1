"""Our own words in a book, in its language, and how it writes dates and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from publish import locales


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that templates, backends and the compiler set, in one language."""

    language: str
    contents: str  # heading of the contents
    figure_list: str  # heading of the list of figures
    see_page: str  # after a link on paper; {} is a page number
    colophon: str  # 版权页
    sources: str  # heading of the list of sources
    source: str  # 出处, before a link to where an article was taken from
    author: str
    editor: str
    publisher: str
    rights: str
    date: str
    identifier: str
    fonts: str
    subsets: str  # of the fonts that lie in a book
    generator: str  # before the name of the program
    cover: str
    title_page: str
    body: str  # name of the main text among the landmarks
    chapter: str
    part: str
    note: str
    notes: str
    back: str  # of a link from a note to its place
    figure: str
    table: str
    lost_figure: str  # 图缺, in the place of a picture that is lost
    picture: str  # description of a picture that has none
    untitled: str
    colon: str  # between a word and what it names
    comma: str  # between names
    dash: str  # between the ends of a range


_HANS = Labels(
    language="zh-Hans",
    contents="目录",
    figure_list="插图目录",
    see_page="（见第{}页）",
    colophon="版权页",
    sources="各篇出处",
    source="出处",
    author="作者",
    editor="编者",
    publisher="出版",
    rights="版权",
    date="日期",
    identifier="标识",
    fonts="字体",
    subsets="书中所附字体是只含本书用字的子集，已改名，各依其许可。",
    generator="制作",
    cover="封面",
    title_page="书名页",
    body="正文",
    chapter="章",
    part="部",
    note="注",
    notes="注释",
    back="返回正文",
    figure="图",
    table="表",
    lost_figure="图缺",
    picture="插图",
    untitled="无题",
    colon="：",
    comma="、",
    dash="—",
)
_HANT = Labels(
    language="zh-Hant",
    contents="目錄",
    figure_list="插圖目錄",
    see_page="（見第{}頁）",
    colophon="版權頁",
    sources="各篇出處",
    source="出處",
    author="作者",
    editor="編者",
    publisher="出版",
    rights="版權",
    date="日期",
    identifier="識別碼",
    fonts="字體",
    subsets="書中所附字體是只含本書用字的子集，已改名，各依其授權。",
    generator="製作",
    cover="封面",
    title_page="書名頁",
    body="正文",
    chapter="章",
    part="部",
    note="註",
    notes="註釋",
    back="返回正文",
    figure="圖",
    table="表",
    lost_figure="圖缺",
    picture="插圖",
    untitled="無題",
    colon="：",
    comma="、",
    dash="—",
)
_JAPANESE = Labels(
    language="ja",
    contents="目次",
    figure_list="図版目次",
    see_page="（{}ページ参照）",
    colophon="奥付",
    sources="初出一覧",
    source="出典",
    author="著者",
    editor="編者",
    publisher="発行",
    rights="著作権",
    date="日付",
    identifier="識別子",
    fonts="書体",
    subsets="同梱の書体は本書の使用文字だけのサブセットで、名前を変え、各ライセンスに従います。",
    generator="制作",
    cover="表紙",
    title_page="扉",
    body="本文",
    chapter="章",
    part="部",
    note="注",
    notes="注",
    back="本文に戻る",
    figure="図",
    table="表",
    lost_figure="図版なし",
    picture="挿図",
    untitled="無題",
    colon="：",
    comma="、",
    dash="—",
)
_ENGLISH = Labels(
    language="en",
    contents="Contents",
    figure_list="Figures",
    see_page=" (see page {})",
    colophon="Colophon",
    sources="Sources",
    source="Source",
    author="Author",
    editor="Editor",
    publisher="Publisher",
    rights="Rights",
    date="Date",
    identifier="Identifier",
    fonts="Fonts",
    subsets="The fonts in this book are subsets of its own characters"
    " under other names, each under its licence.",
    generator="Made with",
    cover="Cover",
    title_page="Title page",
    body="Text",
    chapter="Chapter",
    part="Part",
    note="Note",
    notes="Notes",
    back="Back to the text",
    figure="Figure",
    table="Table",
    lost_figure="picture missing",
    picture="Illustration",
    untitled="Untitled",
    colon=": ",
    comma=", ",
    dash="–",
)


@lru_cache(maxsize=64)
def labels(language: str) -> Labels:
    """Return our words in a language: Chinese by script, Japanese, or English for all others.

    >>> labels("zh-Hant-HK").contents, labels("fr").contents
    ('目錄', 'Contents')
    """
    if locales.is_chinese(language):
        return _HANT if locales.script(language) == "Hant" else _HANS
    return _JAPANESE if language.split("-", maxsplit=1)[0] == "ja" else _ENGLISH


def day(value: datetime | None, language: str) -> str:
    """Return a date as a language writes it, in the zone it was given in; "" for none.

    >>> day(datetime(2025, 2, 8), "zh-Hant"), day(datetime(2025, 2, 8), "en")
    ('2025年2月8日', '2025-02-08')
    """
    if value is None:
        return ""
    if _in_years_and_months(language):
        return f"{value.year}年{value.month}月{value.day}日"
    return value.date().isoformat()


def months(first: datetime | None, last: datetime | None, language: str) -> str:
    """Return the span of a collection in months, shortened where years or months agree.

    >>> months(datetime(2024, 3, 1), datetime(2024, 11, 2), "zh-Hans")
    '2024年3月—11月'
    """
    if last is None:
        return ""
    first = first or last
    cjk = _in_years_and_months(language)
    end = f"{last.year}年{last.month}月" if cjk else f"{last.year}-{last.month:02}"
    if (first.year, first.month) == (last.year, last.month):
        return end
    start = f"{first.year}年{first.month}月" if cjk else f"{first.year}-{first.month:02}"
    if cjk and first.year == last.year:
        end = f"{last.month}月"
    return f"{start}{labels(language).dash}{end}"


def _in_years_and_months(language: str) -> bool:
    return locales.is_chinese(language) or language.split("-", maxsplit=1)[0] == "ja"


_DIGITS = "〇一二三四五六七八九"
WRITTEN = f"0123456789-—–年月日{_DIGITS}十百千"  # all that dates and numbers are made of


def digits(number: int) -> str:
    """Return a number digit by digit, as years and folios are written.

    >>> digits(2025)
    '二〇二五'
    """
    return "".join(_DIGITS[int(sign)] if sign.isdigit() else sign for sign in str(number))


def numeral(number: int) -> str:
    """Return a Chinese numeral; from ten thousand on digit by digit.

    >>> numeral(7), numeral(12), numeral(205), numeral(1010)
    ('七', '十二', '二百〇五', '一千〇一十')
    """
    if not 0 < number < 10_000:
        return digits(number)
    written, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if not digit:
            gap = bool(written)
            continue
        leading_ten = unit == 10 and digit == 1 and not written
        written += ("〇" if gap else "") + ("" if leading_ten else _DIGITS[digit]) + name
        gap = False
    return written
