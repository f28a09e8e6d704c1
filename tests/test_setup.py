"""The set-up: scripts, pins, what the wheel holds, and what no file may name."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
SCRIPTS = ("scripts/publish", "scripts/test", "scripts/check", "scripts/lock", ".ci/run")


def run(
    *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


# ---- Pins


def pins(lock: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Return the requirement and the hashes of each package in a lock, by canonical name."""
    entries = (ROOT / lock).read_text("ascii").replace("\\\n", " ").splitlines()
    read = {}
    for entry in entries:
        wanted, *hashes = entry.split(" --hash=")
        requirement = Requirement(wanted)
        read[canonicalize_name(requirement.name)] = (requirement, [h.strip() for h in hashes])
    return read


def version(pin: Requirement) -> str:
    assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
    return str(pin.specifier).removeprefix("==")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("ascii")
    assert "//" not in text
    assert not re.search(r"^\s*(-[a-z]|--(?!hash=))", text, re.MULTILINE)
    for requirement, hashes in pins(lock).values():
        assert requirement.url is None
        assert version(requirement)
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (LOCKS[0], PROJECT["project"]["dependencies"]),
        (LOCKS[1], PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_a_lock_pins_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, wanted):
        pin, _ = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version(pin)), f"{requirement}: {pin}"


def test_the_tests_run_with_the_packages_that_users_get() -> None:
    developers = pins(LOCKS[1])
    for name, (pin, hashes) in pins(LOCKS[0]).items():
        other, more = developers[name]
        assert version(other) == version(pin)
        assert more == hashes


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_whole(lock: str) -> None:
    """Packages are installed without asking what they need: the lock must hold it all."""
    pinned = pins(lock)
    for name, (pin, _) in pinned.items():
        if pin.marker and not pin.marker.evaluate():
            continue
        for line in importlib.metadata.requires(name) or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                held, _ = pinned[canonicalize_name(needed.name)]
                assert needed.specifier.contains(version(held), prereleases=True), (name, line)


@pytest.mark.parametrize("lock", LOCKS)
def test_what_runs_here_is_what_the_lock_pins(lock: str) -> None:
    here = {
        name: importlib.metadata.version(name)
        for name, (pin, _) in pins(lock).items()
        if pin.marker is None or pin.marker.evaluate()
    }
    assert here == {name: version(pin) for name, (pin, _) in pins(lock).items() if name in here}


