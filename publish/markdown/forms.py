"""The form that each shortcode has in a book."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from publish.markdown import code
from publish.markdown.findings import Findings
from publish.markdown.text import escape, quoted

# Titles of notices in words that are the same in both Chinese scripts.
NOTICES = {
    "note": ("注", "Note"),
    "tip": ("提示", "Tip"),
    "info": ("按", "Information"),
    "important": ("重要", "Important"),
    "warning": ("注意", "Warning"),
    "caution": ("小心", "Caution"),
    "danger": ("警告", "Danger"),
    "example": ("例", "Example"),
    "quote": ("引文", "Quotation"),
    "question": ("疑", "Question"),
    "abstract": ("摘要", "Summary"),
    "success": ("完成", "Success"),
    "failure": ("不可", "Failure"),
    "bug": ("故障", "Bug"),
    "todo": ("未完", "To do"),
}
_KINDS = {
    "hint": "tip", "alert": "warning", "attention": "warning", "error": "danger",
    "primary": "note", "default": "note", "secondary": "note", "light": "note",
    "seealso": "info", "summary": "abstract", "tldr": "abstract", "help": "question",
    "faq": "question", "check": "success", "done": "success", "fail": "failure",
    "missing": "failure", "cite": "quote", "snippet": "example", "green": "success",
    "yellow": "warning", "red": "danger", "blue": "info", "notice": "note", "callout": "note",
    "admonition": "note", "custom": "note",
}  # fmt: skip
_JOINT = re.compile("(?<=[\u3400-\u9fff])\0(?=[\u3400-\u9fff])")  # parts of a caption
_FOLDED = {"details", "spoiler", "collapse", "hidetoggle", "fold", "folding", "expand", "hideblock"}
_OPEN = frozenset([*NOTICES, *_KINDS, *_FOLDED])


@dataclass(slots=True)
class Tag:
    """One tag of a shortcode as it stands in a text."""

    family: str  # "hugo" or "liquid"
    name: str
    start: int
    end: int
    line: int
    escaped: str | None = None  # what it shows if it is not to be carried out
    source: str = ""
    closes: bool = False
    alone: bool = False  # closed in itself
    paired: bool = False
    inner: str = ""
    rest: str = ""  # what follows the name
    words: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str, at: int = -1) -> str:
        """Return an argument by its names, or else by its place among those without."""
        found = next((self.named[name] for name in names if self.named.get(name)), "")
        return found or (self.words[at] if 0 <= at < len(self.words) else "")


@dataclass(slots=True)
class Mark:
    """What stands for a shortcode: a piece of XHTML, or one end of a container."""

    kind: str  # "block", "inline", "open" or "close"
    xhtml: str
    source: str
    line: int
    notice: str = ""  # kind of container
    title: str = ""
    partner: Mark | None = None
    number: int = 0
    at: int = 0  # line of the prepared text
    end: int = 0  # line of the prepared text on which a container ends


def notice(kind: str, title: str, source: str, line: int) -> Mark:
    """Return the beginning of a container; unknown kinds are only a frame for their text."""
    kind = kind.lower()
    kind = _KINDS.get(kind, kind)
    if kind in _FOLDED:
        kind = "details"
    elif kind not in NOTICES:
        kind = "blockquote" if kind in ("blockquote", "epigraph") else "plain"
    shown = f"<p><strong>{escape(title)}</strong></p>" if title else ""  # amid HTML
    return Mark("open", shown, source, line, notice=kind, title=title)


def closing(mark: Mark, source: str = "") -> Mark:
    """Return the end of a container."""
    mark.partner = Mark("close", "", source, mark.line, notice=mark.notice, title=mark.title)
    return mark.partner


def make(tag: Tag, text: str, findings: Findings) -> Mark | str | None:
    """Return what stands for a tag: a mark, text in place (inside a link), or nothing."""
    form = _FORMS.get(tag.name)
    if form is None and tag.name in _OPEN:
        form = _notice
    name = f"{{{{< {tag.name} >}}}}" if tag.family == "hugo" else f"{{% {tag.name} %}}"
    if form is None:
        kept = tag.paired and tag.name not in OPAQUE
        advice = "its text is kept" if kept else "it is left out of the book"
        findings.warning("shortcode-unknown", f"{name} is not known", tag.line, advice)
        return None
    made = form(tag, text)
    if made is None and form in _FRAMES:
        findings.warning("shortcode-unclosed", f"{name} has no end", tag.line, "its text is kept")
    elif made is None and form is not _nothing:
        findings.warning(
            "shortcode-empty", f"{name} names nothing that a book could show", tag.line
        )
    return made


Form = Callable[[Tag, str], "Mark | str | None"]


def _block(tag: Tag, xhtml: str) -> Mark:
    return Mark("block", xhtml, tag.source, tag.line)


def _inline(tag: Tag, xhtml: str) -> Mark:
    return Mark("inline", xhtml, tag.source, tag.line)


# --- pictures --------------------------------------------------------------------------------


def picture(address: str, line: int, alt: str) -> str:
    """Return an ``img`` as a fair copy has it."""
    return f'<img data-figure={quoted(address)} data-line="{line}" alt={quoted(alt)}/>'


def _figure(tag: Tag, text: str) -> Mark:
    address = tag.get("src", "link", "url", at=0)
    title = tag.get("title", at=2 if tag.name == "image" else -1)
    caption = tag.get("caption", at=1)
    parts = map(_unmarked, filter(None, [title, caption, tag.get("attr")]))
    caption = _JOINT.sub("\u3000", "\0".join(parts)).replace("\0", " ")
    return _figured(tag, address, tag.get("alt"), caption)


def _figured(tag: Tag, address: str, alt: str, caption: str) -> Mark:
    caption = _unmarked(caption)
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    shown = picture(address, tag.line, alt)
    return _block(tag, f'<figure class="figure">{shown}{below}</figure>')


def _asset_image(tag: Tag, text: str) -> Mark:
    words = list(tag.words)
    at = next((i for i, word in enumerate(words) if "." in word or "/" in word), 0)
    address = words[at] if words else ""
    rest = [word for word in words[at + 1 :] if not re.fullmatch(r"\d+(px|%)?|auto", word)]
    caption = " ".join(rest).replace("'", " ").replace('"', " ").strip()
    return _figured(tag, address, "", caption)


# --- links -----------------------------------------------------------------------------------


def _reference(tag: Tag, text: str) -> Mark | str:
    """Return a reference to an article: an address inside a link, else a link."""
    target = tag.get("path", at=0)
    address = "ref:" + quote(target, safe="/#._-~!$&'*+,;=:@%", encoding="utf-8")
    address = address if target.isascii() else "ref:" + re.sub(r"[\s()<>\"]", "", target)
    before = text[max(0, tag.start - 12) : tag.start]
    if re.search(r"\]\(<?$|\]:[ \t]*<?$|(?:href|src)=[\"']?$", before):
        return address
    shown = tag.get("title", at=1) if tag.name.startswith("post_link") else ""
    shown = shown or posixpath.basename(target.partition("#")[0]).rpartition(".")[0] or target
    return _inline(tag, _link(address, shown, tag.line))


def _link(address: str, text: str, line: int) -> str:
    return f'<a href={quoted(address)} data-line="{line}">{escape(text)}</a>'


def _anchor(tag: Tag, text: str) -> Mark | None:
    address = tag.get("href", "url", "link", "to", at=0)
    shown = tag.get("content", "text", "title", "name", at=1)
    if tag.family == "liquid" and "," in tag.rest:  # {% btn address, text, icon %}
        address, shown = [*map(str.strip, tag.rest.split(",")), ""][:2]
    elif tag.family == "liquid" and tag.words and "://" not in address:
        found = [word for word in tag.words if "/" in word]
        if not found:
            return None
        address, shown = found[0], " ".join(tag.words[: tag.words.index(found[0])])
    shown = _unmarked(tag.inner.strip()) or shown or address
    return _inline(tag, _link(address, shown, tag.line)) if address else None


def _unmarked(text: str) -> str:
    """Return a text without the marks of links and emphasis."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", text)


