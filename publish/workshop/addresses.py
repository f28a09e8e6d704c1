"""Which addresses may be fetched, and where mirrors send them. Pure: nothing is looked up here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from publish.workshop.shop import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments, among them a cloud's metadata
        "168.63.129.16/32",  # a cloud's own agent, in public space
        "2001::/23",  # IETF protocol assignments, Teredo
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
        "fec0::/10",  # site-local, once (RFC 3879)
        "::/96",  # "IPv4-compatible", deprecated
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are IPv4

# The ports above 1023 that the Fetch standard calls bad, and some of databases.
_BAD_PORTS = frozenset(
    {1433, 1719, 1720, 1723, 2049, 2375, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 6000}
    | {6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9200, 10080, 11211, 27017}
)
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/?#\\]*)(?P<rest>.*)", re.S
)


def is_public(address: Address) -> bool:
    """Tell whether an IP address belongs to the public internet (IANA special registries)."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    special = (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or not address.is_global
    )
    return not special and not any(
        address.version == network.version and address in network for network in _NETWORKS
    )


def is_sensible_port(port: int) -> bool:
    """Tell whether pictures may live behind a port: 80, 443, or a high one without other use."""
    return port in {80, 443} or (port > 1023 and port not in _BAD_PORTS)


def normalised(url: str) -> str:
    """Return a URL with its scheme and host in lower case; anything else as it is."""
    match = _URL.match(url)
    if not match:
        return url
    user, at, host = match["authority"].rpartition("@")
    return f"{match['scheme'].lower()}://{user}{at}{host.lower()}{match['rest']}"


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for in the end; a trusted one was named by the user and may be anywhere."""

    url: str
    trusted: bool = False


class Mirrors:
    """The user's table of URL prefixes; the longest that fits wins."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        table = {normalised(prefix): normalised(to) for prefix, to in pairs if prefix}
        self._pairs = sorted(table.items(), key=lambda pair: (-len(pair[0]), pair))

    def target(self, url: str) -> Target:
        """Return where a URL is fetched: at a mirror, the rest of the URL appended, or as it is.

        Raises:
            FetchError: the URL tries to climb out of the folder that the mirror names.
        """
        plain = normalised(url)
        for prefix, to in self._pairs:
            if plain.startswith(prefix):
                rest = plain[len(prefix) :]
                if not _extends(to, rest):
                    continue
                if _climbs(to, rest):
                    raise FetchError("refused", "the address climbs out of its mirror's folder")
                return Target(to + rest, _names_host(to))
        return Target(plain)


def _extends(to: str, rest: str) -> bool:
    """Tell whether appending leaves the mirror's host alone: http://a + .evil.net would not."""
    match = _URL.match(to)
    if not match or not match["authority"] or match["rest"]:
        return True
    return rest[:1] in {"", "/", "?", "#"}


def _climbs(to: str, rest: str) -> bool:
    match = _URL.match(to)
    if not match or match["rest"] in {"", "/"}:
        return False
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    for _ in range(3):  # %252e%252e, for servers that decode twice
        path = unquote(path)
    return ".." in re.split(r"[/\\]", path)


def _names_host(to: str) -> bool:
    match = _URL.match(to)
    return bool(match and match["authority"])
