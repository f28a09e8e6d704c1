"""EPUBCheck for tests: one Java machine for the whole run, so that only the first book is slow.

Where Java has no compiler for its source launcher (a runtime without the JDK), each book starts
a machine of its own. The jar is that of the package ``epubcheck`` of the development group; this
module takes its name while tests run.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import pytest

_SERVER = """
import com.adobe.epubcheck.tool.EpubChecker;
import java.io.*;
public class Many {
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err);
    BufferedReader books = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line; (line = books.readLine()) != null;) {
      String[] paths = line.split("\\t");
      int status = new EpubChecker().run(
          new String[] {paths[0], "--json", paths[1], "--usage", "--locale", "en"});
      answers.println(status);
      answers.flush();
    }
  }
}
"""
_JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8")
_SEVERITIES = ("FATAL", "ERROR", "WARNING", "INFO", "USAGE")


@dataclass(frozen=True)
class Report:
    """What EPUBCheck says of one book."""

    book: str
    fatals: int
    errors: int
    warnings: int
    infos: int
    usages: int
    messages: tuple[str, ...] = field(default=())  # "ERROR RSC-005 text/a.xhtml:3: …"; no usages

    @property
    def clean(self) -> bool:
        """Tell whether there is not even an info."""
        return not (self.fatals or self.errors or self.warnings or self.infos)

    def __str__(self) -> str:
        counts = f"{self.fatals}/{self.errors}/{self.warnings}/{self.infos}"
        return "\n  ".join((f"{self.book}: {counts}", *self.messages))


def check_book(book: Path) -> Report:
    """Check one book."""
    return check_books([book])[0]


def check_books(books: Iterable[Path]) -> list[Report]:
    """Check books, in one Java machine if possible; skip the test where there is no Java."""
    if shutil.which("java") is None:
        pytest.skip("EPUBCheck needs Java")
    return [_report(book, _run(book)) for book in books]


def _run(book: Path) -> str:
    handle, name = tempfile.mkstemp(suffix=".json")
    os.close(handle)
    answer = Path(name)
    try:
        server = _server()
        if server is not None:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(f"{book.resolve()}\t{answer}\n".encode())
            server.stdin.flush()
            assert server.stdout.readline(), "EPUBCheck has died"
        else:
            words = [str(book), "--json", name, "--usage", "--locale", "en"]
            subprocess.run(_java("-jar", str(_jar()), *words), capture_output=True)
        return answer.read_text(encoding="utf-8")
    finally:
        answer.unlink(missing_ok=True)


def _report(book: Path, text: str) -> Report:
    counts = dict.fromkeys(_SEVERITIES, 0)
    lines = []
    for message in json.loads(text)["messages"]:
        severity = message["severity"]
        if severity not in counts:  # suppressed
            continue
        places = message["locations"] or [{"path": "", "line": 0}]
        counts[severity] += len(places) + message.get("additionalLocations", 0)
        if severity != "USAGE":
            lines += [
                f"{severity} {message['ID']} {p['path']}:{p['line']}: {message['message']}"
                for p in places
            ]
    return Report(str(book), *(counts[name] for name in _SEVERITIES), tuple(lines))


@cache
def _server() -> subprocess.Popen[bytes] | None:
    """Start the machine that checks book after book, or return None where Java cannot compile."""
    listed = subprocess.run(["java", "--list-modules"], capture_output=True, text=True)
    if "jdk.compiler" not in listed.stdout:
        return None
    folder = Path(tempfile.mkdtemp())
    source = folder / "Many.java"
    source.write_text(_SERVER, encoding="utf-8")
    classes = os.pathsep.join((str(_jar()), str(_jar().parent / "lib" / "*")))
    server = subprocess.Popen(
        _java("-cp", classes, str(source)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    def stop() -> None:
        server.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return server


def _java(*words: str) -> Sequence[str]:
    return ["java", *_JAVA, *words]


def _jar() -> Path:
    return Path(str(distribution("epubcheck").locate_file("epubcheck/epubcheck.jar")))
