"""Figures: found beside the article, fetched once, kept, and lost with a reason."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from servers import Server, gives, hangs, in_turn

from publish.cache import Cache
from publish.config.figures import FigureSettings
from publish.diagnostics import Silent
from publish.figures import Lost, Request, brief, is_remote, places, prepare
from publish.model import Figure
from publish.workshop import Fetched, Fetcher, FetchError, Workshop
from publish.workshop.network import HttpFetcher, OfflineFetcher
from publish.workshop.workers import InProcess

Result = Figure | Lost


def png(width: int = 30, height: int = 20, colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


class Progress(Silent):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, int | None]] = []

    def begin(self, stage: str, total: int | None = None) -> None:
        self.heard.append(("begin", stage, total))

    def advance(self, stage: str, steps: int = 1, text: str = "") -> None:
        self.heard.append(("advance", stage, steps))

    def end(self, stage: str) -> None:
        self.heard.append(("end", stage, None))


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def shop_of(tmp_path: Path, fetcher: Fetcher | None = None) -> Workshop:
    return Workshop(Cache(tmp_path / "cache"), Progress(), fetcher or OfflineFetcher(), InProcess())


def settings_of(server: Server, **values: object) -> FigureSettings:
    return FigureSettings(mirrors=(("https://", server.url("/")),), **values)  # type: ignore[arg-type]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A Hugo-like project with pictures wherever they may be."""
    for name in (
        "content/post/beside.png",
        "content/post/article/asset.png",
        "content/post/图 一.png",
        "content/post/100%.png",
        "content/post/a?b.png",
        "content/pictures/above.png",
        "static/img/site.png",
        "static/img/%E5%9B%BE.png",
    ):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(colour=f"#{len(name):02x}{sum(name.encode()) % 256:02x}00"))
    (tmp_path / "outside.png").write_bytes(png(colour="blue"))
    return tmp_path / "site"


def asked(site: Path, address: str) -> Request:
    post = site / "content" / "post"
    return Request(
        address,
        (str(post), str(post / "article")),
        (str(site / "static"), str(site / "content"), str(site)),
        (str(site),),
    )


def one(site: Path, address: str, **values: object) -> Result:
    request = asked(site, address)
    settings = FigureSettings(**values)  # type: ignore[arg-type]
    return prepare([request], settings, shop_of(site.parent))[request]


