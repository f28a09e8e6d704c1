"""Where links of an article lead: into the book, out of it, or nowhere."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from publish.model import Article

OUTSIDE = ("http", "https", "mailto", "tel", "ftp", "geo", "doi", "urn", "xmpp", "irc", "magnet")
_FORBIDDEN = re.compile(r"[\s<>\"`{}|\\^\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"https?://([^/?#]*)")
_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".html", ".htm")


@dataclass(frozen=True)
class Index:
    """What addresses mean articles: paths below the content root, site paths, whole URLs."""

    paths: Mapping[str, str] = field(default_factory=dict)  # -> article id
    names: Mapping[str, str] = field(default_factory=dict)  # bare names that mean one article
    urls: Mapping[str, str] = field(default_factory=dict)
    site: str = ""  # the site's own address, normalised
    hosts: frozenset[str] = frozenset()  # of all whole URLs that may mean an article


def index(articles: Iterable[Article], site: str = "") -> Index:
    """Return the addresses under which the articles of a book are known."""
    paths: dict[str, str] = {}
    names: dict[str, str | None] = {}
    urls: dict[str, str] = {}
    for article in articles:
        for path in _paths(article):
            paths.setdefault(path, article.id)
            name = path.rpartition("/")[2]
            names[name] = article.id if names.get(name, article.id) == article.id else None
        for address in (article.origin, article.url):
            if urlsplit(address).scheme in ("http", "https"):
                urls.setdefault(_plain_url(address), article.id)
    unique = {name: found for name, found in names.items() if found is not None}
    own = _plain_url(site) if site else ""
    hosts = frozenset(url.partition("/")[0] for url in (*urls, own) if url)
    return Index(paths, unique, urls, own, hosts)


def _paths(article: Article) -> Iterable[str]:
    """Yield the site paths an article may be linked by, most certain first."""
    whole = _fold(article.id)
    bare = _bare(whole)
    yield whole
    yield bare
    folder, _, name = bare.rpartition("/")
    plain = name.partition(".")[0]  # without a language suffix
    yield posixpath.join(folder, plain)
    if plain in ("index", "_index", "readme"):
        yield folder
    if article.slug:
        yield posixpath.join(folder, _fold(article.slug))
    dated = plain.split("-", 3)
    if len(dated) == 4 and all(part.isdigit() for part in dated[:3]):
        yield posixpath.join(folder, dated[3])
        yield posixpath.join(*dated)
    if article.date and not urlsplit(article.url).scheme:
        slug = _fold(article.slug) or plain
        yield f"{article.date:%Y/%m/%d}/{slug}"
    if article.url and not urlsplit(article.url).scheme:
        yield _bare(_fold(article.url.strip("/")))


def resolve(address: str, article: str, known: Index) -> tuple[str, str] | None:
    """Return the article and fragment that an address of an article means, if in the book."""
    if address.startswith("ref:"):
        return _reference(address[4:], article, known)
    if address.startswith(("http://", "https://")) and _host(address) not in known.hosts:
        return None  # as nearly all links of an archive are: not worth taking apart
    parts = urlsplit(_decoded(address))
    if parts.scheme in ("http", "https"):
        return _whole(_plain_url(address), parts.fragment, article, known)
    if parts.scheme or parts.netloc:
        return None
    if not parts.path:
        return (article, parts.fragment) if parts.fragment else None
    return _path(parts.path, parts.fragment, article, known)


def _whole(url: str, fragment: str, article: str, known: Index) -> tuple[str, str] | None:
    """Return what a whole URL means: the origin of an article, or a page of the site."""
    if url in known.urls:
        return known.urls[url], fragment
    if known.site and (url == known.site or url.startswith(known.site + "/")):
        return _path(url[len(known.site) :] or "/", fragment, article, known)
    return None


def _host(address: str) -> str:
    host = _HOST.match(address)
    return host[1].lower().removeprefix("www.") if host else ""


def _path(path: str, fragment: str, article: str, known: Index) -> tuple[str, str] | None:
    folder = posixpath.dirname(article)
    own = _bare(article).rpartition("/")[2].partition(".")[0]
    bases = [""] if path.startswith("/") else [folder, posixpath.join(folder, own)]
    for base in bases:
        target = _fold(posixpath.normpath(posixpath.join(base, path.lstrip("/"))).strip("/"))
        for candidate in (target, _bare(target)):
            if candidate in known.paths:
                return known.paths[candidate], fragment
    return None


def _reference(name: str, article: str, known: Index) -> tuple[str, str] | None:
    """Return what a ref or post_link shortcode means: a path, or a name that is the only one."""
    path, _, fragment = unquote(name).partition("#")
    if not path:
        return article, fragment
    found = _path(path, fragment, article, known) or _path("/" + path, fragment, article, known)
    if found:
        return found
    bare = _bare(_fold(path)).rpartition("/")[2]
    return (known.names[bare], fragment) if bare in known.names else None


def outside(address: str, site: str = "") -> str:
    """Return a link's address for readers outside the site, or "" if it means nothing there.

    Signs that no URL may hold (RFC 3986) are percent-encoded.
    """
    if address.startswith(("http://", "https://")) and "[" not in address:
        return _encoded(address)
    scheme = urlsplit(_safe(address)).scheme.lower()
    if scheme in OUTSIDE:
        return _encoded(address)
    if address.startswith("//") and _safe(address):
        return _encoded(f"https:{address}")
    if site and not scheme and _safe(address) and not address.startswith(("#", "ref:")):
        return _encoded(urljoin(site.rstrip("/") + "/", address))
    return ""


def _encoded(address: str) -> str:
    return _FORBIDDEN.sub(lambda found: quote(found[0]), address)


def _decoded(address: str) -> str:
    return unquote(_safe(address))


def _safe(address: str) -> str:
    """Return an address that urlsplit takes: brackets that are no IPv6 address raise in it."""
    try:
        urlsplit(address)
    except ValueError:
        return ""
    return address


def _plain_url(address: str) -> str:
    """Return a URL without what does not tell articles apart: scheme, www., a final slash."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    host = parts.netloc.lower().removeprefix("www.")
    path = unquote(parts.path).removesuffix("index.html").rstrip("/")
    return f"{host}{path}" + (f"?{parts.query}" if parts.query else "")


def _bare(path: str) -> str:
    lower = path.lower()
    suffix = next((suffix for suffix in _SUFFIXES if lower.endswith(suffix)), "")
    return path[: len(path) - len(suffix)] if suffix else path


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", path).lower()
