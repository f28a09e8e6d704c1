"""Raw HTML of authors: each tag made safe and well-formed before any parser sees it.

What a book cannot hold goes here (scripts, styles, handlers, forms); media become links. What
comes out are known tags with quoted attributes, so that most pages need no HTML parser at all:
only where tags are crossed or left open does one have to repair them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from publish.markdown.findings import Findings
from publish.markdown.text import MARK, escape, quoted, unescape, words

_NAME = "[A-Za-z][A-Za-z0-9:-]*"
_VALUE = "\"[^\"]*\"|'[^']*'|[^\\s\"'=<>`]+"
_TOKEN = re.compile(
    rf"<!--|<\?|<!\[CDATA\[|<![A-Za-z][^<>]*>"
    rf"|<(?P<end>/?)(?P<name>{_NAME})"
    rf"(?P<rest>(?:[\s/]+[^\s\"'<>/=]+(?:\s*=\s*(?:{_VALUE}))?)*[\s/]*)>",
    re.S,
)
_SPECIAL = {"<!--": "-->", "<?": ">", "<![CDATA[": "]]>"}
_NAMED = re.compile(r"&[A-Za-z][A-Za-z0-9]*;")
_ATTRIBUTE = re.compile(rf"([^\s\"'<>/=]+)(?:\s*=\s*({_VALUE}))?", re.S)

_SAME = {"xmp": "pre", "listing": "pre"}  # an HTML parser takes no tags inside the old ones
VOID = words("br hr img wbr col embed area source")
# Elements the tree knows (build.py); all else here is unwrapped or goes.
KEPT = words(
    "a abbr acronym b big blockquote br caption cite code col"
    " colgroup dd del details dfn dir dl dt em embed figcaption figure h1 h2 h3 h4 h5"
    " h6 hr i img ins kbd li mark menu ol p picture pre q rb rp rt"
    " rtc ruby s samp small source span strike strong sub summary sup table tbody td tfoot"
    " th thead tr tt u ul var wbr"
)
_STRIPPED = words(
    "applet area base basefont bdi bdo bgsound blink body button canvas command content data"
    " datalist dialog element fieldset font form frame frameset g circle path rect line polygon"
    " polyline ellipse defs use text tspan stop head html image input isindex keygen label legend"
    " link map marquee math meta meter multicol nextid nobr noembed noframes noscript object"
    " optgroup option output param plaintext portal progress search select slot spacer svg"
    " template textarea time title track annotation semantics mrow mi mo mn msup msub mfrac mtext"
    " msqrt mtable mtr mtd mstyle mglyph script style iframe video audio"
)
_MEDIA = words("iframe video audio object applet embed")
# Elements whose inside is not text of the article: taken whole, to their end tags.
PAIRED = words("script style svg math iframe video audio object applet template noscript")
_UNWRAPPED = words("bdi bdo big blink data font label marquee nobr output time tt image")
# Blocks that only divide: where they begin and end a line ends.
_DIVIDING = words(
    "address article aside body center dialog div fieldset footer form frameset header hgroup"
    " legend main nav optgroup option search section"
)
_AUTOMATIC = words("p li dt dd td th tr thead tbody tfoot rt rp rb")  # end without an end tag
_PLACED = words("p h1 h2 h3 h4 h5 h6")  # what findings give the line of
DEEPEST = 300  # elements in each other, after which the rest is text
_ATTRIBUTES = words(
    "alt align cite colspan data data-original data-lazy-src data-src datetime dir href lang name"
    " id open reversed rowspan scope src srcset start title type value class style xml:lang"
)


PAUSE = "pause"  # what stands where a block begins or ends that only divides
HIS = "author"  # the value of that attribute on elements of the author


class Raw:
    """Makes the HTML of one article safe."""

    def __init__(self, findings: Findings, own: str) -> None:
        self.findings = findings
        self.own = own  # name of the attribute that tells our own elements from the author's
        self.his = f' {own}="{HIS}"'
        self.pause = f'<br {own}="{PAUSE}"/>'
        self.depth = self.beyond = 0  # elements open, and those left out as too deep
        self.fragments: list[str] = []  # finished XHTML, named by number in the text
        self.marks: list[str] = []  # XHTML of shortcodes by number

    def fragment(self, xhtml: str, tag: str = "span") -> str:
        """Keep a finished piece of XHTML from all that follows; return what stands for it."""
        self.fragments.append(xhtml)
        return f'<{tag} {self.own}="{len(self.fragments) - 1}"></{tag}>'

    def whole(self, text: str) -> str:
        """Return a text with its finished pieces in place."""
        stands = rf'<(span|div) {self.own}="(\d+)"></\1>'
        return re.sub(stands, lambda match: self.fragments[int(match[2])], text)

    def __call__(self, source: str, first: int, lines: Sequence[int] = ()) -> str:
        """Return HTML with every tag safe and well-formed; tags may still be unbalanced.

        ``lines`` are those of the file for each line of the source, if they do not just follow
        from the first.
        """
        out: list[str] = []
        cursor, seen, passed, line = 0, 0, 0, first
        missing: set[str] = set()  # ends that do not occur any more
        closers = _Closers(source)
        for match in _TOKEN.finditer(source):
            if match.start() < cursor:
                continue
            special = _SPECIAL.get(match[0])
            end = match.end()
            if special:
                end = -1 if special in missing else source.find(special, end)
                if end < 0:
                    missing.add(special)
                    continue
            out.append(self.text(source[cursor : match.start()]))
            passed += source.count("\n", seen, match.start())
            seen = match.start()
            line = lines[passed] if passed < len(lines) else first + passed
            cursor = end + len(special) if special else end
            name = (match["name"] or "").lower()
            if not name:
                out.append(self._declaration(source[match.start() : cursor]))
                continue
            if name in PAIRED and not match["end"] and (found := closers.after(name, cursor)):
                inner = source[cursor : found[0]]
                out.append(self._paired(name, match, inner, line))
                cursor = found[1]
                continue
            out.append(self._tag(name, match, line))
        out.append(self.text(source[cursor:]))
        return "".join(out)

    def is_mention(self, source: str) -> bool:
        """Tell whether a tag amid text is rather named than used: ``<keygen>``, ``<script>``."""
        match = re.fullmatch(r"</?([A-Za-z][A-Za-z0-9]*)\s*/?>", source)
        name = match[1].lower() if match else ""
        return name in _STRIPPED and name not in _UNWRAPPED

    def text(self, source: str) -> str:
        """Return text between tags as character data, with shortcodes in place."""
        if "\ufdd0" not in source:
            return escape(unescape(source)) if source else ""
        pieces = MARK.split(source)
        return "".join(
            self.fragment(self.marks[int(piece)]) if odd % 2 else escape(unescape(piece))
            for odd, piece in enumerate(pieces)
        )

    def _declaration(self, source: str) -> str:
        if source.upper().startswith("<![CDATA["):
            return self.text(escape(source[9:-3]))
        return ""

    def _paired(self, name: str, match: re.Match[str], inner: str, line: int) -> str:
        if name in _MEDIA:
            return self._media(name, match, inner, line)
        if name == "math":
            return self._math(match[0] + inner + "</math>", line)
        if name in ("noscript", "template"):
            return self(inner, line)
        self.findings.note("html-dropped", f"<{name}> is left out", line)
        return ""

    def _math(self, source: str, line: int) -> str:
        from publish.markdown import maths

        source = _NAMED.sub(lambda m: escape(unescape(m[0])), source)
        made = maths.of_author(source)
        if made is None:
            self.findings.warning("math-unreadable", "MathML that is not well-formed", line)
            return escape(unescape(re.sub(r"<[^<>]*>", "", source)))
        if 'display="block"' in made[: made.find(">")]:
            return self.pause + self.fragment(f'<div class="math">{made}</div>', "div")
        return self.fragment(made) if made else ""

    def _media(self, name: str, match: re.Match[str], inner: str, line: int) -> str:
        values = self._attributes(match["rest"])
        address = values.get("src") or values.get("data-src") or values.get("data", "")
        if not address and inner:
            found = re.search(r"<(?:source|embed)\b[^<>]*?\bsrc\s*=\s*[\"']?([^\s\"'<>]+)", inner)
            address = unescape(found[1]) if found else ""
        if not address:
            self.findings.note("html-dropped", f"<{name}> without an address", line)
            return ""
        title = values.get("title", "")
        return f'<embed src={quoted(address)} title={quoted(title)} data-line="{line}"{self.his}/>'

    def _tag(self, name: str, match: re.Match[str], line: int) -> str:
        name = _SAME.get(name, name)
        if name in _DIVIDING:
            return self._division(match)
        if name not in KEPT:
            return self._other(name, match, line)
        if match["end"]:
            return self._end(name)
        if name == "embed":
            return self._media(name, match, "", line)
        return self._start(name, self._attributes(match["rest"]), match["rest"], line)

    def _start(self, name: str, values: dict[str, str], rest: str, line: int) -> str:
        style = values.pop("style", "").replace(" ", "").lower()
        if name == "img" and "display:none" in style:
            self.findings.note("figure-hidden", "a hidden picture is left out", line)
            return ""
        if name in ("img", "a"):
            values["data-line"] = str(line)
        elif name in _PLACED:
            values["data-at"] = str(line)
        if name in ("td", "th") and (found := re.search(r"text-align:(left|center|right)", style)):
            values["align"] = found[1]
        written = "".join(f" {key}={quoted(value)}" for key, value in values.items()) + self.his
        if name in VOID:
            return f"<{name}{written}/>"
        if rest.rstrip().endswith("/"):
            return f"<{name}{written}></{name}>"
        if name not in _AUTOMATIC:
            if self.depth >= DEEPEST:
                self.beyond += 1
                return ""
            self.depth += 1
        return f"<{name}{written}>"

    def _end(self, name: str) -> str:
        if name in VOID:
            return ""
        if name not in _AUTOMATIC:
            if self.beyond:
                self.beyond -= 1
                return ""
            self.depth = max(0, self.depth - 1)
        return f"</{name}>"

    def _division(self, match: re.Match[str]) -> str:
        """Return what ends a line; an anchor of the element stays."""
        values = {} if match["end"] else self._attributes(match["rest"])
        name = values.get("id") or values.get("name", "")
        named = f" id={quoted(name)}" if name else ""
        return f'<br {self.own}="{PAUSE}"{named}/>'

    def _other(self, name: str, match: re.Match[str], line: int) -> str:
        if name in _MEDIA or name in PAIRED:
            if not match["end"]:
                self.findings.note("html-dropped", f"<{name}> is left out", line)
            if name in _MEDIA and not match["end"]:
                return self._media(name, match, "", line)
            return ""
        if name in _STRIPPED or "-" in name or ":" in name:
            return " " if name in ("input", "textarea", "select") else ""
        self.findings.note("html-unknown", f"{match[0][:40]} is no HTML: shown as text", line)
        return escape(match[0])

    def _attributes(self, rest: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, written in _ATTRIBUTE.findall(rest):
            key = name.lower()
            if key not in _ATTRIBUTES:
                continue
            value = written[1:-1] if written[:1] in ("'", '"') else written
            value = MARK.sub("", unescape(value))
            if key in ("href", "src", "data-src"):
                value = re.sub(r"[\t\n\r]", "", value).strip()
            found.setdefault("lang" if key == "xml:lang" else key, value)
        return found


class _Closers:
    """Finds end tags without looking twice at the same text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: dict[str, list[tuple[int, int]]] = {}

    def after(self, name: str, position: int) -> tuple[int, int] | None:
        """Return where the next end tag of that name is, if there is one."""
        if name not in self.found:
            pattern = re.compile(rf"</{name}\s*>", re.I)
            self.found[name] = [match.span() for match in pattern.finditer(self.source)][::-1]
        later = self.found[name]
        while later and later[-1][0] < position:
            later.pop()
        return later[-1] if later else None