class TestLocal:
    @pytest.mark.parametrize(
        ("address", "name"),
        [
            ("beside.png", "content/post/beside.png"),
            ("./beside.png", "content/post/beside.png"),
            (" beside.png\n", "content/post/beside.png"),
            ("asset.png", "content/post/article/asset.png"),
            ("article/asset.png", "content/post/article/asset.png"),
            ("../pictures/above.png", "content/pictures/above.png"),
            ("..\\pictures\\above.png", "content/pictures/above.png"),
            ("/img/site.png", "static/img/site.png"),
            ("img/site.png", "static/img/site.png"),
            ("/static/img/site.png", "static/img/site.png"),
            ("/pictures/above.png", "content/pictures/above.png"),
            ("图 一.png", "content/post/图 一.png"),
            ("%E5%9B%BE%20%E4%B8%80.png", "content/post/图 一.png"),
            ("/img/%E5%9B%BE.png", "static/img/%E5%9B%BE.png"),
            ("100%.png", "content/post/100%.png"),
            ("a?b.png", "content/post/a?b.png"),
            ("beside.png?v=1&w=2#top", "content/post/beside.png"),
            ("beside.png#a/b", "content/post/beside.png"),
        ],
    )
    def test_found(self, site: Path, address: str, name: str) -> None:
        wanted = (site / name).read_bytes()
        found = one(site, address)
        assert isinstance(found, Figure)
        assert Cache(site.parent / "cache").read_object(found.object) == wanted

    def test_an_absolute_path_into_the_project(self, site: Path) -> None:
        path = str(site / "static/img/site.png")
        assert isinstance(one(site, path), Figure)
        assert one(site, "file://" + path) == one(site, path)

    def test_names_decomposed_by_another_system(self, site: Path) -> None:
        (site / "static/cafe\u0301.png").write_bytes(png())
        assert isinstance(one(site, "/caf\u00e9.png"), Figure)
        (site / "static/\u00fcber.png").write_bytes(png())
        assert isinstance(one(site, "/u%CC%88ber.png"), Figure)

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("", "no-address"),
            (" \t", "no-address"),
            ("missing.png", "not-found"),
            (".", "not-found"),
            ("/", "not-found"),
            ("article", "not-found"),
            ("../../../outside.png", "outside"),
            ("..%2f..%2f..%2foutside.png", "outside"),
            ("../../../../../../../../../etc/passwd", "outside"),
            ("/etc/passwd", "not-found"),
            ("file:///etc/passwd", "outside"),
            ("file://localhost/etc/passwd", "outside"),
            ("....//....//outside.png", "not-found"),
            ("\\\\server\\share\\x.png", "bad-address"),
            ("C:\\Windows\\win.ini", "bad-address"),
            ("/proc/self/environ", "not-found"),
            ("/dev/zero", "not-found"),
            ("ftp://a.b/c.png", "bad-address"),
            ("javascript:alert(1)", "bad-address"),
            ("a\0b.png", "not-found"),
            ("x" * 5000, "not-found"),
            ("x/" * 5000, "not-found"),
        ],
    )
    def test_lost(self, site: Path, address: str, code: str) -> None:
        found = one(site, address)
        assert isinstance(found, Lost)
        assert found.code == code
        assert found.message

    def test_links_that_leave_the_project_are_not_followed(self, site: Path) -> None:
        (site / "static/way.png").symlink_to(site.parent / "outside.png")
        (site / "static/folder").symlink_to(site.parent)
        (site / "static/inner.png").symlink_to(site / "static/img/site.png")
        for address in ("/way.png", "/folder/outside.png"):
            found = one(site, address)
            assert isinstance(found, Lost)
            assert found.code == "outside"
        assert isinstance(one(site, "/inner.png"), Figure)

    def test_only_regular_files_are_opened(self, site: Path) -> None:
        import os

        os.mkfifo(site / "static/pipe.png")
        found = one(site, "/pipe.png")
        assert isinstance(found, Lost)
        assert found.code == "not-found"

    def test_too_large(self, site: Path) -> None:
        found = one(site, "beside.png", max_bytes=10)
        assert isinstance(found, Lost)
        assert found.code == "too-large"

    def test_the_sites_own_address(self, site: Path) -> None:
        base = "https://blog.example/"
        own = one(site, "https://blog.example/img/site.png", base_url=base)
        assert own == one(site, "/img/site.png")
        assert own == one(
            site, "http://blog.example/img/site.png?x", base_url="https://blog.example"
        )
        for address in (
            "https://blog.example.evil/img/site.png",
            "https://other.example/img/site.png",
        ):
            found = one(site, address, base_url=base)
            assert isinstance(found, Lost)
            assert found.code == "offline"

    def test_places_are_the_files_looked_for(self, site: Path) -> None:
        settings = FigureSettings()
        found = places(asked(site, "../pictures/above.png"), settings)
        assert found[0] == site / "content/pictures/above.png"
        assert all(path.is_relative_to(site) for path in found)
        assert not places(asked(site, "https://a.b/c.png"), settings)
        assert not places(asked(site, "//a.b/c.png"), settings)
        assert not places(asked(site, "data:image/png;base64,AAAA"), settings)

    def test_places_of_the_sites_own_address_are_its_files(self, site: Path) -> None:
        settings = FigureSettings(base_url="https://blog.example/")
        own = asked(site, "https://blog.example/img/new.png")
        assert site / "static/img/new.png" in places(own, settings)
        assert is_remote(own, settings)  # as long as there is no such file
        assert not is_remote(asked(site, "https://blog.example/img/site.png"), settings)
        assert not places(asked(site, "https://other.example/img/new.png"), settings)

    @pytest.mark.parametrize(
        ("address", "remote"),
        [
            ("", False),
            ("data:,x", False),
            ("ftp://a.b/c", False),
            ("a.png", False),
            ("//a/b", True),
        ],
    )
    def test_what_the_network_could_give(self, site: Path, address: str, remote: bool) -> None:
        assert is_remote(asked(site, address), FigureSettings()) is remote

    def test_addresses_are_shown_briefly(self) -> None:
        assert brief("data:,a\nb") == "data:,a b"
        long = brief("data:image/png;base64," + "A" * 3_000_000)
        assert len(long) < 200
        assert long.endswith("… (3,000,022 characters)")


