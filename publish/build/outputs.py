"""Where books go: names of files, collisions, and the whole file or none."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from publish.config import SOURCE, BookSettings, EditionSettings
from publish.diagnostics import Diagnostic, Place, UsageError, error
from publish.model import HORIZONTAL, Manuscript

BUFFER = 1 << 20  # bytes: books are written in many small pieces
_KINDS = {".epub": b"PK\x03\x04", ".pdf": b"%PDF"}


@dataclass(frozen=True, slots=True)
class Output:
    """One file to be made: a manuscript, in an edition, by a backend, laid out."""

    manuscript: Manuscript
    book: BookSettings
    edition: EditionSettings
    backend: str
    layout: str
    path: Path
    paged: bool = False  # whether it is an EPUB with the page list of its PDF
    writing: str = HORIZONTAL  # as asked for: see `plan.writing`


def stem(manuscript: Manuscript, book: BookSettings, edition: EditionSettings) -> str:
    """Return the file name of a book without its suffix.

    Raises:
        UsageError: the template in ``output`` has a placeholder that means nothing.
    """
    several = len(book.editions) > 1
    if book.output:
        base = manuscript.name.removeprefix(book.name).strip("-")
        values = {"name": book.name or manuscript.name, "group": base, "edition": edition.name}
        try:
            name = book.output.format_map(values)
        except (KeyError, ValueError, IndexError, AttributeError):
            raise UsageError(
                error(
                    "output-placeholder",
                    f"output {book.output!r} has a placeholder that means nothing",
                    help="{name}, {group} and {edition} may be used",
                )
            ) from None
        return name
    return f"{manuscript.name}.{edition.name}" if several else manuscript.name


def check(outputs: Iterable[Output], sources: Iterable[Path]) -> None:
    """Refuse file names that collide with each other or with the sources.

    Raises:
        UsageError: naming every collision, before any work has begun.
    """
    findings: list[Diagnostic] = []
    taken: dict[str, Output] = {}
    forbidden = {str(path) for path in sources}
    for output in outputs:
        key = unicodedata.normalize("NFC", str(output.path)).casefold()
        if key in taken:
            findings.append(_collision(output, taken[key]))
        taken.setdefault(key, output)
        if str(output.path) in forbidden or not is_ours(output.path):
            findings.append(
                error(
                    "output-refused",
                    "there is another kind of file here, and it is not overwritten",
                    Place(str(output.path)),
                    "choose another name with -o",
                )
            )
    if findings:
        raise UsageError(*findings)


def _collision(one: Output, other: Output) -> Diagnostic:
    return error(
        "output-collision",
        f"{_name(one)} and {_name(other)} would both be written to this file",
        Place(str(one.path)),
        "give the books other names, or put {group} and {edition} into output",
    )


def _name(output: Output) -> str:
    edition = "" if output.edition.name == SOURCE else f" ({output.edition.name})"
    return f"{output.manuscript.title!r}{edition}"


def is_ours(path: Path) -> bool:
    """Tell whether a path is free, or holds a file of the kind we would write there."""
    if not path.exists():
        return True
    kind = _KINDS.get(path.suffix.lower())
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(4)
    return not head or kind is None or head == kind


@contextlib.contextmanager
def whole(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Give a file that becomes ``path`` when all went well: the new book, or still the old one.

    ``durable`` waits for the disk, so that this holds when the power fails, too.
    """
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with os.fdopen(handle, "w+b", BUFFER) as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
