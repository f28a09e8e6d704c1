"""What files gave is kept by their bytes: nothing of it differs, and no change is missed."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_content_properties import BODIES, FIELDS, KNOWN, VALUES, as_yaml
from test_content_torture import torture  # noqa: F401 (a fixture)

from publish import content
from publish.cache import Cache
from publish.content import articles, keeping, sections
from publish.model import Archive

FILES = {
    "plain.md": "# 题\n\n正文。\n",
    "offset.md": "---\ndate: 2024-03-05 08:00:00.25 +08:00\nupdated: 2024-03-06\n---\n正文。\n",
    "extra.md": "---\ntitle: 甲\na: [1, 1.5, no, ~, '1', {b: 2024-01-01}]\nweight: 3\n---\n正。\n",
    "windows.md": "---\r\ntitle: 乙\r\n---\r\n第一行。\r\n第二行。\r\n",
    "marked.md": "\ufeff---\ntitle: 丙\n---\n正\x07文。\n",
    "toml.md": '+++\ntitle = "丁"\ntags = ["a", "b"]\n+++\n正文。\n',
    "page.html": "<html><head><title>页</title></head><body><p>正文。</p></body></html>",
    "draft.md": "---\ndraft: true\n---\n正文。\n",
    "blank.md": "---\ntitle: 空\n---\n\n",
    "empty.md": "",
    "broken.md": "+++\ntitle =\n+++\n正文。\n",
    "part/_index.md": "---\ntitle: 部\nweight: 2\ncascade: {a: 1}\n---\n栏目介绍。\n",
    "part/_index.en.md": "---\ntitle: Part\n---\n",
    "part/a.md": "正文。\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


@pytest.fixture
def store(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def read(root: Path, store: Cache | None, **given: Any) -> Archive:
    return content.read_all([root], store=store, **given)


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file be read anew."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("read anew")

    monkeypatch.setattr(articles, "read", never)
    monkeypatch.setattr(sections, "read", never)


def test_nothing_differs_and_nothing_is_read_anew(
    folder: Path, store: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = read(folder, None)
    assert len(plain.articles) == 8
    assert repr(read(folder, store)) == repr(plain)
    refuse(monkeypatch)
    assert repr(read(folder, store)) == repr(plain)


def test_the_torture_archives_too(torture: Path, store: Cache) -> None:  # noqa: F811
    for group in sorted(path for path in torture.iterdir() if path.is_dir()):
        plain = repr(read(group, None))
        assert [repr(read(group, store)) for _ in range(2)] == [plain, plain]


@given(FIELDS | st.dictionaries(st.sampled_from(KNOWN), VALUES), BODIES)
def test_any_fields(fields: dict[str, Any], body: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, "a")
        root.mkdir()
        (root / "a.md").write_text(as_yaml({"id": 1} | fields) + "字" + body, "utf-8")
        kept = Cache(Path(name, "cache"))
        found = [repr(read(root, store)) for store in (None, kept, kept)]
    assert found[1:] == found[:1] * 2


def test_an_edit_of_the_same_size_and_date_is_seen(folder: Path, store: Cache) -> None:
    path = folder / "plain.md"
    read(folder, store)
    before = path.stat()
    path.write_text("# 目\n\n正字。\n", "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    [made] = [one for one in read(folder, store).articles if one.id == "plain.md"]
    assert (made.title, made.body) == ("目", "# 目\n\n正字。\n")


def test_only_what_changed_is_read_anew(
    folder: Path, store: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(folder, store)
    refuse(monkeypatch)
    (folder / "toml.md").write_text("新的。\n", "utf-8")
    with pytest.raises(AssertionError, match="read anew"):
        read(folder, store)
    (folder / "toml.md").unlink()
    assert "toml.md" not in [one.id for one in read(folder, store).articles]


def test_what_a_place_tells_is_seen(folder: Path, store: Cache) -> None:
    read(folder, store)
    (folder / "part").rename(folder / "en")
    (folder / "plain.md").rename(folder / "_drafts.md")
    assert repr(read(folder, store)) == repr(read(folder, None))
    assert repr(read(folder, store, drafts=True)) == repr(read(folder, None, drafts=True))
    (folder / "SUMMARY.md").write_text("# 书\n\n# 上\n\n- [首](toml.md)\n", "utf-8")
    assert repr(read(folder, store)) == repr(read(folder, None))


def test_another_program_reads_anew(
    folder: Path, store: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(folder, store)
    refuse(monkeypatch)
    monkeypatch.setattr(keeping.share, "program", lambda: "another")
    with pytest.raises(AssertionError, match="read anew"):
        read(folder, store)


@pytest.mark.parametrize("torn", [b"", b"nothing", None])
def test_what_is_torn_is_read_anew(folder: Path, store: Cache, torn: bytes | None) -> None:
    plain = repr(read(folder, store))
    [entry] = [path for path in (store.root / keeping.STAGE).rglob("*") if path.is_file()]
    if torn is None:
        store.put(keeping.STAGE, entry.parent.name + entry.name, b'{"a": 1}')
    else:
        entry.write_bytes(torn)
    assert repr(read(folder, store)) == plain


@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_a_folder_whose_name_is_not_utf8(tmp_path: Path, store: Cache) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    root.mkdir()
    (root / "a.md").write_text("正文。\n", "utf-8")
    found = [repr(read(root, store)) for store in (None, store, store)]
    assert found[1:] == found[:1] * 2
