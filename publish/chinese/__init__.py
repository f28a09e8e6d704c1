"""The room of Chinese: which script a text has, and its conversion to another.

    converter = chinese.converter(chinese.configuration("zh-Hans", "zh-Hant-TW"))
    chinese.convert_section(root, converter, "zh-Hans", "zh-Hant-TW")

OpenCC is loaded only when something is converted.
"""

from publish.chinese.configurations import (
    CONFIGURATIONS,
    configuration,
    is_configuration,
    script_of,
)
from publish.chinese.converting import Converter, Phrases, converter
from publish.chinese.detecting import detect
from publish.chinese.passages import Passage, convert_passages
from publish.chinese.phrases import read_phrases
from publish.chinese.quotes import convert_quotes, corner_quotes
from publish.chinese.sections import convert_section, corner_section


def convert_text(text: str, converter: Converter, source: str, target: str) -> str:
    """Return a string of metadata (a title, an author, a summary) converted.

    What holds for a chapter's prose holds for it: addresses stay, a string already in the target
    script stays, quotation marks follow the target.

    Args:
        text: the string.
        converter: as `converter` returns it.
        source: language of the string, "" if unknown.
        target: language of the edition.
    """
    if not text:
        return text
    script = script_of(converter.configuration)
    return "".join(convert_passages([Passage((text,))], converter, script)[0])


__all__ = [
    "CONFIGURATIONS",
    "Converter",
    "Phrases",
    "configuration",
    "convert_quotes",
    "convert_section",
    "convert_text",
    "converter",
    "corner_quotes",
    "corner_section",
    "detect",
    "is_configuration",
    "read_phrases",
    "script_of",
]
