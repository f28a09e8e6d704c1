"""Keys from the environment: ``PUBLISH_A__B=value`` is key ``b`` of table ``a``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from publish.config.schema import Config, Table
from publish.config.suggest import suggestion
from publish.diagnostics import Diagnostic, Place, UsageError, error

PREFIX = "PUBLISH_"
ORIGIN = "environment"
_RESERVED = {"PUBLISH_SHARED", "PUBLISH_FONTS", "PUBLISH_VENV", "PUBLISH_TOOLS"}


def read(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the tables that the environment sets.

    A variable without ``__`` names no key: it belongs to somebody else, unless it begins as one
    of our tables does, and then it is a slip of the pen.

    Raises:
        UsageError: a variable that cannot be meant.
    """
    values: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for name in sorted(env):
        if not name.startswith(PREFIX) or name in _RESERVED:
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        if len(path) < 2:
            findings += _alone(name, path[0])
        elif not _put(values, path, env[name]):
            findings.append(_fault(f"{name} sets a key inside something that is no table"))
    if findings:
        raise UsageError(*findings)
    return values


def _alone(name: str, word: str) -> Iterator[Diagnostic]:
    for table, hint in get_type_hints(Config).items():
        if word == table or word.startswith(f"{table}_"):
            keys = get_type_hints(hint) if _is_table(hint) else ()
            names = [f"{PREFIX}{table}__{key}".upper() for key in keys]
            yield _fault(f"{name} names no key", suggestion(name, names) if names else "")


def _fault(message: str, help_line: str = "") -> Diagnostic:
    advice = help_line or f"write {PREFIX}TABLE__KEY, with two underscores"
    return error("config-environment", message, Place(ORIGIN), advice)


def _put(values: dict[str, Any], path: list[str], written: str) -> bool:
    """Put a value into its table; tell whether there is such a place."""
    *tables, key = path
    target: Any = values
    for table in tables:
        target = target.setdefault(table, {})
        if not isinstance(target, dict):
            return False
    target[key] = _value(written, _hint(path))
    return True


def _value(written: str, hint: Any) -> object:
    """Return what a variable holds: TOML, or text; a number where text is wanted is text."""
    try:
        value: object = tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        return written
    if isinstance(value, str | list | dict) or not _takes_text(hint):
        return value
    return value if any(isinstance(value, kind) for kind in _kinds(hint)) else written


def _takes_text(hint: Any) -> bool:
    return str in _kinds(hint)


def _kinds(hint: Any) -> tuple[type, ...]:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return tuple(option for option in options if isinstance(option, type))


def _hint(path: list[str]) -> Any:
    """Return the type that a key wants; None if there is no such key."""
    hint: Any = Config
    for key in path:
        tables = [kind for kind in _kinds(hint) if _is_table(kind)]
        if get_origin(hint) is dict:
            hint = get_args(hint)[1]
        elif tables:
            hint = get_type_hints(tables[0]).get(key)
        else:
            return None
    return hint


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Table)