def test_what_npm_installs_is_pinned_and_has_no_address() -> None:
    folder = ROOT / "tests/reader"
    asked = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    text = (folder / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert packages.pop("")["dependencies"] == asked
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    for package in packages.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+[\w.-]*", package["version"])
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


# ---- Scripts


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_can_be_run_by_any_posix_shell(name: str) -> None:
    path = ROOT / name
    assert os.access(path, os.X_OK)
    assert path.read_text("utf-8").startswith("#!/bin/sh\n")
    assert run("sh", "-n", path).stderr == ""


def test_continuous_integration_runs_what_the_readme_names() -> None:
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    assert told == ['exec "$(dirname -- "$0")/../scripts/test"']
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "scripts/test" in readme
    assert "scripts/publish build" in readme


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose set-up is done, and whose Python only tells how it was called."""
    root = tmp_path / "a checkout"
    for name in ("scripts/publish", "scripts/setup.sh", "scripts/needs.py", LOCKS[0]):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    tell = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]))"
    python.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{tell}' \"$@\"\n", "utf-8")
    python.chmod(0o755)
    stamp(root, root / "publish.toml")
    return root


def stamp(root: Path, *paths: Path) -> None:
    for path in paths:
        path.touch()
    digest = shell(root, "lock=$root/requirements.lock; digest").stdout
    listed = "".join(f"{path}\n" for path in paths)
    (root / ".venv/.set-up-run").write_text(digest + listed, "utf-8")


def shell(root: Path, words: str) -> subprocess.CompletedProcess[str]:
    script = f'root=$1; . "$1/scripts/setup.sh"; {words}'
    return run("sh", "-u", "-c", script, "sh", root)


def test_publish_passes_everything_on(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    (elsewhere / "link").symlink_to(checkout / "scripts/publish")
    (tmp_path / "relative").symlink_to("else where/link")
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHOME": "/nowhere"}
    words = ["epub", "a b", "", "*", '"', "-o", "x.epub"]
    for script in (checkout / "scripts/publish", tmp_path / "relative"):
        told = run(script, *words, cwd=elsewhere, env=env)
        assert told.stderr == ""
        arguments, folder, seen = json.loads(told.stdout)
        assert arguments == ["-P", "-m", "publish", *words]
        assert Path(folder) == elsewhere
        assert seen["PYTHONPATH"] == str(checkout)
        assert "PYTHONDONTWRITEBYTECODE" not in seen


def test_publish_says_nothing_and_gives_the_status_of_the_program(checkout: Path) -> None:
    (checkout / ".venv/bin/python").write_text("#!/bin/sh\nexit 7\n", "utf-8")
    told = run(checkout / "scripts/publish", "build")
    assert (told.returncode, told.stdout, told.stderr) == (7, "", "")


def test_a_stamp_holds_until_pins_rules_or_files_change(checkout: Path) -> None:
    def holds() -> bool:
        words = "lock=$root/requirements.lock; is_set_up run"
        return shell(checkout, words).returncode == 0

    assert holds()
    for name in (LOCKS[0], "scripts/setup.sh", "scripts/needs.py"):
        kept = (checkout / name).read_bytes()
        (checkout / name).write_bytes(kept + b"# more\n")
        assert not holds()
        (checkout / name).write_bytes(kept)
        assert holds()
    (checkout / "publish.toml").unlink()  # stands for a library or a font
    assert not holds()
    stamp(checkout, checkout / "publish.toml")
    assert holds()
    (checkout / ".venv/.unfinished").touch()
    assert not holds()
    (checkout / ".venv/.unfinished").unlink()
    (checkout / ".venv/bin/python").unlink()
    assert not holds()


def commands(folder: Path, *names: str) -> str:
    """Make a folder with these commands of the system alone, for a PATH."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


BASICS = ("sh", "dirname", "readlink", "cat", "cksum", "uname", "id", "mkdir", "ls", "rm", "sed")


def test_without_python_the_set_up_says_what_to_run(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv/.set-up-run").unlink()
    path = commands(tmp_path / "bin", *BASICS)
    told = run(checkout / "scripts/publish", "build", env={"PATH": path})
    assert told.returncode == 3
    assert told.stdout == ""
    first, second = told.stderr.splitlines()
    assert first == "publish: cannot set up: Python 3.11 or newer is needed"
    assert "python3" in second


def test_commands_to_run_are_those_that_this_user_can_give(checkout: Path, tmp_path: Path) -> None:
    path = commands(tmp_path / "bin", "sh", "sed", "uname", "mkdir")
    for name, words in (("id", "echo $who"), ("apt-get", "")):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{words}\n", "utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    plain = "apt-get update && apt-get install a b"

    def told(who: str) -> str:
        script = f'PATH={path}; who={who}; export who; by_hand "a b"'
        return shell(checkout, script).stdout.rstrip("\n")

    assert told("0") == plain
    assert told("1000") == f"su -c '{plain}'"
    (tmp_path / "bin/sudo").symlink_to("id")
    assert told("1000") == "sudo apt-get update && sudo apt-get install a b"


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work", "utf-8")
    env = {**os.environ, "PUBLISH_VENV": f"{tmp_path}/"}
    told = run(ROOT / "scripts/publish", "build", env=env)
    assert told.returncode == 3
    assert "is not a virtual environment" in told.stderr
    assert precious.read_text("utf-8") == "years of work"


def test_packages_of_npm_are_installed_once_where_they_can_be(
    checkout: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "tests/reader", checkout / "tests/reader")
    path = commands(tmp_path / "bin", *BASICS, "cmp", "cp", "mv")

    def told(status: int) -> str:
        words = f"PATH={path}; status={status}; export status; pins_of test; install_readers"
        done = shell(checkout, words)
        assert done.returncode == 0
        return done.stderr

    assert told(0) == ""  # neither Node nor a browser
    for name in ("node", "npm", "chromium"):
        (tmp_path / "bin" / name).write_text('#!/bin/sh\nmkdir node_modules; exit "$status"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    readers = checkout / ".venv/readers"
    assert "tests that need them are skipped" in told(1)
    assert not readers.exists()
    assert told(0) == "publish: installing the packages of tests/reader\n"
    assert {path.name for path in readers.iterdir()} == {
        "node_modules",
        "package.json",
        "package-lock.json",
    }
    assert told(1) == ""  # they are there
    with (checkout / "tests/reader/package-lock.json").open("a") as lock:
        lock.write("\n")
    assert told(0) == "publish: installing the packages of tests/reader\n"


# ---- What the system must have


def answers(*arguments: str) -> list[tuple[str, str]]:
    script = ROOT / "scripts/needs.py"
    told = run(sys.executable, "-I", "-S", script, *arguments)
    assert told.stderr == ""
    return [(kind, name) for kind, _, name in (line.partition(" ") for line in _lines(told))]


def _lines(told: subprocess.CompletedProcess[str]) -> list[str]:
    return told.stdout.splitlines()


def test_this_machine_has_all_that_is_needed() -> None:
    told = answers("none", "test")
    assert [name for kind, name in told if kind in {"lack", "need"}] == []
    found = [Path(name) for kind, name in told if kind == "have"]
    assert found
    assert all(path.exists() for path in found)


@pytest.mark.parametrize(
    ("manager", "needed", "wanted"),
    [
        ("apt", {"fonts-noto-cjk"}, {"fonts-lxgw-wenkai", "fonts-hanazono", "fonts-symbola"}),
        (
            "brew",
            {
                f"font-noto-{style}-cjk-{r}"
                for style in ("serif", "sans")
                for r in ("sc", "tc", "hk")
            },
            {"font-lxgw-wenkai", "font-gnu-unifont"},
        ),
        ("pacman", {"noto-fonts-cjk"}, set()),
        ("none", set(), set()),
    ],
)
def test_packages_are_named_for_fonts_that_are_missing(
    manager: str, needed: set[str], wanted: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import needs

    told = list(needs.fonts(manager, needs.families(), {}))
    assert {name for kind, name in told if kind == "need"} == needed
    assert {name for kind, name in told if kind == "want"} == wanted
    assert [name for kind, name in told if kind == "lack"] == [
        "a 宋 (serif) font for SC, TC, HK",
        "a 黑 (sans) font for SC, TC, HK",
    ]
    file = {"NotoSerifCJK-Regular.ttc": "/s.ttc", "NotoSansCJK-Regular.ttc": "/h.ttc"}
    told = list(needs.fonts(manager, needs.families(), file))
    assert {name for kind, name in told if kind == "have"} == {"/s.ttc", "/h.ttc"}
    assert not [name for kind, name in told if kind in {"lack", "need"}]


def test_every_program_that_a_test_looks_for_is_installed_for_it() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    programs = set(re.findall(r'which\("([\w.-]+)"\)', sources))
    named = set(re.findall(r'Tool\(\s*"(\w+)"', (ROOT / "scripts/needs.py").read_text("utf-8")))
    assert programs - {"git"} <= named  # git: only where the checkout is a clone


# ---- What is handed on


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a wheel and a source archive."""
    folder = tmp_path_factory.mktemp("dist")
    told = run(sys.executable, "-m", "hatchling", "build", "-d", folder)
    assert told.returncode == 0, told.stderr
    return folder


def test_the_wheel_brings_layouts_and_the_font_catalogue(built: Path, tmp_path: Path) -> None:
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path)
    for folder in ("layouts", "fonts"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                shared = Path("publish/_share", folder, path.relative_to(ROOT / folder))
                assert shared.as_posix() in names
    assert "publish/_share/fonts/catalog.toml" in names
    assert any(name.startswith("publish/_share/layouts/classic/") for name in names)
    [licence] = (name for name in names if name.endswith(".dist-info/licenses/LICENSE"))
    assert (tmp_path / licence).read_bytes() == (ROOT / "LICENSE").read_bytes()

    code = "from publish.share import shared_folder as f; print(f('layouts')); print(f('fonts'))"
    told = run(
        sys.executable, "-P", "-c", code, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    share = tmp_path / "publish/_share"
    assert told.stdout.splitlines() == [str(share / "layouts"), str(share / "fonts")]


def test_a_wheel_can_be_made_of_the_source_archive(built: Path, tmp_path: Path) -> None:
    [source] = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        # Not as an argument: Python 3.11.2, of Debian 12, has none.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    told = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out", cwd=folder)
    assert told.returncode == 0, told.stderr
    [again] = (folder / "out").glob("*.whl")
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


# ---- What no file may name


def tracked() -> list[Path]:
    """Return the files of this checkout; those that git knows or would, where there is git."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        told = run("git", "ls-files", "-co", "--exclude-standard", "-z")
        assert told.returncode == 0, told.stderr
        return [ROOT / name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]
    made = {"__pycache__", "books", "build", "dist"}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(
            part in made or (part.startswith(".") and part != ".ci")
            for part in path.relative_to(ROOT).parts[:-1]
        )
    ]


def test_no_file_names_a_machine_or_a_registry() -> None:
    hosts = [("pypi", "org"), ("pythonhosted", "org"), ("debian", "org"), ("npmjs", "org")]
    named = "|".join(re.escape(".".join(host)) for host in hosts)
    places = {str(ROOT), str(Path.home())} - {"/", "/root"}
    here = "|".join(rf"{re.escape(place)}\b" for place in sorted(places))
    forbidden = re.compile(rf"{here}|\b(?:{named})\b|(?<![\w.])/(?:work|root|tmp/[a-z]+)/")
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in forbidden.finditer(text)]
    assert found == []