def _embedded(tag: Tag, address: str, title: str = "") -> Mark:
    return _block(tag, embed(address, title, tag.line))


def embed(address: str, title: str, line: int) -> str:
    """Return the paragraph that stands for embedded media."""
    return f'<p class="embed">{_link(address, title or address, line)}</p>'


def _at(pattern: str, *names: str) -> Form:
    """Return the form of media that have an address made of their arguments."""

    def form(tag: Tag, text: str) -> Mark:
        parts = [tag.get(*names, "id", at=0), tag.get("id", "file", at=1)]
        if "://" in parts[0] or parts[0].startswith("/"):
            return _embedded(tag, parts[0], tag.get("title"))
        keep = "/@._-~=&?:"
        filled = pattern.format(*(quote(part, safe=keep) for part in parts))
        return _embedded(tag, filled.rstrip("/"), tag.get("title"))

    return form


def _tweet(tag: Tag, text: str) -> Mark:
    user, number = tag.get("user", at=0), tag.get("id", at=1)
    if not number:
        user, number = "i/web", user
    return _embedded(tag, f"https://x.com/{user}/status/{number}")


def _gist(tag: Tag, text: str) -> Mark:
    return _embedded(tag, "https://gist.github.com/" + "/".join(tag.words[:2]))


def _music(tag: Tag, text: str) -> Mark | None:
    address = tag.get("url", "src")
    title = " — ".join(filter(None, [tag.get("name"), tag.get("artist")]))
    if not address:
        server, kind, number = (tag.get(n, at=i) for i, n in enumerate(("server", "type", "id")))
        if tag.get("auto") or "://" in server:
            address = tag.get("auto") or server
        elif not number:
            return None
        elif server == "tencent":
            address = f"https://y.qq.com/n/ryqq/{kind}Detail/{number}"
        else:
            address = f"https://music.163.com/#/{kind}?id={number}"
    return _embedded(tag, address, title)


