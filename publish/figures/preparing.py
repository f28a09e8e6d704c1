"""Fetches and makes the figures of a run: each once, in threads, out of the cache if it can."""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes
from weakref import WeakKeyDictionary

from publish.cache import digest, sha256
from publish.config.figures import FigureSettings
from publish.diagnostics import note
from publish.figures.requests import Inline, Local, Lost, Remote, Request, Source, locate
from publish.figures.sniffing import UnusableError
from publish.model import Figure
from publish.workshop import Fetcher, FetchError, Workshop

VERSION = 1  # of what is made of a picture; raise it when the same picture would come out otherwise
FETCHED = "figures-fetched"  # by address
SHELF = "figures-shelf"  # by the addresses of an article
TURN = "figures-turn"  # changes when an address gives another picture: shelves are empty then
MADE = "figures-made"  # by the digest of a file's bytes and the recipe
NAME_DIGITS = 24  # hexadecimal, of the digest: 96 bits
_DATA = re.compile(r"data:([^,]*?)(;base64)?,", re.I)

Result = Figure | Lost

_of_this_run: WeakKeyDictionary[Fetcher, dict[tuple[str, str], Result]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Made:
    """A figure in the cache."""

    figure: Figure
    size: int  # bytes of the object, so that a torn one is noticed


@dataclass(frozen=True, slots=True)
class _Got:
    """What was fetched from an address, and the figure last made of it."""

    source: str  # cache object
    recipe: str
    made: _Made


def prepare(
    requests: Iterable[Request], settings: FigureSettings, shop: Workshop
) -> dict[Request, Result]:
    """Return the figure of every request, or why it is lost.

    An address that many articles name is fetched once, in a run even if it fails; what is in the
    cache is not fetched at all unless ``settings.refresh`` asks for it. Results do not depend on
    the number of threads.
    """
    sources = {request: locate(request, settings) for request in dict.fromkeys(requests)}
    maker = _Maker(settings, shop)
    results: dict[Source, Result] = dict(maker.shelved(sources))
    todo: list[Source] = []
    for source in dict.fromkeys(sources.values()):
        if isinstance(source, Lost) or source in results:
            continue
        known = maker.known(source) if isinstance(source, Remote) else None
        if known is None:
            todo.append(source)
        else:
            results[source] = known
    results.update(zip(todo, _spread(maker.make, todo, settings.jobs, shop), strict=True))
    maker.shelve(sources, results)
    return {
        request: source if isinstance(source, Lost) else results[source]
        for request, source in sources.items()
    }


def _by_article(sources: Mapping[Request, Source | Lost]) -> list[list[Remote]]:
    """Return the addresses of each article, once each, if any of its pictures are remote."""
    found: dict[tuple[str, ...], dict[Remote, None]] = {}
    for request, source in sources.items():
        if isinstance(source, Remote):
            found.setdefault(request.folders, {})[source] = None
    return [list(remote) for remote in found.values()]


def _spread(
    make: Callable[[Source], Result], todo: list[Source], jobs: int, shop: Workshop
) -> Iterator[Result]:
    """Make figures in threads, which Pillow and the network leave free; yield them in order."""
    if not todo:
        return
    pool = ThreadPoolExecutor(max(1, min(jobs, len(todo))), "figures")
    shop.reporter.begin("figures", len(todo))
    try:
        with warnings.catch_warnings():
            # Pillow warns of oddities in files; what matters of them is in our own results.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            for source, result in zip(todo, pool.map(make, todo), strict=True):
                shop.reporter.advance("figures", text=_shown(source))
                yield result
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        shop.fetcher.close()  # wakes the threads that wait for a server
        raise
    finally:
        shop.reporter.end("figures")
        pool.shutdown()


def _shown(source: Source) -> str:
    if isinstance(source, Remote):
        return source.url
    return source.path if isinstance(source, Local) else "data:"


class _Maker:
    """Makes one figure after another; safe to use from several threads."""

    def __init__(self, settings: FigureSettings, shop: Workshop) -> None:
        self._settings = settings
        self._shop = shop
        self._cache = shop.cache
        self._recipe = digest(
            VERSION, settings.max_pixels, settings.max_side, settings.jpeg_quality
        )
        self._seen = _of_this_run.setdefault(shop.fetcher, {})

    def shelved(self, sources: Mapping[Request, Source | Lost]) -> Iterator[tuple[Source, Result]]:
        """Yield what is kept together for all addresses of an article, as most have not changed."""
        if self._settings.refresh:
            return
        turn = self._turn()
        for remote in _by_article(sources):
            kept = self._cache.load(SHELF, self._shelf(turn, remote), tuple[_Made, ...])
            if kept and all(map(self._is_whole, kept)):
                yield from zip(remote, (made.figure for made in kept), strict=True)

    def shelve(
        self, sources: Mapping[Request, Source | Lost], results: Mapping[Source, Result]
    ) -> None:
        """Keep together what the cache holds of the addresses of an article."""
        turn = self._turn()  # it may be another by now
        for remote in _by_article(sources):
            key = self._shelf(turn, remote)
            if self._cache.has(SHELF, key) or any(
                isinstance(results[source], Lost) for source in remote
            ):
                continue
            kept = [self._cache.load(FETCHED, digest(source.url), _Got) for source in remote]
            made = [got.made for got in kept if got and got.recipe == self._recipe]
            if [one.figure for one in made] == [results[source] for source in remote]:
                self._cache.store(SHELF, key, made)

    def _turn(self) -> bytes | None:
        return self._cache.get(TURN, digest(TURN))

    def _shelf(self, turn: bytes | None, remote: Sequence[Remote]) -> str:
        return digest(SHELF, turn, self._recipe, [source.url for source in remote])

    def known(self, source: Remote) -> Result | None:
        """Return what this run or the cache knows of an address, or None."""
        seen = self._seen.get((source.url, self._recipe))
        if seen or self._settings.refresh:
            return seen
        return self._kept(source.url)

    def make(self, source: Source) -> Result:
        """Return the figure of a source, or why it is lost."""
        try:
            if isinstance(source, Remote):
                return self._remember(source.url, self._fetched(source.url))
            if isinstance(source, Inline):
                data = _decoded(source.address, self._settings.max_bytes)
            else:
                data = _read(source.path, self._settings.max_bytes)
            return self._made_once(data).figure
        except UnusableError as problem:
            return Lost(problem.code, str(problem))

    def _remember(self, url: str, result: Result) -> Result:
        self._seen[url, self._recipe] = result
        return result

    def _kept(self, url: str) -> Figure | None:
        got = self._cache.load(FETCHED, digest(url), _Got)
        if got and got.recipe == self._recipe and self._is_whole(got.made):
            return got.made.figure
        return None

    def _is_whole(self, made: _Made) -> bool:
        return self._cache.object_size(made.figure.object) == made.size

    def _fetched(self, url: str) -> Result:
        key = digest(url)
        got = None if self._settings.refresh else self._cache.load(FETCHED, key, _Got)
        data = self._cache.read_object(got.source) if got else None
        try:
            if data is None:
                data = self._shop.fetcher.fetch(url).data
            made = self._made(data)
        except FetchError as problem:
            return self._older(url, Lost(problem.code, str(problem)))
        except UnusableError as problem:
            return self._older(url, Lost(problem.code, str(problem)))
        source = self._cache.put_object(data)
        if got is None:
            got = self._cache.load(FETCHED, key, _Got)
        if got and got.source != source:
            self._cache.put(TURN, digest(TURN), os.urandom(16))
        self._cache.store(FETCHED, key, _Got(source, self._recipe, made))
        return made.figure

    def _older(self, url: str, lost: Lost) -> Result:
        """Return the figure of an earlier run rather than none, when fetching anew fails."""
        kept = self._kept(url) if self._settings.refresh else None
        if kept is None:
            return lost
        message = f"{url}: {lost.message}; the picture fetched earlier is used"
        self._shop.report(note("figure-not-refreshed", message))
        return kept

    def _made_once(self, data: bytes) -> _Made:
        """Return the figure made of bytes, out of the cache if it is there."""
        key = digest(sha256(data), self._recipe)
        made = self._cache.load(MADE, key, _Made)
        if made is None or not self._is_whole(made):
            made = self._made(data)
            self._cache.store(MADE, key, made)
        return made

    def _made(self, data: bytes) -> _Made:
        """Return the figure made of bytes.

        Raises:
            UnusableError: nothing can be made of them.
        """
        from publish.figures.pictures import Recipe, derive

        settings = self._settings
        recipe = Recipe(settings.max_pixels, settings.max_side, settings.jpeg_quality)
        picture = derive(data, recipe, settings.max_source_pixels)
        name = self._cache.put_object(picture.data)
        suffix = "jpg" if picture.media_type == "image/jpeg" else "png"
        figure = Figure(
            f"{name[:NAME_DIGITS]}.{suffix}",
            name,
            picture.media_type,
            picture.width,
            picture.height,
        )
        return _Made(figure, len(picture.data))


def _decoded(address: str, most: int) -> bytes:
    """Return the bytes in a data: address (RFC 2397), forgiving white space and lost padding.

    Raises:
        UnusableError: they cannot be decoded, or are too many.
    """
    head = _DATA.match(address[:512])
    if not head:
        raise UnusableError("bad-address", "the data: address has no data")
    body = address[head.end() :]
    if len(body) > 3 * most:
        raise UnusableError("too-large", f"more than {most:,} bytes")
    data = unquote_to_bytes(body)
    if head[2]:
        packed = re.sub(rb"\s+", b"", data).rstrip(b"=")
        try:
            data = base64.b64decode(
                packed + b"=" * (-len(packed) % 4),
                b"-_" if (b"-" in packed or b"_" in packed) else None,
                validate=True,
            )
        except binascii.Error:
            raise UnusableError("broken", "the data: address is damaged") from None
    if len(data) > most:
        raise UnusableError("too-large", f"more than {most:,} bytes")
    return data


def _read(path: str, most: int) -> bytes:
    """Return a file's bytes.

    Raises:
        UnusableError: it cannot be read, is no regular file, or too large.
    """
    too_large = UnusableError("too-large", f"more than {most:,} bytes")
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise UnusableError("not-a-picture", "not a regular file")
            if state.st_size > most:
                raise too_large
            data = file.read(most + 1)
    except OSError as problem:
        raise UnusableError("not-found", f"it cannot be read: {problem.strerror}") from None
    if len(data) > most:
        raise too_large
    return data
