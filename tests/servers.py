"""A server on loopback for tests: answers by path, and a journal of what it was asked."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable

Answer = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what the server's table says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.asked.append(self.path)
            self.server.headers.append(dict(self.headers.items()))
            self.server.under_way += 1
            self.server.most = max(self.server.most, self.server.under_way)
        try:
            answer = self.server.answers.get(self.path)
            self.send(404, b"", "text/plain") if answer is None else answer(self)
        except OSError:
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.under_way -= 1

    def send(self, status: int, body: bytes, media_type: str = "image/png", **more: str) -> None:
        """Send a whole answer; ``Content_Length`` and others may be given."""
        self.send_response(status)
        headers = {"Content_Type": media_type, "Content_Length": str(len(body))} | more
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """``with Server() as server``: ``server.answers["/a.png"] = gives(data)``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.names: list[str | None] = []  # that TLS clients asked for
        self.lock = threading.Lock()
        self.under_way = 0
        self.most = 0
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that hang up."""

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


def gives(body: bytes, status: int = 200, **more: str) -> Answer:
    """Answer with bytes."""
    return lambda handler: handler.send(status, body, **more)


def redirects(location: str, status: int = 302) -> Answer:
    """Answer with a redirect."""
    return lambda handler: handler.send(status, b"", Location=location)


def drips(body: bytes, seconds: float) -> Answer:
    """Answer one byte at a time, for about so many seconds."""

    def answer(handler: Handler) -> None:
        handler.send(200, b"", Content_Length=str(len(body)))
        for byte in body:
            if handler.server.closing.wait(seconds / len(body)):
                return
            handler.wfile.write(bytes([byte]))

    return answer


def hangs(handler: Handler) -> None:
    """Never answer."""
    handler.server.closing.wait()


def waits(seconds: float, body: bytes) -> Answer:
    """Answer after a while."""

    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        handler.send(200, body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Answer differently each time; the last answer stays."""
    left = list(answers)
    lock = threading.Lock()

    def answer(handler: Handler) -> None:
        with lock:
            now = left.pop(0) if len(left) > 1 else left[0]
        now(handler)

    return answer
