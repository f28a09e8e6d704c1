"""Which OpenCC configuration leads from one kind of Chinese to another."""

from __future__ import annotations

from publish import locales

CONFIGURATIONS = (
    *("s2t", "s2tw", "s2twp", "s2hk", "s2hkp"),
    *("t2s", "tw2s", "tw2sp", "hk2s", "hk2sp"),
    *("t2tw", "t2hk", "tw2t", "hk2t"),
)
"""The configurations of OpenCC for Chinese; several may be chained by "+"."""

_TO_HANT = {locales.HANT: "s2t", locales.HANT_TW: "s2tw", locales.HANT_HK: "s2hk"}
_TO_HANS = {locales.HANT_HK: "hk2s"}
_BETWEEN = {
    (locales.HANT_TW, locales.HANT_HK): "tw2t+t2hk",
    (locales.HANT_HK, locales.HANT_TW): "hk2t+t2tw",
}


def configuration(source: str, target: str) -> str:
    """Return the OpenCC configuration for a pair of tags, "" when there is nothing to do.

    Text is never converted into the script it has, nor between regions unless both are known.
    Traditional text of unknown region is read as Taiwan's: ``t2s`` leaves 著 where 着 is meant.

    Args:
        source: language of the text; "" or "zh" means Chinese of unknown script.
        target: language of the edition.
    """
    script = locales.script(target)
    if not script or (source and not locales.is_chinese(source)):
        return ""
    if script == "Hans":
        return "" if locales.script(source) == "Hans" else _TO_HANS.get(source, "tw2s")
    if locales.script(source) == "Hant":
        return _BETWEEN.get((source, target), "")
    return _TO_HANT.get(target, "s2t")


def is_configuration(name: str) -> bool:
    """Tell whether a name is one of OpenCC's configurations, or several chained by "+"."""
    return all(part in CONFIGURATIONS for part in name.split("+"))


def script_of(name: str) -> str:
    """Return the script a configuration leads to, "" for one between regions.

    >>> script_of("s2twp"), script_of("tw2s"), script_of("tw2t+t2hk")
    ('Hant', 'Hans', '')
    """
    first, last = name.split("+", maxsplit=1)[0], name.rsplit("+", maxsplit=1)[-1]
    if first.startswith("s2"):
        return "Hant"
    return "Hans" if last.partition("2")[2] in {"s", "sp"} else ""
