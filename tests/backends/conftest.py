"""What the tests of backends share."""

from __future__ import annotations

from pathlib import Path

import editions
import pytest
from pdfs import need_faces

from publish.workshop import Workshop


@pytest.fixture(scope="session")
def faces() -> None:
    """Skip where no Chinese fonts are installed."""
    need_faces()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A workshop for the tests of a file."""
    return editions.workshop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one article in ``content``, as the current folder, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/one.md").write_text("---\ntitle: 甲\n---\n字。\n", "utf-8")
    return tmp_path
