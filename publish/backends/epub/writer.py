"""EbookLib as the writer: items kept verbatim, pictures read when written, a fixed archive."""

# mypy: allow-untyped-calls

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

from ebooklib import epub
from lxml import etree

from publish.backends.epub import earlier
from publish.backends.epub.packing import LEVEL, Packed, deflated

STORED = (".jpg", ".jpeg", ".png", ".woff", ".woff2")  # compressed already
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment an archive can tell
MODE = 0o100644  # a plain file, readable by all
XML = "http://www.w3.org/XML/1998/namespace"


class Verbatim(epub.EpubItem):
    """An item whose bytes go into the book as they are."""

    def __init__(
        self, uid: str, name: str, media_type: str, content: bytes, properties: Iterable[str] = ()
    ) -> None:
        super().__init__(uid, name, media_type, content)
        self.properties = list(properties)


class Deferred(Verbatim):
    """An item whose bytes are read when it is written, and not kept.

    ``lasting`` says that its name is made of them: what has the name elsewhere is the same.
    """

    def __init__(
        self,
        uid: str,
        name: str,
        media_type: str,
        read: Callable[[], bytes],
        properties: Iterable[str] = (),
        *,
        lasting: bool = False,
    ) -> None:
        super().__init__(uid, name, media_type, b"", properties)
        self.read = read
        self.lasting = lasting

    def get_content(self, default: bytes | None = None) -> bytes:
        """Return the bytes."""
        return self.read()


class Package(epub.EpubBook):
    """An EbookLib book without the metadata EbookLib makes up (generator, random identifier)."""

    def __init__(
        self, identifier: str, title: str, language: str, *, leftward: bool = False
    ) -> None:
        super().__init__()
        self.direction = "rtl" if leftward else None  # of the pages, on the spine
        self.metadata: dict[Any, Any] = {}
        self.IDENTIFIER_ID = "pub-id"
        self.set_identifier(identifier)
        self.title, self.language = title, language

    def put(self, item: Verbatim) -> None:
        """Add an item."""
        self.add_item(item)

    def element(self, name: str, text: str, uid: str = "") -> None:
        """Add a Dublin Core element."""
        self.add_metadata("DC", name, text, {"id": uid} if uid else {})

    def meta(
        self, name: str, text: str, refines: str = "", scheme: str = "", uid: str = ""
    ) -> None:
        """Add an EPUB 3 ``meta``, of the book or of the element with an id."""
        attributes = {"property": name}
        if refines:
            attributes["refines"] = f"#{refines}"
        if scheme:
            attributes["scheme"] = scheme
        if uid:
            attributes["id"] = uid
        self.add_metadata(None, "meta", text, attributes)

    def meta2(self, name: str, content: str) -> None:
        """Add an EPUB 2 ``meta``, which file managers and calibre read."""
        self.add_metadata(None, "meta", None, {"name": name, "content": content})


class Archive(zipfile.ZipFile):
    """A ZIP file whose bytes depend on nothing but names and contents.

    What is written is known whole, so its header is written once, with sizes and checksum, and
    the file is never gone back in: of a book with 20,000 pictures that is half the work.
    """

    _source: BinaryIO | None = None  # an archive that is being copied from, and the bytes
    _start = _end = 0

    def writestr(  # type: ignore[override]
        self,
        zinfo_or_arcname: str,
        data: bytes | str,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        """Add a file of a fixed date and mode; pictures are stored, all else is deflated."""
        self._bring()
        if compress_type is None:
            stored = zinfo_or_arcname.endswith(STORED)
            compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info = self._info(zinfo_or_arcname, compress_type)
        content = data.encode() if isinstance(data, str) else data
        info.file_size, info.CRC = len(content), zlib.crc32(content)
        if compress_type == zipfile.ZIP_DEFLATED:
            known = content.deflated if isinstance(content, Packed) else b""
            content = known or deflated(content, compresslevel or LEVEL)
        info.compress_size = len(content)
        file: Any = self.fp
        header = info.FileHeader()
        file.write(header)
        file.write(content)
        self._enter(info, len(header) + len(content))

    def take(self, name: str, piece: earlier.Piece, source: BinaryIO) -> None:
        """Add a stored file as it lies in another archive of ours; those in a row go at once."""
        if (source, piece.start) != (self._source, self._end):
            self._bring()
            self._source, self._start = source, piece.start
        self._end = piece.end
        info = self._info(name, zipfile.ZIP_STORED)
        info.file_size = info.compress_size = piece.size
        info.CRC = piece.checksum
        self._enter(info, piece.end - piece.start)

    def close(self) -> None:
        """Write what is left, and the directory."""
        if self.fp:
            self._bring()
        super().close()

    def _bring(self) -> None:
        """Write what was taken and not yet written."""
        if self._source is not None:
            file: Any = self.fp
            earlier.copy(self._source, file, self._start, self._end)
            self._source = None

    @staticmethod
    def _info(name: str, compress_type: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, EPOCH)
        info.create_system = 3  # Unix, on every machine
        info.external_attr = MODE << 16
        info.compress_type = compress_type
        return info

    def _enter(self, info: zipfile.ZipInfo, length: int) -> None:
        """Enter a file, of so many bytes with its header, for the directory at the end."""
        if info.filename in self.NameToInfo:
            raise ValueError(f"{info.filename} is in the archive twice")
        info.header_offset = self.start_dir
        self.start_dir += length
        self._didModify = True
        self.filelist.append(info)
        self.NameToInfo[info.filename] = info


class Writer(epub.EpubWriter):
    """EbookLib's writer into an open file, with the package tree in our hands at the end."""

    def __init__(
        self,
        out: BinaryIO,
        book: Package,
        modified: str,
        beside: Mapping[str, bytes],
        before: earlier.Earlier | None = None,
    ) -> None:
        super().__init__(out, book, {"epub2_guide": False, "raise_exceptions": True})
        self.modified = modified
        self.beside = beside  # files that no manifest names, such as of one vendor
        self.before = before

    def write(self) -> None:
        """Write the archive."""
        with Archive(self.file_name, "w", zipfile.ZIP_DEFLATED) as self.out:
            self.out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
            self._write_container()
            for name, data in self.beside.items():
                self.out.writestr(name, data)
            self._write_opf()
            self._write_items()

    def _write_items(self) -> None:
        """Write the items, or take them from the earlier file of the book."""
        folder, before = self.book.FOLDER_NAME, self.before
        for item in self.book.get_items():
            name = f"{folder}/{item.file_name}"
            lasting = before is not None and isinstance(item, Deferred) and item.lasting
            piece = before.pieces.get(name) if before and lasting else None
            if before and piece:
                self.out.take(name, piece, before.file)
            else:
                self.out.writestr(name, item.get_content())

    def _write_opf_file(self, root: etree._Element) -> None:
        """Finish the package element, which EbookLib gives no language and a needless prefix."""
        root.set(f"{{{XML}}}lang", self.book.language)
        root.set("dir", "ltr")
        root.attrib.pop("prefix", "")
        for meta in root.iter("meta", "{*}meta"):
            if meta.get("property") == "dcterms:modified":
                meta.text = self.modified  # EbookLib takes the clock's local time
                break
        data = etree.tostring(root, pretty_print=True, encoding="utf-8", xml_declaration=True)
        self.out.writestr(f"{self.book.FOLDER_NAME}/content.opf", data)
