"""python-frontmatter's handlers, made to keep what was written and to refuse what explodes.

Imported only when a header is met: PyYAML and python-frontmatter take time to load.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml
from frontmatter.default_handlers import BaseHandler, JSONHandler, SafeLoader, YAMLHandler

from publish.content.values import MAX_DEPTH, Bare, TooDeepError, Value, bare

MAX_NODES = 100_000  # of a header, aliases counted as often as they are used
_BARE, _QUOTED, _LIST, _MAP = "bare", "quoted", "list", "map"
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = {_QUOTED, _CORE + "str", _CORE + "binary"}
_BARE_TAGS = {_BARE, *(_CORE + name for name in ("int", "float", "bool", "null", "timestamp"))}
_LIST_TAGS = {_LIST, _CORE + "seq", _CORE + "set", _CORE + "omap", _CORE + "pairs"}
_MAP_TAGS = {_MAP, _CORE + "map", _CORE + "set"}
_NESTED = re.compile(r"(?:[-?:][ \t]+){" + str(MAX_DEPTH) + "}")
_TOML_PLACE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_KEY_LINE = re.compile(r"^[ \t]*[\"']?([\w.-]+)[\"']?[ \t]*[:=]", re.MULTILINE)
MAX_DOTS = 2000


class HeaderError(ValueError):
    """A header that cannot be read: why, and the line and column of the header, from 1."""

    refused = False

    def __init__(self, message: str, line: int = 1, column: int = 0) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class HeaderRefusedError(HeaderError):
    """A header that could be read, but would do harm: tags, bombs, loops."""

    refused = True


@dataclass(slots=True)
class Loaded:
    """A header as read: its value, the lines of its keys, and keys that came twice."""

    value: Value
    lines: dict[str, int] = field(default_factory=dict)  # of the header, from 1
    twice: list[tuple[str, int]] = field(default_factory=list)


class _Loader(SafeLoader):  # type: ignore[misc, valid-type]
    """Composes YAML's nodes with its scalars left as they are written, and walks them once."""

    def resolve(self, kind: type, value: object, implicit: tuple[bool, bool]) -> str:
        """Tell only quoted from bare: what a bare scalar means is for its key to say."""
        if kind is yaml.ScalarNode:
            return _BARE if implicit[0] else _QUOTED
        return _LIST if kind is yaml.SequenceNode else _MAP

    def descend_resolver(self, node: object, index: object) -> None:
        """Do nothing: no resolver goes by path."""

    def ascend_resolver(self) -> None:
        """Do nothing."""

    def construct_document(self, node: yaml.Node) -> Loaded:
        """Return the document as ``Loaded``."""
        walk = _Walk()
        return Loaded(walk.value(node, 0), walk.lines, walk.twice)


class _Walk:
    """Makes values of nodes; the budget ends alias bombs, the path ends loops."""

    def __init__(self) -> None:
        self.left = MAX_NODES
        self.path: set[int] = set()
        self.lines: dict[str, int] = {}
        self.twice: list[tuple[str, int]] = []

    def value(self, node: yaml.Node, depth: int) -> Value:
        self.left -= 1
        if self.left < 0:
            raise _fault("the header unfolds to more than a person wrote (aliases?)", node)
        if isinstance(node, yaml.ScalarNode):
            if node.tag in _BARE_TAGS:
                return Bare(node.value)
            if node.tag not in _TEXT_TAGS:
                raise _fault(f"the tag {node.tag} is not allowed here", node)
            return str(node.value)
        if depth > MAX_DEPTH:
            raise _fault("the header is nested too deeply", node)
        if id(node) in self.path:
            raise _fault("an alias holds itself", node)
        self.path.add(id(node))
        value = self._list(node, depth) if node.tag in _LIST_TAGS else self._mapping(node, depth)
        self.path.discard(id(node))
        return value

    def _list(self, node: yaml.Node, depth: int) -> Value:
        if isinstance(node, yaml.MappingNode):  # a set or an ordered map
            return [self.value(key, depth + 1) for key, _ in node.value]
        return [self.value(inner, depth + 1) for inner in node.value]

    def _mapping(self, node: yaml.Node, depth: int) -> dict[str, Value]:
        if node.tag not in _MAP_TAGS or not isinstance(node, yaml.MappingNode):
            raise _fault(f"the tag {node.tag} is not allowed here", node)
        mapping: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        for key, inner in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _fault("a key must be text", key)
            name = str(self.value(key, depth))
            if name == "<<" and key.tag == _BARE:
                self._merge(inner, merged, depth)
                continue
            if name in mapping:
                self.twice.append((name, key.start_mark.line + 1))
            if not depth:
                self.lines[name] = key.start_mark.line + 1
            mapping[name] = self.value(inner, depth + 1)
        return merged | mapping if merged else mapping

    def _merge(self, node: yaml.Node, into: dict[str, Value], depth: int) -> None:
        value = self.value(node, depth + 1)
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, dict):
                raise _fault("<< takes a mapping", node)
            for name, inner in one.items():
                into.setdefault(name, inner)


