"""Code: highlighted by Pygments with short classes, its white space untouched."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from publish.markdown.text import escape, quoted

LONGEST = 50_000  # characters of a block that is still highlighted
WIDEST = 2_000  # characters of a line that is: lexers are made of regular expressions

_LANGUAGE = re.compile(r"[\w+#.-]+")
_PLAIN = {"", "text", "txt", "plain", "plaintext", "none", "mermaid", "output", "ascii", "math"}
_ALIASES = {
    "golang": "go", "node": "js", "nodejs": "js", "shellscript": "bash", "c++": "cpp",
    "objectivec": "objective-c", "objc": "objective-c", "vue": "html", "wxml": "html",
    "wxss": "css", "cmd": "batch", "jsonc": "json", "json5": "json", "yml": "yaml",
    "proto3": "protobuf", "assembly": "nasm", "dockerfile": "docker", "tsx": "tsx", "jsx": "jsx",
}  # fmt: skip


def language_of(info: str) -> str:
    """Return the language that the words after a fence name, or "".

    >>> language_of("{.python linenos=table}"), language_of("js {1,3}"), language_of("rust,ignore")
    ('python', 'js', 'rust')
    """
    first = info.strip().lstrip("{").lstrip(". ")
    match = _LANGUAGE.match(first)
    if not match or "=" in first[: match.end() + 1]:
        return ""
    return match[0].lower().removeprefix("language-").rstrip(".")


def block(text: str, language: str) -> str:
    """Return a block of code as XHTML."""
    text = text.removesuffix("\n")
    named = f" data-language={quoted(language)}" if language else ""
    return f'<pre class="code"{named}><code>{_highlighted(text, language)}</code></pre>'


def _highlighted(text: str, language: str) -> str:
    if language in _PLAIN or len(text) > LONGEST or max(map(len, text.split("\n"))) > WIDEST:
        return escape(text)
    lexer = _lexer(_ALIASES.get(language, language))
    if lexer is None:
        return escape(text)
    try:
        tokens = list(lexer.get_tokens(text))
    except Exception:  # lexers are many; none may keep an article from being made
        return escape(text)
    if "".join(value for _, value in tokens) != text:
        return escape(text)
    out: list[str] = []
    current, pending = "", ""
    for kind, value in tokens:
        name = "" if value.isspace() and value != text else _class(kind)
        if name != current and not (value.isspace() and not name):
            out.append(_span(current, pending))
            current, pending = name, ""
        pending += value
    out.append(_span(current, pending))
    return "".join(out)


def _span(name: str, text: str) -> str:
    if not text or not name:
        return escape(text)
    bare = text.rstrip()
    return f'<span class="{name}">{escape(bare)}</span>{text[len(bare) :]}'


@lru_cache(maxsize=256)
def _class(kind: Any) -> str:
    from pygments.token import STANDARD_TYPES

    while kind not in STANDARD_TYPES:
        kind = kind.parent
    name = STANDARD_TYPES[kind]
    return "" if name in ("n", "p", "w", "err", "x", "esc") else name


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from pygments.lexers import get_all_lexers

    return {alias: found[0] for found in get_all_lexers(plugins=False) for alias in found[1]}


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    """Return the lexer of a language, or None; no entry points are searched."""
    from pygments.lexers import find_lexer_class

    name = _names().get(language)
    found = find_lexer_class(name) if name else None
    return found(stripnl=False, ensurenl=False) if found else None
