"""One article's body becomes a fair copy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from lxml import etree

from publish.markdown import html, pictures, repair, structure, tidy, trees
from publish.markdown.findings import Findings
from publish.markdown.names import IMG, SECTION, A, discard, unwrap
from publish.markdown.parser import parse
from publish.markdown.prepare import Prepared, prepare
from publish.markdown.raw import Raw
from publish.markdown.render import Renderer
from publish.markdown.text import MARK, OPEN, clean, has_han, plain_text
from publish.model import EPUB, FairCopy, LinkUse

VERSION = "5"
OWN = "data-own"


@dataclass(frozen=True, slots=True)
class Options:
    """How the Markdown of the articles is read."""

    math: bool = True  # $…$ and $$…$$ are LaTeX
    hard_breaks: bool = False  # every line break of a paragraph is one in the book
    promote_bold: str = "auto"  # "auto", "always" or "never"


def fair_copy(
    body: str,
    *,
    format: str = "markdown",
    title: str,
    title_from: str,
    first_line: int,
    shown: str,
    options: Options = Options(),
) -> FairCopy:
    """Return an article's body as clean, well-formed XHTML (docs/xhtml.md), with its findings.

    Args:
        body: Markdown or HTML, without the front matter.
        format: "markdown" or "html".
        title: the article's title; a heading that repeats it is taken out.
        title_from: "front matter", "heading" or "file name".
        first_line: line of the file on which the body begins, from 1.
        shown: the file as messages give it.
        options: how Markdown is read.
    """
    findings = Findings(shown)
    body, lost = clean(body)
    if lost:
        findings.note("characters-dropped", f"{lost} characters that no book may hold", first_line)
    prepared = prepare(body, first_line, findings, markdown=format != "html")
    own = OWN
    while own in body:
        own += "-x"
    renderer, text, notes = _rendered(prepared, format, findings, own, options)
    top = _tree(renderer, text, findings)
    section = _tree(renderer, notes, findings) if notes else None
    whole = [top] if section is None else [top, section]
    for tree in whole:
        _tidied(tree, renderer, body, findings)
    names = structure.drop_title(top, title, title_from)
    structure.promote(top, title, options.promote_bold, findings)
    origin, origin_name = tidy.take_origin(top, findings)
    if section is not None:
        top.append(_notes(section))
        _settle_backlinks(top)
    headings, anchors = structure.settle(top, names, findings)
    figures = pictures.uses(top)
    links = _links(top, findings)
    etree.strip_attributes(top, "data-at", "data-name", own)
    return FairCopy(
        xhtml=etree.tostring(top, encoding="utf-8"),
        headings=headings,
        anchors=tuple(anchors.items()),
        figures=figures,
        links=links,
        notes=len(renderer.numbers),
        origin=origin,
        origin_name=origin_name,
        summary=renderer.summary,
        findings=findings.all(),
    )


def _rendered(
    prepared: Prepared, format: str, findings: Findings, own: str, options: Options
) -> tuple[Renderer, str, str]:
    """Return the renderer, what it wrote of the text, and of the notes."""
    env: dict[str, Any] = {"marks": prepared.marks, "hard": options.hard_breaks}
    han = has_han(prepared.text)
    raw = Raw(findings, own) if format == "html" or "<" in prepared.text else None
    if raw:
        raw.marks = [mark.xhtml for mark in prepared.marks]
    renderer = Renderer(prepared, env, findings, raw, han)
    if format == "html":
        renderer.html(prepared.text, prepared.first_line, block=0)
        return renderer, "".join(renderer.out), ""
    tokens = parse(prepared.text, env, math=options.math)
    tokens = renderer.notes_taken_out(tokens)
    if raw and not _has_html([*tokens, *renderer.tokens_of_notes()]):
        renderer.raw, renderer.own = None, ""
    renderer.render(tokens)
    notes = renderer.notes()
    _report(env, prepared, findings)
    return renderer, "".join(renderer.out), notes


def _has_html(tokens: list[Any]) -> bool:
    kinds = ("html_block", "html_inline")
    return any(
        token.type in kinds or any(child.type in kinds for child in token.children or ())
        for token in tokens
    )


def _report(env: dict[str, Any], prepared: Prepared, findings: Findings) -> None:
    """Report what the parser noted on its way."""
    for index in env.get("nested", ()):
        findings.warning(
            "nesting-deep",
            "lists or quotations in each other",
            prepared.line(index),
            "what is nested deeper stands as plain paragraphs",
        )
    for index in env.get("surplus", ()):
        line = prepared.line(index)
        findings.note("table-ragged", "a row with more cells than the head of its table", line)
    for index in env.get("indented", ()):
        findings.note("indent-removed", "indented prose is no code", prepared.line(index))
    for index, tag in env.get("unclosed", ()):
        findings.warning("html-unclosed", f"{tag} is never closed", prepared.line(index))


def _tree(renderer: Renderer, text: str, findings: Findings) -> etree._Element:
    if OPEN in text:
        text = MARK.sub("", text)  # where no shortcode may stand: in a title, in a caption
    if renderer.raw:
        return html.mixed(text, renderer.raw.own, renderer.raw.fragments, findings)
    return trees.pure(text)


def _tidied(top: etree._Element, renderer: Renderer, body: str, findings: Findings) -> None:
    if next(top.iter(IMG), None) is not None:
        pictures.arrange(top)
    if renderer.breaks or renderer.mixed:
        tidy.join_lines(top)
    if "\xa0" in body or "&nbsp" in body or "&#160" in body or "&#xa0" in body.lower():
        tidy.normalise_spaces(top, findings)
    tidy.paragraphs(top, findings)
    if renderer.mixed:
        pictures.captions(top)
        repair.repair(top)
    structure.drop_empty(top, findings)
    tidy.hollow(top)
    repair.definitions(top)


def _notes(section: etree._Element) -> etree._Element:
    section.tag = SECTION
    section.attrib.clear()
    section.set("class", "footnotes")
    section.set(f"{{{EPUB}}}type", "footnotes")
    section.set("role", "doc-endnotes")
    return section


def _settle_backlinks(top: etree._Element) -> None:
    """Unlink the way back from notes whose reference went into code."""
    links = [link for link in top.iter(A) if link.get("role") == "doc-backlink"]
    known = {link.get("id") for link in top.iter(A)}
    for link in links:
        if link.get("href", "#")[1:] not in known:
            unwrap(link)


# --- links ------------------------------------------------------------------------------------

_UNSAFE = re.compile(r"^\s*(?:javascript|vbscript|data|file|blob|about|view-source|chrome):", re.I)
_HOST = re.compile(
    r"(?:[^\s@/?#]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s\x00-\x20\"%<>\\^`{|}\[\]:@/?#]+)(?::\d{1,5})?"
)
_USUAL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][\w\-./?#=&+,;:@!~*'()$]*)?")
_ILLEGAL = re.compile(r"[\s\"<>\\^`{|}\[\]]|%(?![0-9A-Fa-f]{2})")


def _links(top: etree._Element, findings: Findings) -> tuple[LinkUse, ...]:
    """Return the links of a tree, having unwrapped those that lead nowhere or harm."""
    found: list[LinkUse] = []
    for link in list(top.iter(A)):
        if link.get("role") in ("doc-noteref", "doc-backlink"):
            continue
        line = int(link.get("data-line", "0"))
        address = link.get("href", "").strip()
        usable = _usable(address)
        if not usable or (len(link) == 0 and not (link.text or "").strip()):
            if address and not usable:
                findings.warning("link-dropped", f"{address[:60]} is no address for a book", line)
            elif usable:
                findings.note("link-empty", f"a link to {usable[:60]} without a text", line)
            name = link.get("data-name")
            if name or link.get("id"):
                discard(link, "href")
            else:
                unwrap(link)
            continue
        link.set("href", usable)
        discard(link, "title")
        found.append(LinkUse(usable, line))
    return tuple(found)


def _usable(address: str) -> str:
    """Return an address as a link may have it, or "" for one that leads nowhere or harms."""
    if _USUAL.fullmatch(address):
        return address
    bare = re.sub(r"[\x00-\x20]", "", address)
    if not bare or _UNSAFE.match(bare):
        return ""
    if re.match(r"https?:|//", bare, re.I):
        try:
            host = urlsplit(address).netloc
        except ValueError:
            return ""
        if not _HOST.fullmatch(host):
            return ""
        return _ILLEGAL.sub(lambda m: quote(m[0]), address)
    return address


__all__ = ["OWN", "VERSION", "Options", "fair_copy", "plain_text"]
