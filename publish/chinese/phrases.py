"""Reads phrase files: words of the user's that win over the dictionaries."""

from __future__ import annotations

from publish.diagnostics import Diagnostic, Place, error, note, warning


def read_phrases(
    text: str, shown: str
) -> tuple[tuple[tuple[str, str], ...], tuple[Diagnostic, ...]]:
    """Return the (source, target) pairs of a phrase file, and what is wrong with it.

    The form is that of OpenCC's dictionaries: a line holds the source, a tab, and the target; of
    several targets parted by spaces the first counts. ``#`` begins a comment line.

    Args:
        text: the file's text.
        shown: the file's name in messages.
    """
    pairs: dict[str, str] = {}
    findings: list[Diagnostic] = []
    form = "a line is: source, a tab, target"
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        row = line.rstrip("\r")
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        source, tab, rest = row.partition("\t")
        source = source.strip()
        fault = _fault(source, tab, rest)
        if fault:
            text_of = f"{row.strip()!r} has {fault}"
            findings.append(error("phrase-form", text_of, Place(shown, number), form))
            continue
        target, *more = rest.replace("\t", " ").split()
        if more:
            text_of = f"of the {len(more) + 1} targets of {source!r} the first is used: {target!r}"
            findings.append(note("phrase-choice", text_of, Place(shown, number)))
        if pairs.get(source, target) != target:
            again = f"{source!r} stands twice; {target!r} wins over {pairs[source]!r}"
            findings.append(warning("phrase-twice", again, Place(shown, number)))
        pairs[source] = target
    return tuple(pairs.items()), tuple(findings)


def _fault(source: str, tab: str, rest: str) -> str:
    if not tab:
        return "no tab"
    if not source:
        return "no source"
    if not rest.strip():
        return "no target"
    return (
        "" if (source + rest.replace("\t", "")).isprintable() else "a character that does not print"
    )
