"""Books with faces in them, and what these are."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property

from editions import chapter, plain
from fontTools.ttLib import TTFont
from lxml import etree

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.diagnostics import Diagnostic, Silent
from publish.model import Edition
from publish.workshop import Workshop

XHTML = "{http://www.w3.org/1999/xhtml}"
RARE = "𠮷𡃁"


@dataclass(frozen=True)
class Face:
    """A face of a book, as its style sheet names it."""

    family: str
    bold: bool
    file: str
    limits: frozenset[str] | None  # unicode-range
    font: TTFont

    @property
    def signs(self) -> set[str]:
        return {chr(code) for code in self.font.getBestCmap()}

    def told(self, number: int) -> str:
        return str(self.font["name"].getDebugName(number) or "")


def _limits(rule: str) -> frozenset[str] | None:
    found = re.search(r"unicode-range: ([^;]+);", rule)
    if not found:
        return None
    codes: set[str] = set()
    for row in found[1].split(", "):
        first, _, last = row.removeprefix("U+").partition("-")
        codes.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(codes)


@dataclass(frozen=True)
class Made:
    data: bytes
    findings: tuple[Diagnostic, ...] = ()

    @cached_property
    def zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))

    def text(self, name: str) -> str:
        return self.zip.read(f"EPUB/{name}").decode()

    @property
    def sheet(self) -> str:
        return self.text("styles/book.css")

    @cached_property
    def faces(self) -> list[Face]:
        return [
            Face(
                re.findall(r'font-family: "([^"]+)"', rule)[0],
                "bold" in rule,
                file := re.findall(r'url\("\.\./([^"]+)"\)', rule)[0],
                _limits(rule),
                TTFont(io.BytesIO(self.zip.read(f"EPUB/{file}"))),
            )
            for rule in re.findall(r"@font-face [^}]+}", self.sheet)
        ]

    def families(self, selector: str) -> list[str]:
        """The families of the last rule with just this selector."""
        rules = re.findall(
            rf"(?m)^{re.escape(selector)} {{[^}}]*?font-family: ([^;}}]+)", self.sheet
        )
        return [name.strip(' "') for name in rules[-1].split(",")]

    def characters(self) -> set[str]:
        names = [name for name in self.zip.namelist() if name.endswith(".xhtml")]
        found: set[str] = set()
        for name in names:
            body = etree.fromstring(self.zip.read(name)).find(f"{XHTML}body")
            assert body is not None
            found.update("".join(map(str, body.itertext())))
        return found - {"\n", " "}


def bound(edition: Edition, shop: Workshop, *, layout: str = "classic", **options: object) -> Made:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find(layout), shop, out, options)
    assert isinstance(shop.reporter, Silent)
    return Made(out.getvalue(), tuple(shop.reporter.findings))


def rare_book(blocks: str = f"<p>字{RARE}在，𠮷也在。</p>", **more: object) -> Edition:
    return plain(chapter(1, blocks, **more), chapter(2, "<p>平常的字。</p>"))
