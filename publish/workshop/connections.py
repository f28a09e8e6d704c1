"""Connections to the very addresses that were checked, with a deadline that no drip outlives.

Only imported when something is fetched: httpx2 costs 0.1 s.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from publish.workshop.addresses import is_public
from publish.workshop.shop import FetchError

Resolve = Callable[[str], tuple[str, ...]]  # host -> IP addresses
CONNECT_SECONDS = 10.0


class Deadline(threading.local):
    """The moment at which the request of this thread must be over."""

    moment = float("inf")

    def left(self, timeout: float | None) -> float:
        """Return the seconds left, at most ``timeout``.

        Raises:
            httpcore2.ReadTimeout: none is left.
        """
        seconds = self.moment - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the request took too long")
        return seconds if timeout is None else min(seconds, timeout)


class Stream(httpcore2.NetworkStream):
    """A stream whose every wait ends with the deadline of the thread."""

    def __init__(
        self, inner: httpcore2.NetworkStream, deadline: Deadline, live: set[Stream]
    ) -> None:
        self._inner = inner
        self._deadline = deadline
        self._live = live
        live.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        """Give the socket up."""
        self._live.discard(self)
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Begin TLS with the host that was asked for, whatever address it has."""
        self._live.discard(self)
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return Stream(inner, self._deadline, self._live)

    def get_extra_info(self, info: str) -> Any:
        """Return what the socket knows."""
        return self._inner.get_extra_info(info)

    def wake(self) -> None:
        """End whatever another thread waits for on this stream."""
        with contextlib.suppress(OSError):
            self._inner.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class Backend(httpcore2.NetworkBackend):
    """Looks a host up once, checks all its addresses, and connects to one of those."""

    def __init__(self, resolve: Resolve, deadline: Deadline, *, trusted: bool) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._trusted = trusted
        self._inner = httpcore2.SyncBackend()
        self._live: set[Stream] = set()
        self._closed = False

    def close(self) -> None:
        """End whatever is under way, in whatever thread."""
        self._closed = True
        for stream in list(self._live):
            stream.wake()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of the host that answers.

        Raises:
            FetchError: an address of the host is not public, and no mirror names the host.
        """
        addresses = self._resolve(host)
        if not self._trusted:
            for address in addresses:
                _check(host, address)
        problem: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            seconds = min(self._deadline.left(timeout), CONNECT_SECONDS)
            try:
                inner = self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                problem = failure
            else:
                stream = Stream(inner, self._deadline, self._live)
                if self._closed:  # while we connected
                    stream.close()
                    raise FetchError("unreachable", "interrupted")
                return stream
        raise problem


def _check(host: str, address: str) -> None:
    try:
        public = is_public(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        public = False
    if not public:
        where = "" if host == address else f" ({address})"
        raise FetchError("refused", f"{host}{where} is not a public address")


class _Body(httpx2.SyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        self._inner.close()


class Transport(httpx2.BaseTransport):
    """A pool of such connections, for one scheme and one degree of trust."""

    def __init__(self, scheme: str, resolve: Resolve, deadline: Deadline, *, trusted: bool) -> None:
        self._backend = Backend(resolve, deadline, trusted=trusted)
        self._pool = httpcore2.ConnectionPool(
            # The machine's own certificates; proxies of the environment are not used, since a
            # proxy would look names up itself, after our check.
            ssl_context=httpx2.create_ssl_context() if scheme == "https" else None,
            max_connections=None,
            max_keepalive_connections=32,
            keepalive_expiry=15.0,
            network_backend=self._backend,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; redirects are not followed, cookies not kept."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), request=request
        )

    def close(self) -> None:
        """Give up all connections, also those that wait for an answer."""
        self._backend.close()
        self._pool.close()
