"""The network: pictures are fetched politely, within limits, and only from public addresses.

Every address is checked after it is looked up, and the connection goes to the address that was
checked, so that a name which changes its answer gains nothing; so again after each redirect.
What ``[figures.mirrors]`` names is trusted. Proxies of the environment are not used: they would
look names up themselves.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from publish.config.figures import FigureSettings, NetworkSettings
from publish.workshop.addresses import Mirrors, Target, is_sensible_port
from publish.workshop.shop import Fetched, FetchError

if TYPE_CHECKING:
    import httpx2

    from publish.workshop.connections import Deadline, Resolve, Transport

ACCEPT = "image/jpeg,image/png,image/svg+xml;q=0.9,image/*;q=0.8,*/*;q=0.5"
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
GIVEN_UP = 2  # addresses of one host that could not be reached, before the others are not tried

__all__ = ["HttpFetcher", "NetworkSettings", "OfflineFetcher", "look_up"]


class _PassingError(FetchError):
    """A failure that may pass: ``tries`` more are sensible, after ``pause`` seconds if given."""

    def __init__(
        self, code: str, message: str, pause: float | None = None, tries: int = 1 << 30
    ) -> None:
        super().__init__(code, message)
        self.pause = pause
        self.tries = tries


class OfflineFetcher:
    """Never touches the network."""

    def fetch(self, url: str) -> Fetched:
        """Raise FetchError "offline"."""
        raise FetchError("offline", "it is not in the cache, and the network is off")

    def close(self) -> None:
        """Do nothing."""


class HttpFetcher:
    """Fetches over HTTP; safe to use from several threads."""

    def __init__(self, settings: NetworkSettings, resolve: Resolve | None = None) -> None:
        self.settings = settings
        self._mirrors = Mirrors(settings.mirrors)
        self._resolver = _Resolver(resolve or look_up)
        self._lock = threading.Lock()
        self._transports: dict[tuple[str, bool], Transport] = {}
        self._gates: dict[str, threading.BoundedSemaphore] = {}
        self._unreachable: dict[str, int] = {}
        self._deadline: Deadline | None = None
        self._closing = threading.Event()

    @classmethod
    def of(cls, settings: FigureSettings) -> HttpFetcher:
        """Return a fetcher for the settings of figures."""
        return cls(settings.network())

    def fetch(self, url: str) -> Fetched:
        """Return what is at an address, following redirects and trying again.

        Raises:
            FetchError: nothing usable came; see there for the codes.
        """
        target = self._mirrors.target(url)
        for tried in range(self.settings.retries + 1):
            try:
                return self._follow(target)
            except _PassingError as problem:
                pause = self._pause(problem, tried)
                if pause is None:
                    raise FetchError(problem.code, str(problem)) from None
            if self._closing.wait(pause):
                break
        raise FetchError("unreachable", "interrupted")

    def close(self) -> None:
        """Give up connections; whatever is under way ends soon."""
        self._closing.set()
        with self._lock:
            transports, self._transports = list(self._transports.values()), {}
        for transport in transports:
            transport.close()

    def _pause(self, problem: _PassingError, tried: int) -> float | None:
        """Return the seconds to wait before the next try, or None to give up."""
        if tried >= min(self.settings.retries, problem.tries):
            return None
        if problem.pause is not None:
            return problem.pause if problem.pause <= self.settings.max_pause else None
        return min(self.settings.backoff * 2.0**tried, self.settings.max_pause)

    def _follow(self, target: Target) -> Fetched:
        """Fetch once, following redirects; each is checked like a first address."""
        for _ in range(self.settings.max_redirects + 1):
            answer = self._ask(target)
            if isinstance(answer, Fetched):
                return answer
            target = self._next(target, answer)
        raise FetchError("redirects", f"more than {self.settings.max_redirects} redirects")

    def _next(self, target: Target, location: str) -> Target:
        """Return the target of a redirect: what stays on a mirror's host stays trusted."""
        try:
            url = urljoin(target.url, location)
        except ValueError:
            raise FetchError("bad-address", "a redirect to an address that is none") from None
        if target.trusted and _origin(_parsed(url)) == _origin(_parsed(target.url)):
            return Target(url, trusted=True)
        return self._mirrors.target(url)

    def _ask(self, target: Target) -> Fetched | str:
        """Return the answer to one request, or the address it redirects to."""
        import httpcore2
        import httpx2

        url = _checked(target)
        origin = _origin(url)
        if self._unreachable.get(origin, 0) >= GIVEN_UP * (self.settings.retries + 1):
            raise FetchError("unreachable", f"{url.host} could not be reached before")
        timeout = self.settings.timeout
        headers = {"User-Agent": self.settings.user_agent, "Accept": ACCEPT}
        headers["Accept-Encoding"] = "identity"
        if referer := self._referer(url.host):
            headers["Referer"] = referer
        limits = {"connect": timeout, "read": timeout, "write": timeout}
        request = httpx2.Request("GET", url, headers=headers, extensions={"timeout": limits})
        try:
            with self._gate(origin):
                return self._read(request, self._transport(url.scheme, target.trusted))
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as problem:
            with self._lock:
                self._unreachable[origin] = self._unreachable.get(origin, 0) + 1
            message = f"{url.host} could not be reached: {_reason(problem)}"
            raise _PassingError("unreachable", message) from problem
        except httpcore2.TimeoutException as problem:
            message = f"{url.host} did not answer in time"
            raise _PassingError("timeout", message, tries=1) from problem
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as problem:
            message = f"{url.host} broke the answer off: {_reason(problem)}"
            raise _PassingError("unreachable", message) from problem
        except httpx2.DecodingError as problem:
            raise FetchError("server-error", f"{url.host}: {_reason(problem)}") from problem

    def _read(self, request: httpx2.Request, transport: Transport) -> Fetched | str:
        assert self._deadline is not None
        self._deadline.moment = time.monotonic() + self.settings.total
        response = transport.handle_request(request)
        try:
            if response.status_code in {301, 302, 303, 307, 308} and "Location" in response.headers:
                return response.headers["Location"]
            _check_status(response)
            most = self.settings.max_bytes
            too_large = FetchError("too-large", f"more than {most:,} bytes")
            length = response.headers.get("Content-Length", "")
            if length.isdecimal() and int(length) > most:
                raise too_large
            chunks, size = [], 0
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > most:
                    raise too_large
                chunks.append(chunk)
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
            return Fetched(b"".join(chunks), str(request.url), media_type)
        finally:
            response.close()

    def _transport(self, scheme: str, trusted: bool) -> Transport:
        from publish.workshop.connections import Deadline, Transport

        with self._lock:
            if self._closing.is_set():
                raise FetchError("unreachable", "interrupted")
            if self._deadline is None:
                self._deadline = Deadline()
            key = (scheme, trusted)
            if key not in self._transports:
                self._transports[key] = Transport(
                    scheme, self._resolver, self._deadline, trusted=trusted
                )
            return self._transports[key]

    def _gate(self, origin: str) -> threading.BoundedSemaphore:
        with self._lock:
            if origin not in self._gates:
                self._gates[origin] = threading.BoundedSemaphore(max(1, self.settings.per_host))
            return self._gates[origin]

    def _referer(self, host: str) -> str:
        for name, referer in self.settings.referers:
            if host == name or host.endswith("." + name):
                return referer
        return ""


