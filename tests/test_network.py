"""The network: limits, retries, redirects, and addresses that are never asked."""

from __future__ import annotations

import gzip
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import Server, drips, gives, hangs, in_turn, redirects, waits

from publish.config.figures import FigureSettings
from publish.workshop import FetchError
from publish.workshop.addresses import Mirrors, Target, is_public, is_sensible_port
from publish.workshop.network import HttpFetcher, NetworkSettings, OfflineFetcher, look_up

Resolve = Callable[[str], tuple[str, ...]]
FAST = NetworkSettings(timeout=5, total=10, backoff=0.001, retries=2)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


_open: list[HttpFetcher] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _open:
        _open.pop().close()


def opened(settings: NetworkSettings, resolve: Resolve | None = None) -> HttpFetcher:
    _open.append(HttpFetcher(settings, resolve))
    return _open[-1]


def mirrored(server: Server, settings: NetworkSettings = FAST) -> HttpFetcher:
    return opened(replace(settings, mirrors=(("https://", server.url("/")),)))


def code_of(fetcher: HttpFetcher | OfflineFetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url)
    fetcher.close()
    return caught.value.code


class TestMirrors:
    def test_the_rest_of_the_url_is_appended(self) -> None:
        mirrors = Mirrors([("https://", "http://127.0.0.1:8000/")])
        assert mirrors.target("https://a.b/c.jpg?x") == Target(
            "http://127.0.0.1:8000/a.b/c.jpg?x", trusted=True
        )

    def test_what_no_prefix_fits_goes_where_it_says(self) -> None:
        mirrors = Mirrors([("https://", "http://127.0.0.1:8000/")])
        assert mirrors.target("http://a.b/c.jpg") == Target("http://a.b/c.jpg")

    def test_the_longest_prefix_wins(self) -> None:
        mirrors = Mirrors([("https://", "http://x/"), ("https://a.b/c/", "http://y/")])
        assert mirrors.target("https://a.b/c/d").url == "http://y/d"
        assert mirrors.target("https://a.b/d").url == "http://x/a.b/d"

    def test_scheme_and_host_are_compared_without_case(self) -> None:
        mirrors = Mirrors([("HTTPS://A.B/", "http://x/")])
        assert mirrors.target("Https://a.B/Upper.PNG").url == "http://x/Upper.PNG"

    @pytest.mark.parametrize(
        "rest", [".evil.example/x", "@169.254.169.254/x", ":80@evil.example/x"]
    )
    def test_an_article_cannot_choose_the_mirrors_host(self, rest: str) -> None:
        mirrors = Mirrors([("https://a.b", "http://mirror.example")])
        assert not mirrors.target("https://a.b" + rest).trusted
        assert mirrors.target("https://a.b/x").trusted

    def test_a_mirror_without_a_host_is_not_trusted(self) -> None:
        mirrors = Mirrors([("https://", "http://")])
        assert mirrors.target("https://10.0.0.1/x") == Target("http://10.0.0.1/x")

    @pytest.mark.parametrize("rest", ["../admin", "%2e%2e/admin", "a/..%2fadmin", "%252e%252e/x"])
    def test_nothing_climbs_out_of_a_mirrors_folder(self, rest: str) -> None:
        mirrors = Mirrors([("https://a.b/", "http://mirror.example/pictures/")])
        with pytest.raises(FetchError, match="climbs"):
            mirrors.target("https://a.b/" + rest)

    @given(
        st.lists(st.text("ab/.", max_size=4), max_size=4),
        st.text("ab/.?#%汉", max_size=12),
    )
    def test_any_url(self, prefixes: list[str], path: str) -> None:
        table = {f"https://h/{prefix}": f"http://m/{i}/" for i, prefix in enumerate(prefixes)}
        url = "https://h/" + path
        fitting = [prefix for prefix in table if url.startswith(prefix)]
        try:
            target = Mirrors(table.items()).target(url)
        except FetchError:
            assert ".." in path
            return
        if fitting:
            longest = max(fitting, key=len)
            assert target == Target(table[longest] + url[len(longest) :], trusted=True)
        else:
            assert target == Target(url)


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "127.0.0.1",
            "127.255.0.9",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "100.100.100.200",
            "169.254.169.254",
            "192.0.0.192",
            "168.63.129.16",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fec0::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
            "::127.0.0.1",
        ],
    )
    def test_not_public(self, text: str) -> None:
        assert not is_public(ipaddress.ip_address(text))

    @pytest.mark.parametrize(
        "text",
        [
            "1.1.1.1",
            "8.8.8.8",
            "203.119.1.1",
            "2606:4700::1",
            "240e::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ],
    )
    def test_public(self, text: str) -> None:
        assert is_public(ipaddress.ip_address(text))

    @given(st.ip_addresses(v=4))
    def test_every_disguise_of_an_address_is_seen_through(
        self, address: ipaddress.IPv4Address
    ) -> None:
        number = int(address)
        for disguise in (0xFFFF << 32 | number, 0x0064FF9B << 96 | number):
            assert is_public(ipaddress.IPv6Address(disguise)) == is_public(address)

    def test_ports(self) -> None:
        assert is_sensible_port(443)
        assert is_sensible_port(8080)
        assert not any(map(is_sensible_port, (0, 22, 25, 3306, 6379, 6667, 11211)))


class TestNothingIsSent:
    """Refused addresses: a listener that must see nobody, and a resolver that tells who asked."""

    @pytest.fixture
    def listener(self) -> Iterator[socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setblocking(False)
            yield listening

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "0x7f.1",
            "localhost",
            "LOCALHOST.",
            "0.0.0.0",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "user:pass@127.0.0.1",
            "example.com@127.0.0.1",
        ],
    )
    def test_loopback_in_every_spelling(self, listener: socket.socket, host: str) -> None:
        port = listener.getsockname()[1]
        url = f"http://{host}:{port}/a.png"
        assert code_of(opened(FAST), url) in {"refused", "bad-address"}
        with pytest.raises(BlockingIOError):
            listener.accept()

    @pytest.mark.parametrize(
        "url",
        [
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/a.png",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://10.0.0.1/a.png",
            "http://100.64.0.1/",
        ],
    )
    def test_private_addresses(self, url: str) -> None:
        assert code_of(opened(FAST, resolve=only_numbers), url) == "refused"

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://example.com/a.png",
            "gopher://example.com:70/_x",
            "file:///etc/passwd",
            "http:///a.png",
            "http://",
            "http://１２７.０.０.１/",
            "http://①②⑦.⓪.⓪.①/",
            "http://a.b/x\0y",
            "http://[::1/",
            "",
        ],
    )
    def test_what_is_no_address(self, url: str) -> None:
        assert code_of(opened(FAST, resolve=only_numbers), url) in {"bad-address", "refused"}

    @pytest.mark.parametrize("port", [0, 22, 25, 6379])
    def test_ports_of_other_services(self, port: int) -> None:
        url = f"http://pictures.example:{port}/a.png"
        assert code_of(opened(FAST, resolve=only_numbers), url) == "refused"

    def test_a_name_that_means_a_private_address(self, listener: socket.socket) -> None:
        fetcher = opened(FAST, resolve=lambda host: ("93.184.216.34", "127.0.0.1"))
        port = listener.getsockname()[1]
        assert code_of(fetcher, f"http://rebound.example:{port}/") == "refused"
        with pytest.raises(BlockingIOError):
            listener.accept()

    def test_the_connection_goes_to_the_address_that_was_checked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that changes its answer is asked once, and only numbers are connected to."""
        connected: list[tuple[str, int]] = []

        def connect(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
            connected.append(address)
            raise ConnectionRefusedError

        asked: list[str] = []

        def resolve(host: str) -> tuple[str, ...]:
            asked.append(host)
            return ("93.184.216.34",) if len(asked) == 1 else ("127.0.0.1",)

        monkeypatch.setattr(socket, "create_connection", connect)
        fetcher = opened(FAST, resolve=resolve)
        assert code_of(fetcher, "http://rebound.example:8080/") == "unreachable"
        assert asked == ["rebound.example"]
        assert set(connected) == {("93.184.216.34", 8080)}

    @pytest.mark.parametrize(
        "location",
        [
            "http://169.254.169.254/",
            "http://10.0.0.1/a",
            "//127.0.0.1:{port}/a",
            "ftp://a.b/",
        ],
    )
    def test_redirects_to_elsewhere_are_checked_again(
        self, server: Server, listener: socket.socket, location: str
    ) -> None:
        location = location.replace("{port}", str(listener.getsockname()[1]))
        server.answers["/a.b/c"] = redirects(location)
        assert code_of(mirrored(server), "https://a.b/c") in {"refused", "bad-address"}
        with pytest.raises(BlockingIOError):
            listener.accept()

    def test_a_mirrors_address_in_an_article_is_not_trusted(self, server: Server) -> None:
        server.answers["/a.b/c"] = gives(b"x")
        fetcher = mirrored(server)
        assert fetcher.fetch("https://a.b/c").data == b"x"
        assert code_of(fetcher, server.url("/a.b/c")) == "refused"
        assert server.asked == ["/a.b/c"]

    def test_offline(self, server: Server) -> None:
        assert code_of(OfflineFetcher(), server.url("/a.png")) == "offline"
        assert not server.asked


def only_numbers(host: str) -> tuple[str, ...]:
    """Resolve addresses only: no test asks a name server."""
    return (str(ipaddress.ip_address(host)),)


class TestFetching:
    def test_bytes_address_and_type(self, server: Server) -> None:
        server.answers["/a.b/c.png?d"] = gives(b"abc")
        fetched = mirrored(server).fetch("https://a.b/c.png?d")
        assert (fetched.data, fetched.media_type) == (b"abc", "image/png")
        assert fetched.url == server.url("/a.b/c.png?d")

    def test_no_referer_but_where_it_is_wanted(self, server: Server) -> None:
        server.answers["/x"] = gives(b"abc")
        settings = replace(FAST, mirrors=(("https://a.b/", server.url("/")),))
        opened(settings).fetch("https://a.b/x")
        opened(replace(settings, referers=(("127.0.0.1", "https://weibo.com/"),))).fetch(
            "https://a.b/x"
        )
        assert "Referer" not in server.headers[0]
        assert server.headers[1]["Referer"] == "https://weibo.com/"
        assert "Cookie" not in server.headers[0]

    def test_proxies_of_the_environment_are_not_used(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        server.answers["/x"] = gives(b"abc")
        assert mirrored(server).fetch("https://x").data == b"abc"

    def test_characters_are_encoded(self, server: Server) -> None:
        server.answers["/a.b/%E5%9B%BE%20%E4%B8%80.png"] = gives(b"abc")
        assert mirrored(server).fetch("https://a.b/图 一.png").data == b"abc"

    def test_relative_redirects_stay_on_the_mirror(self, server: Server) -> None:
        server.answers["/a.b/c"] = redirects("/d")
        server.answers["/d"] = redirects("e", 308)
        server.answers["/e"] = gives(b"abc")
        assert mirrored(server).fetch("https://a.b/c").data == b"abc"

    def test_redirects_elsewhere_go_to_the_mirror_of_elsewhere(self, server: Server) -> None:
        server.answers["/a.b/c"] = redirects("https://d.e/f")
        server.answers["/d.e/f"] = gives(b"abc")
        assert mirrored(server).fetch("https://a.b/c").data == b"abc"

    def test_redirects_without_end(self, server: Server) -> None:
        server.answers["/a.b/c"] = redirects("/a.b/c")
        assert code_of(mirrored(server), "https://a.b/c") == "redirects"
        assert len(server.asked) == FAST.max_redirects + 1

    @pytest.mark.parametrize(
        ("status", "code", "asked"),
        [
            (404, "not-found", 1),
            (410, "not-found", 1),
            (403, "denied", 1),
            (401, "denied", 1),
            (500, "server-error", 3),
            (503, "server-error", 3),
            (304, "server-error", 1),
        ],
    )
    def test_statuses(self, server: Server, status: int, code: str, asked: int) -> None:
        server.answers["/a"] = gives(b"", status)
        assert code_of(mirrored(server), "https://a") == code
        assert len(server.asked) == asked

    def test_what_passes_is_tried_again(self, server: Server) -> None:
        server.answers["/a"] = in_turn(gives(b"", 500), gives(b"", 502), gives(b"abc"))
        assert mirrored(server).fetch("https://a").data == b"abc"

    def test_retry_after_is_kept_to(self, server: Server) -> None:
        server.answers["/a"] = in_turn(gives(b"", 429, Retry_After="0"), gives(b"abc"))
        settings = replace(FAST, backoff=3600, max_pause=0.5)
        assert mirrored(server, settings).fetch("https://a").data == b"abc"

    @pytest.mark.parametrize("after", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
    def test_a_long_retry_after_is_not_waited_for(self, server: Server, after: str) -> None:
        server.answers["/a"] = gives(b"", 429, Retry_After=after)
        assert code_of(mirrored(server), "https://a") == "server-error"
        assert len(server.asked) == 1

    @pytest.mark.parametrize("after", ["soon", "-1", "Fri, 01 Jan 2000 00:00:00 GMT"])
    def test_an_odd_retry_after_does_no_harm(self, server: Server, after: str) -> None:
        server.answers["/a"] = in_turn(gives(b"", 429, Retry_After=after), gives(b"abc"))
        assert mirrored(server).fetch("https://a").data == b"abc"

    def test_too_large_by_its_own_word(self, server: Server) -> None:
        server.answers["/a"] = gives(bytes(2000))
        assert code_of(mirrored(server, replace(FAST, max_bytes=1000)), "https://a") == "too-large"

    def test_too_large_once_unpacked(self, server: Server) -> None:
        packed = gzip.compress(bytes(50_000_000))
        server.answers["/a"] = gives(packed, Content_Encoding="gzip")
        settings = replace(FAST, max_bytes=1_000_000)
        assert len(packed) < settings.max_bytes
        assert code_of(mirrored(server, settings), "https://a") == "too-large"

    def test_packed_though_not_asked_for(self, server: Server) -> None:
        server.answers["/a"] = gives(gzip.compress(b"abc"), Content_Encoding="gzip")
        assert mirrored(server).fetch("https://a").data == b"abc"

    def test_cut_short(self, server: Server) -> None:
        server.answers["/a"] = in_turn(
            lambda handler: (handler.send(200, b"ab", Content_Length="9"), cut(handler))[0],
            gives(b"whole"),
        )
        assert mirrored(server).fetch("https://a").data == b"whole"

    def test_a_server_that_never_answers(self, server: Server) -> None:
        server.answers["/a"] = hangs
        settings = replace(FAST, timeout=0.2)
        assert code_of(mirrored(server, settings), "https://a") == "timeout"
        assert len(server.asked) == 2

    def test_a_server_that_drips(self, server: Server) -> None:
        server.answers["/a"] = drips(bytes(400), 60)
        settings = replace(FAST, timeout=30, total=0.3, retries=0)
        assert code_of(mirrored(server, settings), "https://a") == "timeout"

    def test_headers_that_drip(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            stop = threading.Event()

            def serve() -> None:
                connection, _ = listening.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    while not stop.wait(0.02):
                        try:
                            connection.sendall(b"x")
                        except OSError:
                            return

            thread = threading.Thread(target=serve)
            thread.start()
            settings = replace(
                FAST,
                timeout=30,
                total=0.3,
                retries=0,
                mirrors=(("https://", f"http://127.0.0.1:{listening.getsockname()[1]}/"),),
            )
            assert code_of(opened(settings), "https://a") == "timeout"
            stop.set()
            thread.join()

    def test_a_dead_host_is_not_tried_for_every_picture(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = replace(FAST, mirrors=(("https://", f"http://127.0.0.1:{port}/"),), retries=1)
        fetcher = opened(settings)
        messages = []
        for picture in "abc":
            with pytest.raises(FetchError) as caught:
                fetcher.fetch(f"https://{picture}")
            assert caught.value.code == "unreachable"
            messages.append(str(caught.value))
        assert "before" not in messages[1]
        assert "before" in messages[2]

    def test_a_name_nobody_knows(self) -> None:
        def unknown(host: str) -> tuple[str, ...]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        assert code_of(opened(FAST, resolve=unknown), "https://no.example/") == "unreachable"

    def test_not_too_many_at_once_from_one_host(self, server: Server) -> None:
        for number in range(12):
            server.answers[f"/{number}"] = waits(0.03, b"abc")
        fetcher = mirrored(server, replace(FAST, per_host=3))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda number: fetcher.fetch(f"https://{number}"), range(12)))
        assert all(one.data == b"abc" for one in found)
        assert 1 < server.most <= 3

    def test_closing_wakes_those_who_wait(self, server: Server) -> None:
        server.answers["/a"] = hangs
        fetcher = mirrored(server, replace(FAST, timeout=60, total=60))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(fetcher.fetch, "https://a")
            while not server.asked:
                assert not waiting.done()
            fetcher.close()
            with pytest.raises(FetchError):
                waiting.result(timeout=10)

    def test_settings_of_figures(self) -> None:
        fetcher = HttpFetcher.of(FigureSettings(max_bytes=7, mirrors=(("a", "b"),), timeout=2))
        assert fetcher.settings.max_bytes == 7
        assert fetcher.settings.mirrors == (("a", "b"),)
        assert fetcher.settings.total == 6


class TestTls:
    """A server with a certificate for pictures.example, at an address that only we know."""

    @pytest.fixture
    def secure(self, server: Server, tmp_path: Path) -> Path:
        openssl = shutil.which("openssl")
        if not openssl:
            pytest.skip("openssl is not there to make a certificate")
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        made = ("-keyout", key, "-out", certificate, "-days", "2")
        names = ("-subj", "/CN=pictures.example", "-addext", "subjectAltName=DNS:pictures.example")
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made, *names],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def named(connection: object, name: str | None, context: object) -> None:
            server.names.append(name)

        context.sni_callback = named
        server.socket = context.wrap_socket(server.socket, server_side=True)
        return certificate

    def fetcher(self, server: Server) -> HttpFetcher:
        mirrors = (("https://a/", f"https://pictures.example:{server.port}/"),)
        return opened(replace(FAST, mirrors=mirrors), lambda host: ("127.0.0.1",))

    def test_name_and_host_stay_though_the_address_is_pinned(
        self, server: Server, secure: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(secure))
        server.answers["/x"] = gives(b"abc")
        assert self.fetcher(server).fetch("https://a/x").data == b"abc"
        assert server.headers[0]["Host"] == f"pictures.example:{server.port}"
        assert server.names == ["pictures.example"]

    @pytest.mark.usefixtures("secure")
    def test_a_certificate_nobody_vouches_for(self, server: Server) -> None:
        server.answers["/x"] = gives(b"abc")
        assert code_of(self.fetcher(server), "https://a/x") == "unreachable"
        assert not server.asked


def cut(handler: object) -> None:
    handler.close_connection = True  # type: ignore[attr-defined]
    handler.connection.shutdown(socket.SHUT_WR)  # type: ignore[attr-defined]


def test_looking_up_numbers_asks_nobody() -> None:
    assert look_up("127.0.0.1") == ("127.0.0.1",)
    assert look_up("::1") == ("::1",)


def test_the_library_is_imported_by_the_first_fetch_only(root: Path) -> None:
    script = (
        "import sys; from publish.workshop.network import HttpFetcher, NetworkSettings\n"
        "HttpFetcher(NetworkSettings()).close(); print('httpx2' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "False"