# --- text ------------------------------------------------------------------------------------


def _ruby(tag: Tag, text: str) -> Mark:
    base, reading = tag.get("base", "rb", at=0), tag.get("rt", "ruby", at=1)
    if not reading and "|" in base:
        base, _, reading = base.partition("|")
    if tag.inner:
        base, reading = tag.inner, reading or base
    return _inline(tag, f"<ruby>{escape(base)}<rt>{escape(reading)}</rt></ruby>")


def _notice(tag: Tag, text: str) -> Mark | None:
    if not tag.paired:
        return None
    named = tag.get("type", "kind", "theme", "level", "color")
    words = list(tag.words)
    kind = tag.name
    generic = kind in _KINDS or kind == "note"
    if generic and named:
        kind = named
    elif generic and words and words[0].lower().rstrip(":") in _OPEN:
        kind = words.pop(0).rstrip(":")
    if words and words[0] in ("no-icon", "simple", "modern", "flat"):
        words.pop(0)
    title = tag.get("title", "summary") or " ".join(words)
    title = "" if title.lower() in ("true", "false") else title.removesuffix(" false")
    return notice(kind, title.removesuffix(" true"), tag.source, tag.line)


def _quotation(tag: Tag, text: str) -> Mark | None:
    source = " ".join(word for word in tag.words if "://" not in word)
    source = source or " ".join(filter(None, (tag.get(n) for n in ("author", "source", "title"))))
    return notice("blockquote", source, tag.source, tag.line) if tag.paired else None


def _frame(tag: Tag, text: str) -> Mark | None:
    """Return a container that leaves no trace but the title of a tab."""
    title = tag.get("title", "name", "label", at=0) if tag.name == "tab" else ""
    return notice("plain", title, tag.source, tag.line) if tag.paired else None


