"""Addresses of links that leave the book, as EPUB wants them: valid URLs of a known scheme."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address

# Schemes that validators know and readers can hand on; one of a single program is no use here.
_SCHEMES = {"mailto", "tel", "xmpp", "irc", "sip", "news", "nntp", "urn"}
_WEB = {"http", "https", "ftp"}
_PLAIN = re.compile(  # what nearly every link is
    r"https?://(?![^/?#]*xn--)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
    r"(?:[/?](?:[\w!$&'()*+,./:;=?@~-]|%[0-9A-Fa-f]{2})*)?(?:#[\w!$&'()*+,./:;=?@~-]*)?"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(
    r"//(?:[\w.~!$&'()*+,;=%:-]*@)?(?P<host>[^/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>\d{0,5}))?(?=[/?#]|$)"
)
_NO_HOST = re.compile(r"""[\s!"#$%&'()*+,/:;<=>?@\\^`{|}\[\]\x00-\x20\x7f-\x9f]""")
# What is no URL code point (WHATWG URL standard, section 4.3), but for "%" with two digits.
_FOREIGN = re.compile(
    r"""[\x00-\x20"<>\\^`{|}\[\]\x7f-\x9f\ufdd0-\ufdef]|%(?![0-9A-Fa-f]{2})|"""
     "[" + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)) + "]"
)  # fmt: skip


@lru_cache(maxsize=4096)
def valid_address(address: str) -> str:
    """Return an address as a valid URL with a scheme, or "" if it cannot be one.

    Characters that no URL may hold are percent-encoded (WHATWG URL standard).

    >>> valid_address("https://example.com/a b|c"), valid_address("pictures/a.html")
    ('https://example.com/a%20b%7Cc', '')
    """
    if _PLAIN.fullmatch(address):
        return address
    address = address.strip()
    found = _SCHEME.match(address)
    if found is None:
        return ""
    scheme, start, rest = found[1].lower(), found[0], address[found.end() :]
    if scheme == "doi":
        scheme, start, rest = "https", "https:", f"//doi.org/{rest.lstrip('/')}"
    if scheme in _WEB:
        authority = _AUTHORITY.match(rest)
        if authority is None or int(authority["port"] or 0) > 65535 or not _host(authority["host"]):
            return ""
        start, rest = start + authority[0], rest[authority.end() :]
    elif scheme not in _SCHEMES or not rest:
        return ""
    path, mark, fragment = rest.partition("#")
    return start + _encode(path) + mark + _encode(fragment.replace("#", "%23"))


def _host(host: str) -> bool:
    """Tell whether a host is an IPv6 address in brackets or a name that has an ASCII form."""
    try:
        if host.startswith("["):
            IPv6Address(host[1:-1])
            return True
        if _NO_HOST.search(host):
            return False
        labels = host.encode("idna").decode().removesuffix(".").split(".")
        return all(label and _is_name(label.lower()) for label in labels)
    except (UnicodeError, ValueError):
        return False


def _is_name(label: str) -> bool:
    if not label.startswith("xn--"):
        return True
    decoded = label[4:].encode().decode("punycode")
    return decoded.isprintable() and decoded.encode("idna").decode() == label


def _encode(text: str) -> str:
    return _FOREIGN.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), text)
