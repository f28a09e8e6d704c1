"""Against the misbehaving figure server: what is made of every kind of answer."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from publish.cache import Cache
from publish.config.figures import FigureSettings, NetworkSettings
from publish.diagnostics import Silent
from publish.figures import Lost, Request, prepare
from publish.model import Figure
from publish.workshop import Workshop
from publish.workshop.network import HttpFetcher
from publish.workshop.workers import InProcess

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def figure_server(shared: Path) -> Iterator[Any]:
    path = shared / "tools" / "figure_server.py"
    spec = importlib.util.spec_from_file_location("figure_server", path)
    assert spec
    assert spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["figure_server"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    module.bomb(), module.gzip_bomb()  # made once, and not in a second
    with module.FigureServer(slow=30) as server:
        yield server
    del sys.modules["figure_server"]


@pytest.fixture
def make(figure_server: Any, tmp_path: Path) -> Iterator[Any]:
    figure_server.reset()
    mirrors = (("https://figures/", figure_server.url("/")),)
    settings = FigureSettings(mirrors=mirrors)
    network = NetworkSettings(
        mirrors=mirrors, timeout=0.5, total=1.0, retries=2, backoff=0.01, max_bytes=5_000_000
    )
    fetcher = HttpFetcher(network)
    shop = Workshop(Cache(tmp_path), Silent(), fetcher, InProcess())

    def make(path: str) -> Figure | Lost:
        request = Request(f"https://figures/{path}", ())
        return prepare([request], settings, shop)[request]

    yield make
    fetcher.close()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.webp", "image/jpeg"),
        ("a.gif", "image/png"),
        ("a.avif", "image/jpeg"),
        ("a.svg", "image/png"),
        ("641", ""),
        ("wrong-type/a.jpg", "image/png"),
        ("octet/a.jpg", "image/jpeg"),
        ("no-type/a.jpg", "image/jpeg"),
        ("500-twice/a.jpg", "image/jpeg"),
        ("429/a.jpg", "image/jpeg"),
        ("redirect/3/a.jpg", "image/jpeg"),
        ("referer/a.jpg", "image/jpeg"),
        ("ua/a.jpg", "image/jpeg"),
        ("svg-script/a.svg", "image/png"),
        ("cmyk/a.jpg", "image/jpeg"),
        ("exif/a.jpg", "image/jpeg"),
        ("anim/a.gif", "image/png"),
        ("anim/a.webp", "image/jpeg"),
        ("anim/a.png", "image/png"),
        ("16bit/a.png", "image/png"),
    ],
)
def test_figures(make: Any, path: str, media_type: str) -> None:
    figure = make(path)
    assert isinstance(figure, Figure), figure
    assert figure.media_type in {media_type or "image/jpeg", media_type or "image/png"}


@pytest.mark.parametrize(
    ("path", "code", "requests"),
    [
        ("404/a.jpg", "not-found", 1),
        ("403/a.jpg", "denied", 1),
        ("500/a.jpg", "server-error", 3),
        ("html/a.jpg", "web-page", 1),
        ("empty/a.jpg", "empty", 1),
        ("truncated/a.jpg", "unreachable", 3),
        ("slow/a.jpg", "timeout", 2),
        ("hang/a.jpg", "timeout", 2),
        ("huge/a.jpg", "too-large", 1),
        ("bomb/a.png", "too-many-pixels", 1),
        ("gzip-bomb/a.jpg", "too-large", 1),
        ("redirect-loop/a.jpg", "redirects", 6),
        ("redirect-private/a.jpg", "refused", 1),
        ("redirect-private/lan/a.jpg", "refused", 1),
        ("svg-xxe/a.svg", "broken", 1),
    ],
)
def test_lost(make: Any, figure_server: Any, path: str, code: str, requests: int) -> None:
    lost = make(path)
    assert isinstance(lost, Lost)
    assert lost.code == code
    assert lost.message
    assert len(figure_server.log()) == requests


def test_a_server_that_is_never_ready(make: Any, figure_server: Any) -> None:
    lost = make("429-always/a.jpg")
    assert isinstance(lost, Lost)
    assert lost.code == "server-error"
    assert len(figure_server.log()) == 3
