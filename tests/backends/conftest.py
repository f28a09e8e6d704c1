"""What the tests of backends share."""

from __future__ import annotations

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
