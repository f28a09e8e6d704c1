"""Language tags as publish writes them: BCP 47 with script, and region where it matters.

Primary subtag ``zh`` is known to every reader; ``zh-CN`` says too much and too little at once.
"""

from __future__ import annotations

import re

HANS, HANT, HANT_TW, HANT_HK = "zh-Hans", "zh-Hant", "zh-Hant-TW", "zh-Hant-HK"
EDITIONS = (HANS, HANT, HANT_TW, HANT_HK)

_KNOWN = {
    "zh": "",
    "chinese": "",
    "cn": HANS,
    "zh-cn": HANS,
    "zh-sg": HANS,
    "zh-my": HANS,
    "zh-hans": HANS,
    "zh-chs": HANS,
    "zh-tw": HANT_TW,
    "tw": HANT_TW,
    "zh-hk": HANT_HK,
    "hk": HANT_HK,
    "zh-mo": HANT_HK,
    "zh-hant": HANT,
    "zh-cht": HANT,
    "zh-hant-tw": HANT_TW,
    "zh-hant-hk": HANT_HK,
    "zh-hant-mo": HANT_HK,
    "zh-hans-cn": HANS,
    "zh-hans-sg": HANS,
    "jp": "ja",
    "english": "en",
}
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def normalise(tag: str) -> str:
    """Return a tag as publish writes it, or "" for one that tells nothing about the script.

    >>> normalise("zh-CN"), normalise("zh_TW"), normalise("EN-us"), normalise("zh")
    ('zh-Hans', 'zh-Hant-TW', 'en-US', '')
    """
    plain = tag.strip().replace("_", "-")
    known = _KNOWN.get(plain.lower())
    if known is not None:
        return known
    if not _TAG.fullmatch(plain):
        return ""
    first, *rest = plain.split("-")
    cased = [
        p.title() if len(p) == 4 and p.isalpha() else p.upper() if len(p) == 2 else p.lower()
        for p in rest
    ]
    return "-".join([first.lower(), *cased])


def is_tag(tag: str) -> bool:
    """Tell whether a string is a language tag that publish understands."""
    plain = tag.strip().replace("_", "-")
    return plain.lower() in _KNOWN or bool(_TAG.fullmatch(plain) and normalise(tag))


def is_chinese(tag: str) -> bool:
    """Tell whether a normalised tag is Chinese."""
    return tag == "zh" or tag.startswith("zh-")


def script(tag: str) -> str:
    """Return "Hans", "Hant" or "" of a normalised tag."""
    if tag.startswith(HANS):
        return "Hans"
    return "Hant" if tag.startswith(HANT) else ""


def region(tag: str) -> str:
    """Return the glyph region of a tag: "SC", "TC", "HK", "JP", "KR" or "" (not CJK)."""
    if is_chinese(tag):
        if tag.endswith("-HK"):
            return "HK"
        return "TC" if script(tag) == "Hant" else "SC"
    return {"ja": "JP", "ko": "KR"}.get(tag.split("-", maxsplit=1)[0], "")
