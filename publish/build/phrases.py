"""The phrases of editions, and the configurations they are converted by: read and checked."""

from __future__ import annotations

from publish.config import BookSettings, EditionSettings, Loaded, suggestion
from publish.diagnostics import Severity, UsageError, error
from publish.workshop import Workshop


def read_phrases(
    books: tuple[BookSettings, ...], loaded: Loaded, shop: Workshop
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Read the phrase files of the editions, and check what they are converted by.

    Raises:
        UsageError: a file is missing or has lines that are no phrases; OpenCC has no such
            configuration.
    """
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for edition in {edition.name: edition for book in books for edition in book.editions}.values():
        if edition.convert:
            _check_convert(edition, loaded)
        pairs: dict[str, str] = {}
        for name in edition.phrases:
            pairs |= _phrase_file(edition, name, loaded, shop)
        found[edition.name] = tuple(pairs.items())
    return found


def _check_convert(edition: EditionSettings, loaded: Loaded) -> None:
    from publish import chinese

    if not chinese.is_configuration(edition.convert):
        raise UsageError(
            error(
                "convert-unknown",
                f"OpenCC has no configuration {edition.convert!r}",
                loaded.place(("editions", edition.name, "convert")),
                suggestion(edition.convert, chinese.CONFIGURATIONS),
            )
        )


def _phrase_file(
    edition: EditionSettings, name: str, loaded: Loaded, shop: Workshop
) -> dict[str, str]:
    from publish import chinese

    path = loaded.root / name
    where = loaded.place(("editions", edition.name, "phrases"))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fault = error("phrases-unreadable", f"{name} is not UTF-8", where)
        raise UsageError(fault) from None
    except OSError as problem:
        fault = error("phrases-unreadable", f"cannot read {name}: {problem.strerror}", where)
        raise UsageError(fault) from None
    read, findings = chinese.read_phrases(text, name)
    shop.report(*(one for one in findings if one.severity is not Severity.ERROR))
    if faults := [one for one in findings if one.severity is Severity.ERROR]:
        raise UsageError(*faults)
    return dict(read)
