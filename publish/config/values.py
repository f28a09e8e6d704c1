"""What is wrong with a value, in words of people instead of msgspec's."""

from __future__ import annotations

import re
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from publish.config.schema import Config, Table
from publish.config.suggest import suggestion

_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
    "date": "a date",
    "datetime": "a date",
    "null": "nothing",
}
_EXPECTED = re.compile(r"Expected `([^`]+)`(?: (>=?|<=?) ([\d.]+))?(?:, got `(\w+)`)?")
_BOUNDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def plainly(message: str, path: tuple[str, ...]) -> tuple[str, str]:
    """Return a message of msgspec as a sentence, and a line of help."""
    if found := re.match(r"Invalid enum value '?(.*?)'?$", message):
        return f"{found[1]!r} is none of its values", suggestion(found[1], _choices(path))
    found = _EXPECTED.match(message)
    if found is None:
        return message.replace("`", ""), ""
    kinds = [kind for kind in found[1].split(" | ") if kind != "null"]
    wanted = " or ".join(_NAMES.get(kind, kind) for kind in kinds)
    if found[2]:
        return f"{wanted} is wanted, {_BOUNDS[found[2]]} {found[3]}", ""
    got = f", not {_NAMES.get(found[4], found[4])}" if found[4] else ""
    advice = "text stands in quotes" if kinds[0] == "str" and found[4] else ""
    return f"{wanted} is wanted{got}", advice


def _choices(path: tuple[str, ...]) -> list[str]:
    """Return the words a key may have, if only some are allowed."""
    hint: Any = Config
    for key in path:
        options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
        table = next((o for o in options if isinstance(o, type) and issubclass(o, Table)), None)
        if table is None:
            return []
        hint = get_type_hints(table).get(key)
    return list(get_args(hint)) if get_origin(hint) is Literal else []
