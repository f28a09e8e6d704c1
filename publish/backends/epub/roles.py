"""Which faces a style sheet asks for, and for which text: 宋, 黑 or 楷, and what is bold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from lxml import etree

from publish import locales
from publish.backends.epub.trees import tag

tinycss2: Any = import_module("tinycss2")  # they come with WeasyPrint, and have no types
cssselect2: Any = import_module("cssselect2")

_GENERIC = {"song": "serif", "hei": "sans-serif", "kai": "serif"}
_FAMILY = re.compile(r"(?<![\w-])(font-family\s*:\s*)([^;{}]+)")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
# What readers make bold of themselves.
_READERS_OWN = "h1, h2, h3, h4, h5, h6, strong, b, th { font-weight: bold }\n"
Demand = dict[tuple[str, str, str], set[str]]


def role(families: str) -> str:
    """Return the role that a list of families asks for, "" if it is none of ours.

    >>> role('"Kaiti SC", serif'), role("Georgia, serif"), role("monospace"), role("inherit")
    ('kai', 'song', '', '')
    """
    plain = families.partition("!")[0].lower()
    names = [name.strip(" \t\n\"'") for name in plain.split(",")]
    if any("kai" in name or "楷" in name or name == "cursive" for name in names):
        return "kai"
    if "sans-serif" in names:
        return "hei"
    return "song" if "serif" in names else ""


def lead(css: str, families: Mapping[str, str]) -> str:
    """Return a style sheet whose lists of families begin with ours.

    Args:
        css: any; ``@font-face`` rules stay, as they list no generic family.
        families: what a role's list begins with, "" for nothing.
    """

    def led(declaration: re.Match[str]) -> str:
        first = families.get(role(declaration[2]), "")
        return f"{declaration[1]}{first}, {declaration[2]}" if first else declaration[0]

    return _FAMILY.sub(led, css)


def foreign(css: str, language: str, families: Mapping[str, str]) -> str:
    """Return rules that repeat a style sheet's lists of families for text in another language."""
    made = []
    for prelude, asked in _rules(css):
        if first := families.get(asked.role):
            spoken = f'[lang="{language}"]'
            whose = [(one, *one.partition("::")) for one in _selectors(prelude)]
            inside = ", ".join(f"{spoken} {one}" for one, *_ in whose)
            itself = ", ".join(f"{base}{spoken}{mark}{part}" for _, base, mark, part in whose)
            made.append(f"{inside}, {itself} {{ font-family: {first}, {_GENERIC[asked.role]}; }}\n")
    return "".join(made)


def signs(css: str) -> set[str]:
    """Return the characters that a style sheet may set, as generated content."""
    escaped = (int(found, 16) for found in _ESCAPED.findall(css))
    return {*_NON_ASCII.findall(css), *(chr(code) for code in escaped if 0x20 <= code < 0x110000)}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a rule asks of its elements and all they hold."""

    role: str = ""
    bold: bool = False


class Reader:
    """Reads documents as a style sheet sets them, and tells what each face must draw.

    A role that any rule gives an element counts, whatever other rules say: which of them holds
    depends on the reader (``@supports``).
    """

    def __init__(self, css: str) -> None:
        self._matcher = cssselect2.Matcher()
        for prelude, asked in _rules(_READERS_OWN + css):
            try:
                for selector in cssselect2.compile_selector_list(prelude):
                    self._matcher.add_selector(selector, asked)
            except cssselect2.SelectorError:  # of no element here; readers pass the rule over
                continue

    def demand(self, root: etree._Element, language: str) -> Demand:
        """Return a document's characters by language, role and weight."""
        found: Demand = defaultdict(set)
        start = cssselect2.ElementWrapper.from_xml_root(root)
        todo = [(start, language, frozenset({"song"}), False)]
        while todo:
            wrapped, above, roles, bold = todo.pop()
            element = wrapped.etree_element
            if element.tag == tag("head"):
                continue
            own = element.get("lang", "")
            own = own if locales.is_tag(own) else above
            for *_, asked in self._matcher.match(wrapped):
                roles |= {asked.role} if asked.role else frozenset()
                bold |= asked.bold
            weights = ("normal", "bold") if bold else ("normal",)
            texts = [element.text, element.get("alt"), *(child.tail for child in element)]
            for text in filter(None, texts):
                for one in roles:
                    for weight in weights:
                        found[own, one, weight].update(text)
            todo += [(child, own, roles, bold) for child in wrapped.iter_children()]
        return found


def _rules(css: str) -> Iterator[tuple[list[Any], _Asked]]:
    """Yield selectors and what they ask for, also of rules in ``@media`` and ``@supports``."""
    todo = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    while todo:
        rule = todo.pop(0)
        if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, True, True)
            todo = [*inner, *todo]
        elif rule.type == "qualified-rule":
            asked = _asked(_values(rule.content))
            if asked != _Asked():
                yield rule.prelude, asked


def _values(content: list[Any]) -> dict[str, str]:
    declarations = tinycss2.parse_blocks_contents(content, True, True)
    return {
        found.lower_name: tinycss2.serialize(found.value).strip()
        for found in declarations
        if found.type == "declaration"
    }


def _asked(values: Mapping[str, str]) -> _Asked:
    weight = values.get("font-weight", "normal").lower()
    heavy = weight in ("bold", "bolder") or (weight.isdecimal() and int(weight) > 500)
    return _Asked(role(values.get("font-family", "")), heavy)


def _selectors(prelude: list[Any]) -> list[str]:
    found: list[list[Any]] = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return [tinycss2.serialize(tokens).strip() for tokens in found]
