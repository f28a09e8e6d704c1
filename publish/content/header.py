"""Front matter: cut off by our own splitter, read by python-frontmatter's handlers.

Text is front matter only if it parses to a mapping whose keys look like a person's; whatever
else stands between two rules is prose and stays in the body.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from publish.content.split import Cut, cut
from publish.content.text import decode
from publish.content.values import Value
from publish.diagnostics import Diagnostic, Place, error, note, warning

if TYPE_CHECKING:
    from publish.content.loaders import HeaderError, Loaded

MAX_HEADER = 400_000  # characters
_KNOWN = re.compile(
    "(?:title|date|tags?|categor(?:y|ies)|authors?|draft|published|lang|language|summary|"
    "description|slug|url|permalink|weight|layout|type|series|keywords|lastmod|updated|"
    "thumbnail|cover|image|source|aliases|id)",
    re.IGNORECASE,
)
_KEY = re.compile(r"[A-Za-z_][\w.-]*")
_RESCUABLE = re.compile(
    r"(?P<key>title|subtitle|summary|description|excerpt|lead|author|source|origin|series|name)"
    r"(?P<colon>[ \t]*[:：][ \t]*)(?P<text>\S.*)",
    re.IGNORECASE,
)
_SURROGATES = re.compile(
    r"(?<!\\)((?:\\\\){0,40})\\u([dD][89abAB][0-9a-fA-F]{2})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?"
    r"|(?<!\\)((?:\\\\){0,40})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_QUOTE = 'write the value in quotes: title: "…"'
_STRUCTURE = re.compile(r"\[.*\]|\{.*\}|[&*!][^\s:]*|[|>][-+0-9]{0,2}(?:\s+#.*)?")
_TAB = re.compile(r"^\t", re.MULTILINE)
_SPACES = "indent by spaces, not by tabs"
_PLAIN_HINTS = {
    "yaml": "put values with : # [ ] { } or quotation marks in quotes",
    "toml": 'a field is a line title = "…", each name once, text in quotes',
    "json": 'a field is "title": "…", and a comma stands between two, none after the last',
}
_NAMES = {"yaml": "YAML", "toml": "TOML", "json": "JSON"}


class Parsed(NamedTuple):
    """A file in two: the fields of its front matter, and its body.

    Unquoted scalars of ``fields`` are ``Bare`` strings as written (see ``values``). With an error
    among the findings the fields are empty, and the body is the whole text.
    """

    fields: dict[str, Value]
    body: str
    body_line: int  # of the file, from 1
    findings: tuple[Diagnostic, ...] = ()
    lines: dict[str, int] = {}  # noqa: RUF012 - of the file, by key
    failed: bool = False


def parse(data: bytes, place: str) -> Parsed:
    """Return the front matter and the body of a file.

    YAML between ``---`` (or ``---`` and ``...``), TOML between ``+++``, JSON in braces or between
    ``;;;`` are read, and what ``---toml`` and its like begin; also behind a byte order mark, blank
    lines or a comment. Of Hexo's headers the first fence may be missing: YAML before ``---``, JSON
    before ``;;;``. Nothing is raised whatever the bytes are.
    """
    text, findings = decode(data, place)
    if text is None:
        return Parsed({}, "", 1, findings, failed=True)
    parsed = _parse(text, place)
    return parsed._replace(findings=findings + parsed.findings) if findings else parsed


def _parse(text: str, file: str) -> Parsed:
    found = cut(text)
    if found is None:
        return Parsed({}, text, 1)
    if not found.closed:
        return _unterminated(found, text, file)
    if len(found.header) > MAX_HEADER:
        message = f"front matter of {len(found.header)} characters is too long to be read"
        return _failed(text, "header-too-large", message, Place(file, found.header_line))
    from publish.content.loaders import HeaderError, load

    findings: list[Diagnostic] = []
    try:
        loaded = load(found.kind, found.header)
    except HeaderError as fault:
        rescued = _rescue(found, fault, file, findings)
        if rescued is None:
            return _broken(found, fault, text, file)
        loaded = rescued
    if not isinstance(loaded.value, dict) and (again := _full_width(found, file, findings)):
        loaded = again
    if not isinstance(loaded.value, dict) or not _is_header(loaded.value, found):
        return _prose(found, text, file, loaded)
    findings += _remarks(found, loaded, file)
    before = found.header_line - 1
    lines = {key: line + before for key, line in loaded.lines.items()}
    return Parsed(loaded.value, found.body, found.body_line, tuple(findings), lines)


def _failed(text: str, code: str, message: str, place: Place, help: str = "") -> Parsed:
    return Parsed({}, text, 1, (error(code, message, place, help),), failed=True)


def _unterminated(found: Cut, text: str, file: str) -> Parsed:
    if not found.looks_meant:
        return Parsed({}, text, 1)  # a rule, or a brace
    message = f"the front matter ({_NAMES[found.kind]}) has no end"
    fence = {"yaml": "---", "toml": "+++", "json": "}"}[found.kind]
    place = Place(file, max(1, found.header_line - (found.kind != "json")))
    return _failed(text, "header-unterminated", message, place, f"close it by a line {fence}")


def _broken(found: Cut, fault: HeaderError, text: str, file: str) -> Parsed:
    """Return an error for a header that was meant, and the text for what only looked like one."""
    if not found.opened or (found.kind == "yaml" and not found.looks_meant):
        return _prose(found, text, file, None)
    place = _place(found, file, fault.line, fault.column)
    advice = _hint(fault, found.kind)
    return _failed(text, "header-syntax", f"{_NAMES[found.kind]}: {fault}", place, advice)


def _hint(fault: HeaderError, kind: str) -> str:
    message = str(fault)
    if "mapping values" in message or "cannot start any token" in message:
        return _QUOTE
    if "'\\t'" in message or "tab" in message:
        return _SPACES
    if " tag " in message:
        return "front matter may hold only text, numbers, dates, lists and mappings"
    if fault.refused:
        return "write the front matter more plainly"
    return _PLAIN_HINTS[kind]


def _is_header(mapping: dict[str, Value], found: Cut) -> bool:
    """Tell a header from prose that happens to parse: 注意：… or “Note: …” between two rules."""
    if not mapping or any(_KNOWN.fullmatch(key) for key in mapping):
        return found.opened or bool({"title", "date"} & {key.lower() for key in mapping})
    if not found.opened:
        return False
    spaced = found.kind == "yaml" and not found.header.split("\n", 1)[0].strip()
    return not spaced and any(_KEY.fullmatch(key) for key in mapping)


def _prose(found: Cut, text: str, file: str, loaded: Loaded | None) -> Parsed:
    if not found.opened or found.kind == "json":
        return Parsed({}, text, 1)
    what = "a list" if loaded and isinstance(loaded.value, list) else "no fields"
    finding = warning(
        "header-not-mapping",
        f"the text between the first two rules holds {what} and is kept as text",
        Place(file, max(1, found.header_line - 1)),
        "front matter is lines of the form title: …; for a rule write *** instead",
    )
    return Parsed({}, text, 1, (finding,))


def _remarks(found: Cut, loaded: Loaded, file: str) -> list[Diagnostic]:
    remarks = []
    if "<!--" in found.before:
        message = "front matter behind a comment is read, but most programs would print it"
        advice = "move the comment below the front matter"
        remarks.append(warning("header-late", message, Place(file, found.header_line - 1), advice))
    elif found.before:
        message = "front matter behind blank lines is read, but Hugo would print it"
        remarks.append(note("header-late", message, Place(file, found.header_line - 1)))
    if not found.opened:
        message = "front matter without its first --- is read as Hexo did"
        place = Place(file, found.header_line)
        remarks.append(warning("header-unopened", message, place, "begin the file by a line ---"))
    for key, line in loaded.twice:
        message = f"{key} is given twice; the last one counts"
        remarks.append(
            warning("header-duplicate-key", message, Place(file, found.header_line + line - 1))
        )
    return remarks


def _place(found: Cut, file: str, line: int, column: int) -> Place:
    return Place(file, found.header_line + line - 1, column)


def _rescue(found: Cut, fault: HeaderError, file: str, findings: list[Diagnostic]) -> Loaded | None:
    """Return the header with its lines of text quoted, if that is all that was wrong with it."""
    if found.kind != "yaml" or fault.refused:
        return None
    if "Unicode character escape" in str(fault):
        mended = _SURROGATES.sub(_pair, found.header)
        message = "half of a character (\\ud800 to \\udfff) is left out"
        finding = warning("header-escape", message, _place(found, file, fault.line, fault.column))
        return _again(mended, finding, findings)
    if tab := _TAB.search(found.header):  # as Hexo does
        tabbed = found.header.count("\n", 0, tab.start()) + 1
        message = "a tab before a line is read as two spaces"
        finding = warning("header-tab", message, _place(found, file, tabbed, 1), _SPACES)
        if loaded := _again(_TAB.sub("  ", found.header), finding, findings):
            return loaded
    lines = found.header.split("\n")
    place, message = (0, 0), ""
    for number, line in enumerate(lines):
        follower = lines[number + 1] if number + 1 < len(lines) else ""
        parts = _RESCUABLE.fullmatch(line)
        if parts is None or (follower[:1] in (" ", "\t") and follower.strip()):
            continue
        if quoted := _quoted(parts["text"]):
            lines[number] = f"{parts['key']}: {quoted}"
            if not place[0]:
                place = (number + 1, parts.start("text") + 1)
                message = f"the {parts['key'].lower()} is taken as it stands"
    if not place[0]:
        return None
    if fault.line == place[0] and fault.column:
        place = (fault.line, fault.column)
    message = f"{message}, though YAML reads it otherwise ({fault})"
    finding = warning("header-unquoted", message, _place(found, file, *place), _QUOTE)
    return _again("\n".join(lines), finding, findings)


def _quoted(text: str) -> str:
    """Return a plain value in single quotes, or "" where it is already good or not plain."""
    text = text.strip()
    if text[0] in "\"'":
        inner = text[1:-1]
        if len(text) < 3 or text[-1] != text[0] or text[0] not in inner or "\\" in inner:
            return ""
        if text[0] == "'" and "'" not in inner.replace("''", ""):
            return ""
        text = inner
    elif not _needs_quotes(text):
        return ""
    return "'" + text.replace("'", "''") + "'"


def _needs_quotes(text: str) -> bool:
    """Tell whether YAML takes a plain value for something else, or not at all."""
    if _STRUCTURE.fullmatch(text):
        return False
    return ": " in text or text[0] in "@`%[]{}&*!|>,?-" or text.endswith(":")


def _pair(found: re.Match[str]) -> str:
    slashes = found[1] or found[4] or ""
    if found[2] and found[3]:
        sign = ((int(found[2], 16) & 0x3FF) << 10 | int(found[3], 16) & 0x3FF) + 0x10000
        return f"{slashes}\\U{sign:08x}"
    return slashes


def _full_width(found: Cut, file: str, findings: list[Diagnostic]) -> Loaded | None:
    """Return a header whose colons are full-width (title：…), as a Chinese keyboard types them."""
    pattern = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*：[ \t]*", re.MULTILINE)
    mended, count = pattern.subn(r"\1: ", found.header)
    if found.kind != "yaml" or not count or not found.looks_meant:
        return None
    message = "full-width colons after keys are read as colons"
    finding = warning("header-full-width", message, _place(found, file, 1, 0))
    return _again(mended, finding, findings)


def _again(header: str, finding: Diagnostic, findings: list[Diagnostic]) -> Loaded | None:
    """Return a mended header if it now is a mapping, and say so in the findings."""
    from publish.content.loaders import HeaderError, load

    try:
        loaded = load("yaml", header)
    except HeaderError:
        return None
    if not isinstance(loaded.value, dict):
        return None
    findings.append(finding)
    return loaded
