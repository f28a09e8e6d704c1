"""Bytes become text, and text loses what no book can hold."""

from __future__ import annotations

import re

from publish.diagnostics import Diagnostic, Place, error, warning

BOM = "\ufeff"
# What XML 1.0 forbids (section 2.2, production Char), and DEL and the C1 controls, which it
# only discourages but no face draws.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_C1 = re.compile(b"\xc2[\x80-\x9f]")
# In a string of one line also: breaks, embeddings and overrides of direction that would reach
# past its end (UAX #9, X1 to X8), interlinear marks, language tags.
_SPACE = re.compile("[\t\n\r \u0085\u2028\u2029]+")
_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff\U000e0001]")
_UNTIDY = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0001]|  "
)
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff"
_NOTHING = re.compile(f"[\\s{_INVISIBLE}]*")

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a RIFF file (WebP, WAV)"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or DOCX, EPUB)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "an SQLite database"),
)
_LEGACY = (("gb18030", "GB 18030 (GBK)"), ("big5hkscs", "Big5"), ("cp932", "Shift_JIS"))
_COMMON = re.compile(
    "[的一是不了在人有我他這这個个上們们來来到時时大地為为子中說说生國国年，。のはにをた]"
)


def decode(data: bytes, file: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the text of a file, with LF line ends and only legal characters, and findings.

    UTF-8 is read, and UTF-16 and UTF-32 when a byte order mark says so. The text is None where
    the bytes are none of these; the finding is then an error that names the place, and the
    encoding that they probably are in.
    """
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    if kind and (b"\0" in data or not _is_utf8(data)):
        return None, (error("article-binary", f"this is {kind}, not text", Place(file)),)
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data, len(mark), codec, file)
    if b"\0" in data and (codec := _unmarked_utf16(data)):
        return None, (_wrong_encoding(codec.upper(), f"it looks like {codec.upper()}", file),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        return None, (_not_utf8(data, problem, file),)
    return _normalise(text, file, dirty=_is_dirty(data))


def _is_dirty(data: bytes) -> bool:
    """Tell whether UTF-8 may hold illegal characters: ten times as fast as a search in text."""
    return bool(
        len(data.translate(None, _ILLEGAL_BYTES)) != len(data)
        or b"\xef\xbf\xbe" in data
        or b"\xef\xbf\xbf" in data
        or _C1.search(data)
    )


def _decode_marked(
    data: bytes, skip: int, codec: str, file: str
) -> tuple[str | None, tuple[Diagnostic, ...]]:
    try:
        return _normalise(data[skip:].decode(codec), file, dirty=True)
    except UnicodeDecodeError as problem:
        message = f"the file begins as {codec.upper()} but byte {problem.start + skip} is not"
        return None, (error("encoding", message, Place(file), "save it again as UTF-8"),)


def _normalise(text: str, file: str, *, dirty: bool) -> tuple[str, tuple[Diagnostic, ...]]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if BOM in text:
        text = text.replace(BOM, "")
    if not dirty or not (first := _ILLEGAL.search(text)):
        return text, ()
    line = text.count("\n", 0, first.start()) + 1
    kinds = sorted({f"U+{ord(sign):04X}" for sign in _ILLEGAL.findall(text)})
    named = ", ".join(kinds[:5]) + (" …" if len(kinds) > 5 else "")
    text, count = _ILLEGAL.subn("", text)
    signs = "1 character" if count == 1 else f"{count} characters"
    return text, (
        warning(
            "characters-dropped",
            f"{signs} that no book can hold left out: {named}",
            Place(file, line),
            "delete the control characters from the file",
        ),
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(data: bytes) -> str:
    """Return the name of the UTF-16 that bytes with NULs seem to be, or ""."""
    sample = data[:8192]
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    if max(high, low) * 20 < len(sample) // 2 or min(high, low) * 10 > max(high, low):
        return ""
    return "utf-16-be" if high > low else "utf-16-le"


def _not_utf8(data: bytes, problem: UnicodeDecodeError, file: str) -> Diagnostic:
    before = data[: problem.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    place = Place(file, line, column)
    message = f"not UTF-8: byte {problem.start} is 0x{data[problem.start]:02X}"
    if codec := _unmarked_utf16(data):
        return _wrong_encoding(codec.upper(), f"{message}; it looks like {codec.upper()}", file)
    if codec := _legacy(data):
        name = dict(_LEGACY)[codec]
        return _wrong_encoding(codec.upper(), f"{message}; it looks like {name}", file, place)
    return error("encoding", message, place, "repair the line and save the file as UTF-8")


def _wrong_encoding(codec: str, message: str, file: str, place: Place | None = None) -> Diagnostic:
    codec = {"BIG5HKSCS": "BIG5-HKSCS"}.get(codec, codec)
    advice = f"convert it: iconv -f {codec} -t UTF-8 FILE"
    return error("encoding", message, place or Place(file), advice)


def _legacy(data: bytes) -> str:
    """Return the codec in which the bytes read like Chinese or Japanese, or ""."""
    sample = data[:65536]
    found = sample.decode("utf-8", "replace")
    foreign = sum(1 for sign in found if sign > "\x7f")
    if foreign and found.count("\ufffd") * 4 < foreign:
        return ""  # UTF-8 that is damaged in places
    scores: list[tuple[int, str]] = []
    for codec, _ in _LEGACY:
        try:
            text = data.decode(codec)[:65536]
        except UnicodeDecodeError:
            continue
        scores.append((len(_COMMON.findall(text)), codec))
    best = max(scores, key=lambda score: score[0], default=(0, ""))
    return best[1] if best[0] else next((codec for _, codec in scores), "")


def scrub(text: str) -> str:
    """Return a string without the characters that XML and UTF-8 cannot carry."""
    return _ILLEGAL.sub("", text).replace(BOM, "") if _ILLEGAL.search(text) else text


def clean(text: str) -> str:
    r"""Return a string of metadata: one line, trimmed, legal; "" if nothing of it is visible.

    A full-width space inside is kept: it parts the two halves of a chapter's title.

    >>> clean(" 第一回\u3000甄士隐\n"), clean("\u200b \u3000")
    ('第一回\u3000甄士隐', '')
    """
    if _UNTIDY.search(text):
        text = _MARKS.sub("", _ILLEGAL.sub("", _SPACE.sub(" ", text)))
        text = _SPACE.sub(" ", text)
    text = text.strip().strip("\u200b\u2060\ufeff").strip()
    return "" if _NOTHING.fullmatch(text) else text


def is_blank(body: str) -> bool:
    """Tell whether a body shows nothing: only spaces, comments, and entities of spaces."""
    if len(body) > 20_000:
        return False
    rest, end = [], 0
    while (start := body.find("<!--", end)) >= 0:
        rest.append(body[end:start])
        close = body.find("-->", start)
        end = len(body) if close < 0 else close + 3
    rest.append(body[end:])
    plain = re.sub("&(?:nbsp|#160|#xa0|ensp|emsp|#12288|#8203);", "", "".join(rest), flags=re.I)
    return bool(_NOTHING.fullmatch(plain))
