"""Casts the fonts of a book: every face cut once, to the glyphs that all its galleys use.

The objects are those of ISO 32000-1, section 9.7 (composite fonts). Pages name glyphs by their
numbers in the whole face, so CID and glyph number are the same in every font cast here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publish import cache, fonts
from publish.backends.pdf.galley import FontUse
from publish.backends.pdf.writer import Known, Writer, reference
from publish.cache import Cache
from publish.diagnostics import BackendError, error

STAGE = "cast"
VERSION = "3"
BOLD = 600  # the weight from which a bold face is meant
_FIXED = 1  # flag of a font whose glyphs are equally wide
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{ranges}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@dataclass(slots=True)
class _Font:
    """One font of the book: what its galleys use, joined."""

    use: FontUse
    number: int  # of its object in the book
    widths: dict[int, float] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


class Foundry:
    """The fonts of one book."""

    def __init__(self, writer: Writer, catalogue: fonts.Catalogue, store: Cache) -> None:
        self._writer = writer
        self._store = store
        self._fonts: dict[str, _Font] = {}
        self._sources = fonts.sources(catalogue)

    def give(self, resources: pikepdf.Object, uses: Iterable[FontUse]) -> None:
        """Put fonts into a galley's font resources; they are cast at the end."""
        for use in uses:
            font = self._fonts.get(use.key)
            if font is None:
                font = self._fonts[use.key] = _Font(use, self._writer.number())
            for glyph, width in use.widths:
                font.widths.setdefault(glyph, width)
            for glyph, text in use.texts:
                font.texts.setdefault(glyph, text)
            resources[f"/{use.key}"] = reference(font.number)

    @property
    def families(self) -> tuple[tuple[str, str], ...]:
        """The families given so far and their licences, by name."""
        found = {
            (family.name, family.licence)
            for font in self._fonts.values()
            for family, _ in [self._source(font.use) or (None, None)]
            if family
        }
        return tuple(sorted(found))

    def cast(self) -> None:
        """Write every font that was given."""
        shared: dict[str, set[int]] = {}
        for font in self._fonts.values():
            shared.setdefault(self._face(font.use), set()).update(font.texts)
        pdf, known = pikepdf.new(), Known()
        files = {
            self._face(font.use): self._file(pdf, font.use, shared[self._face(font.use)])
            for font in self._fonts.values()
        }
        for key in sorted(self._fonts):
            font = self._fonts[key]
            made = _font(pdf, font, *files[self._face(font.use)])
            self._writer.take(pdf, made, known, font.number)

    def _source(self, use: FontUse) -> tuple[fonts.Family, fonts.Face] | None:
        weights = ("bold", "normal") if use.weight >= BOLD else ("normal", "bold")
        return next((found for w in weights if (found := self._sources.get((use.family, w)))), None)

    def _face(self, use: FontUse) -> str:
        """Return what tells a face from others."""
        source = self._source(use)
        return use.file or (f"{source[1].path}#{source[1].name}" if source else use.family)

    def _file(self, pdf: pikepdf.Pdf, use: FontUse, glyphs: set[int]) -> tuple[pikepdf.Object, str]:
        source = self._source(use)
        name = (source[1].name, source[1].size) if source else (use.file, use.index)
        key = cache.digest(STAGE, VERSION, fonts.engine().version_string(), name, sorted(glyphs))
        kept = self._store.get(STAGE, key)
        if kept is None:
            data, kind = fonts.program(self._open(use), glyphs)
            kept = kind.ljust(8).encode() + data
            self._store.put(STAGE, key, kept)
        kind, data = kept[:8].decode().strip(), kept[8:]
        stream = pikepdf.Stream(pdf, data)
        if kind == "CFF":
            stream.Subtype = Name.CIDFontType0C
        else:
            stream.Length1 = len(data)
        return pdf.make_indirect(stream), kind

    def _open(self, use: FontUse) -> object:
        source = self._source(use)
        opened = fonts.opened(source[1]) if source else None
        if opened is None and use.file:
            data = self._store.read_object(use.file)
            hb = fonts.engine()
            opened = hb.Face(hb.Blob(data), use.index) if data else None
        if opened is None:
            raise BackendError(error("font-gone", f"a face is gone: {use.family}"))
        return opened


def _font(pdf: pikepdf.Pdf, font: _Font, file: pikepdf.Object, kind: str) -> pikepdf.Object:
    """Return the font dictionary that pages name already."""
    use = font.use
    name = Name("/" + _name(use))
    widest = max(font.widths.values(), default=0)
    fixed = len(font.widths) > 1 and len(set(font.widths.values())) == 1
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        FontFamily=String(use.family),
        Flags=use.flags | (_FIXED if fixed else 0),
        FontBBox=Array([0, use.descent, widest, use.ascent]),
        ItalicAngle=0,
        Ascent=use.ascent,
        Descent=use.descent,
        CapHeight=use.ascent,
        StemV=80,
    )
    descriptor["/FontFile3" if kind == "CFF" else "/FontFile2"] = file
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0 if kind == "CFF" else Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        W=_widths(font.widths),
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    if kind != "CFF":
        descendant.CIDToGIDMap = Name.Identity
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(pikepdf.Stream(pdf, _to_unicode(font.texts))),
        )
    )


def _name(use: FontUse) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "-", use.family).strip("-") or "Font"
    return f"{use.key}+{plain}{'-Bold' if use.weight >= BOLD else ''}"


def _widths(widths: dict[int, float]) -> Array:
    """Return the W array: the first of glyphs that follow each other, then their widths."""
    rows: list[int | list[float]] = []
    last = -2
    run: list[float] = []
    for glyph in sorted(widths):
        if glyph != last + 1:
            run = []
            rows += [glyph, run]
        run.append(widths[glyph])
        last = glyph
    return Array([Array(row) if isinstance(row, list) else row for row in rows])


def _to_unicode(texts: dict[int, str]) -> bytes:
    """Return the CMap that gives characters for glyphs."""
    pairs = [f"<{glyph:04x}> <{texts[glyph].encode('utf-16-be').hex()}>" for glyph in sorted(texts)]
    blocks = []
    for start in range(0, len(pairs), 100):  # as many as one operator may take
        some = pairs[start : start + 100]
        blocks.append("\n".join((f"{len(some)} beginbfchar", *some, "endbfchar")))
    return _CMAP.format(ranges="\n".join(blocks)).encode()