def _fault(message: str, node: yaml.Node) -> HeaderRefusedError:
    return HeaderRefusedError(message, node.start_mark.line + 1, node.start_mark.column + 1)


class _TomlHandler(BaseHandler):
    """TOML by the standard library; python-frontmatter's own needs a package long abandoned."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "+++"

    def load(self, fm: str) -> dict[str, Any]:
        """Return the table that TOML says."""
        return tomllib.loads(fm, parse_float=Bare)


def load(kind: str, header: str) -> Loaded:
    """Return what a header of a kind ("yaml", "toml", "json") holds; any value, not only a mapping.

    Raises:
        HeaderError: it cannot be read, or it would not stop growing.
    """
    try:
        return {"yaml": _yaml, "toml": _toml, "json": _json}[kind](header)
    except (RecursionError, TooDeepError):
        raise HeaderRefusedError("the header is nested too deeply") from None


def _yaml(header: str) -> Loaded:
    _refuse_nesting(header)
    # libyaml takes NEL, LS and PS for line ends; here they are spaces inside a line.
    text = header.replace("\x85", " ").replace("\u2028", " ").replace("\u2029", " ")
    try:
        loaded = YAMLHandler().load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        raise HeaderError(problem.problem or "not YAML", line, column) from None
    except yaml.reader.ReaderError as problem:
        raise HeaderError(f"not YAML: {problem.reason}") from None
    return loaded if isinstance(loaded, Loaded) else Loaded({})


def _refuse_nesting(header: str) -> None:
    """Refuse nesting that would exhaust libyaml's stack, which nothing else limits."""
    if header.count("[") + header.count("{") > MAX_DEPTH:
        depth = 0
        for found in re.finditer(r"[\[\]{}]", header):
            depth = max(0, depth + (1 if found[0] in "[{" else -1))
            if depth > MAX_DEPTH:
                line = header.count("\n", 0, found.start()) + 1
                raise HeaderRefusedError("the header is nested too deeply", line)
    if chain := _NESTED.search(header):
        line = header.count("\n", 0, chain.start()) + 1
        raise HeaderRefusedError("the header is nested too deeply", line)


def _toml(header: str) -> Loaded:
    # A dotted key takes tomllib time that grows with the square of its parts.
    for number, line in enumerate(header.split("\n"), 1):
        if line.count(".") > MAX_DOTS:
            raise HeaderRefusedError("a line has too many dots to be read", number)
    try:
        value = _TomlHandler().load(header)
    except tomllib.TOMLDecodeError as problem:
        found = _TOML_PLACE.match(str(problem))
        if found is None:
            raise HeaderError(str(problem)) from None
        last = header.rstrip("\n").count("\n") + 1
        raise HeaderError(found[1], int(found[2] or last), int(found[3] or 0)) from None
    except ValueError as problem:  # a date that cannot be, a number with 5,000 digits
        raise HeaderError(str(problem)) from None
    return Loaded(bare(value), _lines(header))


def _json(header: str) -> Loaded:
    twice: list[tuple[str, int]] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key, value in found:
            if key in mapping:
                twice.append((key, 1))
            mapping[key] = value
        return mapping

    try:
        value = JSONHandler().load(
            header,
            object_pairs_hook=pairs,
            parse_int=Bare,
            parse_float=Bare,
            parse_constant=Bare,
            strict=False,
        )
    except json.JSONDecodeError as problem:
        raise HeaderError(problem.msg, problem.lineno, problem.colno) from None
    return Loaded(bare(value), _lines(header), twice)


def _lines(header: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    number, last = 1, 0
    for found in _KEY_LINE.finditer(header):
        number += header.count("\n", last, found.start(1))
        last = found.start(1)
        lines.setdefault(found[1], number)
    return lines