class TestData:
    def test_decoded(self, site: Path) -> None:
        packed = base64.b64encode(png()).decode()
        plain = one(site, f"data:image/png;base64,{packed}")
        assert isinstance(plain, Figure)
        wrapped = "data:;base64," + packed.rstrip("=")[:20] + "%0A \n" + packed.rstrip("=")[20:]
        assert one(site, wrapped) == plain
        urlsafe = packed.replace("+", "-").replace("/", "_")
        assert one(site, f"DATA:image/png;name=x;BASE64,{urlsafe}") == plain

    def test_svg_as_text(self, site: Path) -> None:
        svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>'
        found = one(site, f"data:image/svg+xml;utf8,{svg}")
        assert isinstance(found, Figure)
        assert (found.media_type, found.width, found.height) == ("image/png", 40, 30)
        assert one(site, "data:image/svg+xml," + svg.replace("<", "%3C")) == found

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("data:image/png;base64,iVBORw0KGgo!", "broken"),
            ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA", "broken"),
            ("data:text/html;base64,PHNjcmlwdD4=", "not-a-picture"),
            ("data:text/html,<html>", "web-page"),
            ("data:image/png", "bad-address"),
            ("data:,", "empty"),
            ("data:image/png;base64," + "A" * 400_000, "too-large"),
            (
                "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
                "tracking-pixel",
            ),
        ],
    )
    def test_lost(self, site: Path, address: str, code: str) -> None:
        found = one(site, address, max_bytes=100_000)
        assert isinstance(found, Lost)
        assert found.code == code