def _parsed(address: str) -> httpx2.URL:
    import httpx2

    try:
        url = httpx2.URL(address)
        url.raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError) as problem:
        raise FetchError("bad-address", f"no address: {_reason(problem)}") from None
    return url


def _checked(target: Target) -> httpx2.URL:
    """Return a URL that may be looked up.

    Raises:
        FetchError: it is no HTTP address, or no picture of the public web would have it.
    """
    url = _parsed(target.url)
    if url.scheme not in {"http", "https"}:
        raise FetchError("bad-address", f"{url.scheme or 'no scheme'}: only http and https")
    if not url.host:
        raise FetchError("bad-address", "the address names no host")
    if not target.trusted:
        if url.userinfo:
            raise FetchError("refused", "the address carries a name or a password")
        if f".{url.host.rstrip('.')}".endswith(".localhost"):  # RFC 6761, 6.3: needs no look-up
            raise FetchError("refused", f"{url.host} is this machine")
        if url.port is not None and not is_sensible_port(url.port):
            raise FetchError("refused", f"no picture is fetched from port {url.port}")
    elif url.port is not None and not 0 < url.port < 65536:
        raise FetchError("bad-address", f"there is no port {url.port}")
    return url


def _origin(url: httpx2.URL) -> str:
    port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    return f"{url.scheme}://{url.host}:{port}"


def _check_status(response: httpx2.Response) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    message = f"the server answered {status} {response.reason_phrase}".rstrip()
    if status in RETRIED:
        raise _PassingError("server-error", message, _retry_after(response))
    if status in {404, 410}:
        raise FetchError("not-found", message)
    raise FetchError("denied" if 400 <= status < 500 else "server-error", message)


def _retry_after(response: httpx2.Response) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3), or None."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:9])
    from email.utils import parsedate_to_datetime

    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _reason(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


class _Resolver:
    """Looks each host up once in a run, and never for longer than it may take."""

    def __init__(self, resolve: Resolve, seconds: float = 10.0) -> None:
        self._resolve = resolve
        self._seconds = seconds
        self._lock = threading.Lock()
        self._pending: dict[str, _Answer] = {}

    def __call__(self, host: str) -> tuple[str, ...]:
        import httpcore2

        with self._lock:
            answer = self._pending.get(host)
            if answer is None:
                answer = self._pending[host] = _Answer()
                # A thread of its own, since nothing can interrupt the system's resolver.
                threading.Thread(
                    target=answer.find, args=(self._resolve, host), daemon=True
                ).start()
        if not answer.done.wait(self._seconds):
            raise httpcore2.ConnectError(f"no answer to who {host} is")
        if isinstance(answer.value, Exception):
            raise httpcore2.ConnectError(_reason(answer.value)) from answer.value
        return answer.value


class _Answer:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: tuple[str, ...] | Exception = ()

    def find(self, resolve: Resolve, host: str) -> None:
        try:
            self.value = resolve(host)
        except (OSError, UnicodeError) as problem:
            self.value = problem
        finally:
            self.done.set()


def look_up(host: str) -> tuple[str, ...]:
    """Return the IP addresses of a host, in the order in which the system would try them.

    Raises:
        OSError: the name is unknown.
    """
    import ipaddress
    import socket

    with suppress(ValueError):
        return (str(ipaddress.ip_address(host)),)
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
