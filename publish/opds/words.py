"""The few words of our own that a catalogue needs, and what languages call themselves."""

from __future__ import annotations

from dataclasses import dataclass

from publish import locales


@dataclass(frozen=True, slots=True)
class Words:
    """Titles of shelves, and how many books stand on one."""

    catalogue: str
    all: str
    series: str
    languages: str
    language: str
    every: str  # language
    books: str
    shelves: str


_HANS = Words("书目", "全部书籍", "系列", "语言", "语言", "全部", "{} 本书", "{} 个分类")
_HANT = Words("書目", "全部書籍", "系列", "語言", "語言", "全部", "{} 本書", "{} 個分類")
_ENGLISH = Words(
    "Books", "All books", "Series", "Languages", "Language", "All", "Books: {}", "Shelves: {}"
)
_OWN_NAMES = {
    "zh": "中文",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "zh-Hant-TW": "繁體中文（台灣）",
    "zh-Hant-HK": "繁體中文（香港）",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "ru": "Русский",
}


def words(language: str) -> Words:
    """Return the words for a language: Simplified, Traditional, or English for all else."""
    if locales.is_chinese(language):
        return _HANT if locales.script(language) == "Hant" else _HANS
    return _ENGLISH


def own_name(language: str) -> str:
    """Return what a language calls itself, or its tag."""
    return _OWN_NAMES.get(language, language)