class TestRemote:
    def test_fetched_once_and_kept(self, tmp_path: Path, server: Server) -> None:
        server.answers["/a.b/c"] = gives(png())
        settings = settings_of(server)
        fetcher = HttpFetcher.of(settings)
        requests = [Request("https://a.b/c", (f"/{number}",)) for number in range(5)]
        found = prepare(requests, settings, shop_of(tmp_path, fetcher))
        fetcher.close()
        assert len(set(found.values())) == 1
        assert server.asked == ["/a.b/c"]
        figure = found[requests[0]]
        assert isinstance(figure, Figure)
        assert figure.name == figure.object[:24] + ".png"
        assert (figure.media_type, figure.width, figure.height) == ("image/png", 30, 20)
        offline = shop_of(tmp_path)
        assert prepare(requests, settings, offline) == found
        assert offline.cache.read_object(figure.object) == png()
        assert isinstance(offline.reporter, Progress)
        assert not offline.reporter.heard

    def test_addresses_without_a_scheme(self, tmp_path: Path, server: Server) -> None:
        server.answers["/a.b/c"] = gives(png())
        settings = settings_of(server)
        fetcher = HttpFetcher.of(settings)
        requests = [Request(text, ()) for text in ("//a.b/c", "HTTPS://A.b/c", "https:\\\\a.b\\c")]
        found = prepare(requests, settings, shop_of(tmp_path, fetcher))
        fetcher.close()
        assert all(isinstance(result, Figure) for result in found.values())

    def test_other_sizes_are_made_of_what_was_fetched(self, tmp_path: Path, server: Server) -> None:
        server.answers["/a"] = gives(png(300, 200))
        settings = settings_of(server)
        fetcher = HttpFetcher.of(settings)
        request = Request("https://a", ())
        prepare([request], settings, shop_of(tmp_path, fetcher))
        fetcher.close()
        small = prepare([request], FigureSettings(max_side=150), shop_of(tmp_path))[request]
        assert isinstance(small, Figure)
        assert (small.width, small.height) == (150, 100)

    def test_a_torn_object_is_made_again(self, tmp_path: Path, server: Server) -> None:
        server.answers["/a"] = gives(png())
        settings = settings_of(server)
        request = Request("https://a", ())
        for _ in range(2):
            fetcher = HttpFetcher.of(settings)
            shop = shop_of(tmp_path, fetcher)
            figure = prepare([request], settings, shop)[request]
            fetcher.close()
            assert isinstance(figure, Figure)
            assert shop.cache.read_object(figure.object) == png()
            path = shop.cache.object_path(figure.object)
            assert path
            path.write_bytes(b"torn")
        assert len(server.asked) == 2

    def test_failures_are_remembered_for_the_run_only(self, tmp_path: Path, server: Server) -> None:
        server.answers["/a"] = in_turn(gives(b"<!doctype html>"), gives(png()))
        settings = settings_of(server)
        request = Request("https://a", ())
        fetcher = HttpFetcher.of(settings)
        shop = shop_of(tmp_path, fetcher)
        for _ in range(2):
            lost = prepare([request], settings, shop)[request]
            assert isinstance(lost, Lost)
            assert lost.code == "web-page"
        fetcher.close()
        assert len(server.asked) == 1
        fetcher = HttpFetcher.of(settings)
        found = prepare([request], settings, shop_of(tmp_path, fetcher))[request]
        fetcher.close()
        assert isinstance(found, Figure)

    def test_refreshing(self, tmp_path: Path, server: Server) -> None:
        server.answers["/a"] = in_turn(gives(png()), gives(png(colour="blue")), gives(b"gone", 404))
        request = Request("https://a", ())
        objects: list[bytes | None] = []
        told: list[list[str]] = []
        for refresh in (False, False, True, True, False):
            settings = settings_of(server, refresh=refresh)
            fetcher = HttpFetcher.of(settings)
            shop = shop_of(tmp_path, fetcher)
            for _ in range(2):
                figure = prepare([request], settings, shop)[request]
                assert isinstance(figure, Figure)
                last = figure.object
            objects.append(shop.cache.read_object(last))
            fetcher.close()
            assert isinstance(shop.reporter, Silent)
            told.append([finding.code for finding in shop.reporter.findings])
        blue = png(colour="blue")
        assert objects == [png(), png(), blue, blue, blue]
        assert len(server.asked) == 3
        assert told == [[], [], [], ["figure-not-refreshed"], []]

    def test_progress_and_results_whatever_the_jobs(self, tmp_path: Path, server: Server) -> None:
        for number in range(20):
            body = png(20 + number) if number % 3 else b"<html>"
            server.answers[f"/{number}"] = gives(body)
        requests = [Request(f"https://{number}", ()) for number in range(20)]
        found = []
        for jobs in (1, 7):
            settings = settings_of(server, jobs=jobs)
            fetcher = HttpFetcher.of(settings)
            shop = shop_of(tmp_path / str(jobs), fetcher)
            found.append(prepare(requests, settings, shop))
            fetcher.close()
            assert isinstance(shop.reporter, Progress)
            steps = [("advance", "figures", 1)] * 20
            assert shop.reporter.heard == [
                ("begin", "figures", 20),
                *steps,
                ("end", "figures", None),
            ]
        assert found[0] == found[1]
        assert list(found[0]) == requests

    def test_fetch_errors_are_results(self, tmp_path: Path) -> None:
        class Failing:
            def fetch(self, url: str) -> Fetched:
                raise FetchError("denied", "no")

            def close(self) -> None: ...

        request = Request("https://a", ())
        found = prepare([request], FigureSettings(), shop_of(tmp_path, Failing()))
        assert found[request] == Lost("denied", "no")

    def test_an_interruption_ends_soon(self, tmp_path: Path, server: Server) -> None:
        server.answers["/0"] = gives(png())
        for number in range(1, 20):
            server.answers[f"/{number}"] = hangs

        class Interrupting(Silent):
            def advance(self, stage: str, steps: int = 1, text: str = "") -> None:
                raise KeyboardInterrupt

        settings = settings_of(server, timeout=60, jobs=4)
        fetcher = HttpFetcher.of(settings)
        shop = Workshop(Cache(tmp_path), Interrupting(), fetcher, InProcess())
        requests = [Request(f"https://{number}", ()) for number in range(20)]
        with pytest.raises(KeyboardInterrupt):
            prepare(requests, settings, shop)
        assert len(server.asked) < 20
        assert not [thread for thread in threading.enumerate() if "figures" in thread.name]


def test_nothing_heavy_is_imported_for_kept_figures(root: Path) -> None:
    import os
    import subprocess
    import sys

    script = "import sys, publish.figures; print({'PIL', 'lxml', 'httpx2'} & set(sys.modules))"
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "set()"
