"""Kinds of characters, as clreq sorts them in its chapters on marks and on lines."""

from __future__ import annotations

import re
from enum import IntEnum


class Kind(IntEnum):
    """What a token is to its neighbours on a line."""

    HAN = 0  # 汉字, and kana
    SYMBOL = 1  # stands in a line like Han, but draws no gap: ★ → ①, Hangul, full-width letters
    WORD = 2  # Latin, Greek and Cyrillic letters with the marks that touch them
    NUMBER = 3
    SPACE = 4
    TIE = 5  # a space that keeps what it stands between together
    OPENING = 6  # 开始引号、括号、书名号
    CLOSING = 7  # 结束引号、括号、书名号
    PAUSE = 8  # 句内点号 、，；：
    STOP = 9  # 句末点号 。！？
    INTERPUNCT = 10  # 间隔号 ·
    CONNECTOR = 11  # 连接号 — – ～ and 分隔号 ／
    DASH = 12  # 破折号 ——
    ELLIPSIS = 13  # 省略号 ……
    PREFIX = 14  # signs before a number: ￥ ±
    POSTFIX = 15  # signs after a number: ％ ‰ ℃ °
    NOTE = 16  # 注号: a call of a note
    OBJECT = 17  # a picture or a box in the line
    END = 18  # of a line, as the author wants it


OPENING = "“‘「『（〔［｛《〈【〖〝"
CLOSING = "”’」』）〕］｝》〉】〗〞〟"
PAUSE = "、，；："
STOP = "。！？．"
UPRIGHT = "！？"  # many faces draw them in the middle of their square: whole at a line's end
INTERPUNCT = "·‧・•"
CONNECTOR = "—～〜／"
PREFIX = "￥＄￡￠﹙﹛﹝"  # and small forms, which stand in the middle of their square
POSTFIX = "％‰℃℉﹐﹑﹒﹔﹕﹖﹗﹚﹜﹞︰"
QUOTES = "“”‘’"
OBJECT = "\ufffc"
SOFT = "\u00ad"  # 软连字符: a word may be parted here, with a hyphen

MARKS: dict[str, Kind] = {
    **dict.fromkeys(OPENING, Kind.OPENING),
    **dict.fromkeys(CLOSING, Kind.CLOSING),
    **dict.fromkeys(PAUSE, Kind.PAUSE),
    **dict.fromkeys(STOP, Kind.STOP),
    **dict.fromkeys(INTERPUNCT, Kind.INTERPUNCT),
    **dict.fromkeys(CONNECTOR, Kind.CONNECTOR),
    **dict.fromkeys(PREFIX, Kind.PREFIX),
    **dict.fromkeys(POSTFIX, Kind.POSTFIX),
    OBJECT: Kind.OBJECT,
    "\n": Kind.END,
}

HAN = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u30fa\u30fc-\u312f"
    r"\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
LATIN = (  # ASCII, letters of Europe, and the signs that stand in words and formulas
    r"!-~\u00a1-\u00ac\u00ae-\u00b6\u00b8-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u0482\u048a-\u052f"
    r"\u1e00-\u1eff\u1f00-\u1fff\u2010-\u2013\u2020-\u2021\u2032-\u2037\u2070-\u209c\u20a0-\u20bf"
    r"\u2100-\u2102\u2104-\u2108\u210a-\u214f\u2212\u2260-\u2265"
)
UNSEEN = "\u200b\u200c\u200e\u200f\u2060"  # say where lines break, letters join, and which way
# No characters of their own: they follow one. The last are variants of Han.
ATTACHED = rf"\u00ad{UNSEEN}\ufe00-\ufe0f\U000e0100-\U000e01ef"

_SETTABLE = re.compile(
    rf"(?:[{HAN}{LATIN}{ATTACHED} \u00a0\u00b7\u2014\u2015\u2018-\u201f\u2022\u2026\u2027\u2030"
    r"\u203b\u2103\u2109\u2150-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u3036\u3037\u303d-\u303f"
    r"\u30fb\u3130-\u318f\u3190-\u319f\u31c0-\u31e3\u3200-\u33ff\uac00-\ud7a3\ufe30\ufe50-\ufe6b"
    r"\uff01-\uffe6\ufffc\ufffd"
    r"\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff])*"
)


def settable(text: str) -> bool:
    r"""Return whether the rules here know every character of a text.

    What they do not know: writing from right to left, marks that combine, scripts whose letters
    change with their neighbours, control characters, tabs and line ends.

    >>> settable("汉字 and “words”"), settable("عربي"), settable("a\u0301")
    (True, False, False)
    """
    return _SETTABLE.fullmatch(text) is not None
