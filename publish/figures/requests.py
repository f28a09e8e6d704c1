"""What articles ask for, and what becomes of it when it cannot be had."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from publish.config.figures import FigureSettings

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SPACE = re.compile(r"[\t\n\r]")  # browsers drop them from addresses (URL standard)
LONGEST_PATH = 4096  # characters
LONGEST_SHOWN = 160  # characters of an address in messages


@dataclass(frozen=True, slots=True)
class Request:
    """A picture that an article asks for, and where it may be found. All folders are absolute."""

    address: str  # as written
    folders: tuple[str, ...]  # the article's own, and such as bear its name
    roots: tuple[str, ...] = ()  # what a path from the site's root may start from, best first
    confine: tuple[str, ...] = ()  # files outside these are never opened


@dataclass(frozen=True, slots=True)
class Lost:
    """Why there is no figure.

    Codes: those of FetchError; no-address, bad-address, not-found, outside (of the project),
    too-large, empty, web-page, not-a-picture, unsupported, broken, too-many-pixels; and
    tracking-pixel, which is nothing a reader would miss.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A picture on the web."""

    url: str


@dataclass(frozen=True, slots=True)
class Local:
    """A picture in a file that was found and may be read."""

    path: str


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture inside its own address (RFC 2397)."""

    address: str


Source = Remote | Local | Inline


def locate(request: Request, settings: FigureSettings) -> Source | Lost:
    """Return where a picture is; local files are looked for, nothing is fetched."""
    address = _plain(request.address)
    if not address:
        return Lost("no-address", "the picture has no address")
    if address[:5].lower() == "data:":
        return Inline(address)
    if address.startswith("\\\\") or (_DRIVE.match(address) and os.sep == "/"):
        return Lost("bad-address", "a path of another machine")
    if url := _url(address):
        own = _below(url, settings.base_url)
        found = _find(request, "/" + own) if own else None
        return found if isinstance(found, Local) else Remote(url)
    found = _find(request, address)
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() != "file" and found.__class__ is Lost:
        return Lost("bad-address", f"{scheme[1]}: is no way to a picture")
    return found


def places(request: Request, settings: FigureSettings) -> tuple[Path, ...]:
    """Return the files that a picture is looked for in, best first; () where no file will do."""
    if not settings.base_url and request.address.startswith(("https://", "http://")):
        return ()  # as nearly all are
    address = _plain(request.address)
    if not address or address[:5].lower() == "data:":
        return ()
    if url := _url(address):
        own = _below(url, settings.base_url)
        return tuple(map(Path, _candidates(request, "/" + own))) if own else ()
    return tuple(map(Path, _candidates(request, address)))


def is_remote(request: Request, settings: FigureSettings) -> bool:
    """Tell whether a picture would have to come over the network."""
    return isinstance(locate(request, settings), Remote)


def brief(address: str) -> str:
    """Return an address as messages show it: a data: address may hold millions of characters."""
    plain = " ".join(address.split())
    if len(plain) <= LONGEST_SHOWN:
        return plain
    return f"{plain[: LONGEST_SHOWN - 40]}… ({len(address):,} characters)"


def _plain(address: str) -> str:
    """Return an address without the white space that browsers do not see in it."""
    return (_SPACE.sub("", address) if not address.isprintable() else address).strip()


def _url(address: str) -> str:
    """Return the address of a remote picture; "" if it is none."""
    slashes = address.replace("\\", "/")
    if slashes.startswith("//") and slashes.strip("/"):
        address = "https:" + address
        slashes = "https:" + slashes
    if slashes[:8].lower().startswith(("http://", "https://")):
        path, mark, query = address.partition("?")
        return path.replace("\\", "/") + mark + query
    return ""


def _below(url: str, base: str) -> str:
    """Return what follows the site's own address in a URL, "" if it is not below it."""
    base = base.rstrip("/") + "/"
    if len(base) < 2:
        return ""
    for scheme in ("https:", "http:"):
        if url.partition(":")[2].startswith(base.partition(":")[2]) and url.startswith(scheme):
            return url.partition(":")[2][len(base.partition(":")[2]) :]
    return ""


def _find(request: Request, address: str) -> Local | Lost:
    """Return the first candidate that is a file within the request's confines."""
    outside = False
    confines = None
    for path in _candidates(request, address):
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - 6,500 times
        except (OSError, ValueError):
            continue
        if not stat.S_ISREG(mode):
            continue
        confines = confines or [os.path.realpath(folder) for folder in request.confine]
        if _within(os.path.realpath(path), confines):
            return Local(path)
        outside = True
    if outside or _leaves(request, address):
        return Lost("outside", "the file is outside of the project's folders")
    return Lost("not-found", "there is no such file")


def _candidates(request: Request, address: str) -> Iterator[str]:
    """Yield the paths an address may mean, all of them textually within the confines."""
    seen = set()
    machine = address[:5].lower() == "file:"
    for written in _spellings(address):
        for path in _absolute(request, written, machine=machine):
            plain = os.path.normpath(path)
            if plain not in seen and _within(plain, request.confine):
                seen.add(plain)
                yield plain


def _absolute(request: Request, written: str, *, machine: bool) -> Iterator[str]:
    if written.startswith("/"):
        yield written  # a path of this machine, if it leads into the project
    else:
        yield from (f"{folder}/{written}" for folder in request.folders)
    if not machine:
        yield from (f"{root}/{written.lstrip('/')}" for root in request.roots)


def _spellings(address: str) -> Iterator[str]:
    """Yield the ways to read an address as a path, the literal one first."""
    path = address
    if path[:5].lower() == "file:":
        path = re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", path, flags=re.IGNORECASE)
    bare = re.split(r"[?#]", path, maxsplit=1)[0]
    found = dict.fromkeys((path, bare, unquote(bare), unquote(path)))
    if "\\" in path:
        found |= dict.fromkeys(text.replace("\\", "/") for text in list(found))
    if not address.isascii() or "%" in address:
        for form in ("NFC", "NFD"):
            found |= dict.fromkeys(unicodedata.normalize(form, text) for text in list(found))
    for text in found:
        if text.strip("/.") and "\0" not in text and len(text) <= LONGEST_PATH:
            yield text


def _within(path: str, folders: tuple[str, ...] | list[str]) -> bool:
    return any(path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _leaves(request: Request, address: str) -> bool:
    """Tell whether an address, as the article's own folder would have it, leads outside."""
    if address[:5].lower() == "file:":
        return next(_candidates(request, address), None) is None
    folder = request.folders[0] if request.folders else "/"
    return any(
        ".." in text.split("/")
        and not _within(os.path.normpath(f"{folder}/{text}"), request.confine)
        for text in _spellings(address)
    )
