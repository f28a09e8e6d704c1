"""What the colophon says of how a book was made."""

from __future__ import annotations

from publish import __version__, locales
from publish.model import Edition

_NAMES = {  # edition -> its name in (Simplified, Traditional, English)
    locales.HANS: ("简体中文", "簡體中文", "Simplified Chinese"),
    locales.HANT: ("繁体中文", "繁體中文", "Traditional Chinese"),
    locales.HANT_TW: ("繁体中文（台湾）", "繁體中文（臺灣）", "Traditional Chinese (Taiwan)"),
    locales.HANT_HK: ("繁体中文（香港）", "繁體中文（香港）", "Traditional Chinese (Hong Kong)"),
}


def generator() -> str:
    """Return the name and version of the program, as books name it."""
    return f"publish {__version__}"


def notice(edition: Edition) -> str:
    """Return the sentence that tells of a conversion between scripts, "" if there was none."""
    if not edition.converted:
        return ""
    names = _NAMES.get(edition.language, (edition.language,) * 3)
    used = edition.converted.replace(", ", "、")
    if locales.script(edition.language) == "Hans":
        return f"书中原非{names[0]}的文字由 OpenCC（{used}）自动转换。"
    if locales.script(edition.language) == "Hant":
        return f"書中原非{names[1]}的文字由 OpenCC（{used}）自動轉換。"
    return f"Text that was not in {names[2]} was converted by OpenCC ({edition.converted})."
