"""Versions and plug-ins, as importlib.metadata tells them."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from publish import installed


def test_versions_are_those_of_the_metadata() -> None:
    names = {one.metadata["Name"] for one in metadata.distributions()}
    assert {"weasyprint", "PyYAML"} <= names
    for name in names:
        assert installed.version(name) == metadata.version(name)
    assert installed.version("python_frontmatter") == installed.version("Python-Frontmatter")


def test_what_is_not_installed() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        installed.version("nobody-would-call-it-so")
    with pytest.raises(metadata.PackageNotFoundError):
        installed.version("weasy")


def record(folder: Path, name: str, file: str, points: str = "") -> None:
    (folder / name).mkdir()
    (folder / name / file).write_text("Metadata-Version: 2.1\nName: old-one\nVersion: 1.5\n")
    if points:
        (folder / name / "entry_points.txt").write_text(points)


def test_the_first_folder_of_the_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, "pyyaml-0.5.dist-info", "METADATA")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert installed.version("PyYAML") == "0.5"


def test_records_of_older_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, "old_one.egg-info", "PKG-INFO", "[publish.layouts]\nnew = json\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert installed.version("old-one") == "1.5"
    assert [point.name for point in installed.plugins("publish.layouts")] == ["new"]


def test_plug_ins_are_those_of_the_metadata() -> None:
    groups = metadata.entry_points().groups
    assert "console_scripts" in groups
    for group in (*groups, "publish.nothing"):
        assert {*installed.plugins(group)} == {*metadata.entry_points(group=group)}