def _code(tag: Tag, text: str) -> Mark:
    language = tag.get("lang", "language", at=0)
    if tag.name == "codeblock":
        found = re.search(r"\blang:(\S+)", tag.rest)
        language = found[1] if found else ""
    if tag.name in ("mermaid", "echarts", "math", "katex", "plantuml", "raw"):
        language = {"echarts": "json"}.get(tag.name, "" if tag.name == "raw" else tag.name)
    return _block(tag, code.block(tag.inner.strip("\n"), language))


def _raw(tag: Tag, text: str) -> str:
    """Return what a raw block holds, as Markdown that no shortcode is sought in."""
    return tag.inner


def _math(tag: Tag, text: str) -> str:
    """Return LaTeX as Markdown has it, unless it is written so already."""
    latex = tag.inner.strip()
    if "$" in latex or "\\(" in latex or "\\[" in latex:
        return tag.inner
    if "\n" in tag.inner or "display" in tag.rest:
        return f"\n\n$$\n{latex}\n$$\n\n"
    return f"${latex}$"


def _nothing(tag: Tag, text: str) -> None:
    return None


OPAQUE = {
    "highlight", "codeblock", "code", "raw", "mermaid", "echarts", "math", "katex", "plantuml",
    "ruby", "comment", "script", "chart", "chartjs", "button", "btn", "link", "linkcard",
}  # fmt: skip

_FORMS: dict[str, Form] = {
    "figure": _figure, "image": _figure, "img": _figure, "imgproc": _figure, "picture": _figure,
    "asset_img": _asset_image, "asset_image": _asset_image,
    "ref": _reference, "relref": _reference, "post_link": _reference, "post_url": _reference,
    "post_path": _reference, "asset_path": _reference, "asset_link": _reference,
    "link": _anchor, "button": _anchor, "btn": _anchor, "person": _anchor, "linkcard": _anchor,
    "youtube": _at("https://www.youtube.com/watch?v={}"),
    "vimeo": _at("https://vimeo.com/{}"),
    "bilibili": _at("https://www.bilibili.com/video/{}", "bvid", "aid"),
    "instagram": _at("https://www.instagram.com/p/{}"),
    "twitter": _tweet, "tweet": _tweet, "x": _tweet, "gist": _gist, "music": _music,
    "aplayer": _music, "meting": _music,
    "jsfiddle": _at("https://jsfiddle.net/{}"), "codepen": _at("https://codepen.io/{}"),
    "iframe": _at("{}", "src", "url"), "video": _at("{}", "src", "url", "mp4"),
    "audio": _at("{}", "src", "url"), "dplayer": _at("{}", "url"), "pdf": _at("{}", "src"),
    "ruby": _ruby,
    "note": _notice, "notice": _notice, "admonition": _notice, "alert": _notice, "hint": _notice,
    "callout": _notice, "details": _notice, "spoiler": _notice, "fold": _notice,
    "blockquote": _quotation, "quote": _quotation, "pullquote": _quotation, "epigraph": _quotation,
    "centerquote": _frame, "cq": _frame, "tabs": _frame, "tab": _frame, "typeit": _frame,
    "style": _frame, "center": _frame, "div": _frame, "grouppicture": _frame, "gp": _frame,
    "gallery": _frame, "columns": _frame, "column": _frame, "steps": _frame, "align": _frame,
    "highlight": _code, "codeblock": _code, "code": _code, "mermaid": _code, "echarts": _code,
    "plantuml": _code, "math": _math, "katex": _math, "raw": _raw,
    "comment": _nothing, "more": _nothing, "toc": _nothing, "endtab": _nothing,
}  # fmt: skip

# Words after ::: that mean a container; those that only arrange are no more than a frame.
CONTAINERS = _OPEN | {
    "blockquote", "epigraph", "center", "left", "right", "hljs-center", "div", "tabs", "tab",
    "code-group", "columns", "column", "steps", "align",
}  # fmt: skip
_FRAMES = (_notice, _quotation, _frame)

# Words after {% that mean a shortcode; others are text about templates.
LIQUID = frozenset([*_FORMS, *_OPEN, "include", "include_relative", "include_code", "label"])
