"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The archives and tools that stand beside the repository, if they do."""
    path = Path(os.environ.get("PUBLISH_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip("the shared corpora and tools are not beside the repository")
    return path


@pytest.fixture(autouse=True)
def _no_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the caller has set away from the tests."""
    for name in list(os.environ):
        if (name.startswith("PUBLISH_") and name != "PUBLISH_SHARED") or name in {
            "SOURCE_DATE_EPOCH",
            "NO_COLOR",
            "FORCE_COLOR",
        }:
            monkeypatch.delenv(name)
