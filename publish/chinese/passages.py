"""Converts passages: paragraphs that come in pieces, and go home in the same pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from publish.chinese.converting import Converter
from publish.chinese.detecting import has_han, in_script, script_marks
from publish.chinese.literals import literals, mask, unmask
from publish.chinese.quotes import convert_quotes

_SEPARATOR = "\x1e"  # cannot stand in XML, nor in any word
_WORK = 400_000  # characters that finding the seams of one passage may convert

_clause = re.compile(r"[^\w]+|\w+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as the strings that make it up, in reading order."""

    pieces: tuple[str, ...]


def convert_passages(
    passages: Sequence[Passage], converter: Converter, script: str
) -> list[tuple[str, ...]]:
    """Return the pieces of each passage converted; as many pieces as there were.

    All passages go through OpenCC in one call. A passage that is already in the script, or is
    Japanese, comes back as it was.

    Args:
        passages: of one chapter.
        converter: what converts.
        script: "Hans" or "Hant", or "" for a conversion between regions.
    """
    texts = ["".join(passage.pieces).replace(_SEPARATOR, " ") for passage in passages]
    results = [passage.pieces for passage in passages]
    order = list(_wanted(texts, script))
    if not order:
        return results
    kept = [literals(texts[index], script) for index in order]
    masked = [mask(texts[index], spans) for index, spans in zip(order, kept, strict=True)]
    whole = converter.text(_SEPARATOR.join(masked))
    for index, spans, old, turned in zip(order, kept, masked, whole.split(_SEPARATOR), strict=True):
        new = convert_quotes(turned, script) if script else turned
        if new == old:
            continue
        seams = list(accumulate(map(len, passages[index].pieces), initial=0))
        if len(new) != len(old):
            seams = _seams(old, new, seams, converter)
        new = unmask(new, texts[index], spans)
        results[index] = tuple(new[start:end] for start, end in pairwise(seams))
    return results


def _wanted(texts: Sequence[str], script: str) -> Iterable[int]:
    """Yield the numbers of the passages that hold Han and are not in the script already."""
    own = script_marks(script)
    suspect = not own.isdisjoint("".join(texts))
    for index, text in enumerate(texts):
        if not has_han(text):
            continue
        if suspect and not own.isdisjoint(text) and in_script(text, script, margin=4):
            continue
        yield index


def _seams(old: str, new: str, seams: list[int], converter: Converter) -> list[int]:
    """Return where the pieces of a passage whose length changed begin and end.

    Clauses are converted one by one: a clause of unchanged length keeps its seams, and in another
    a seam goes where the conversion of what precedes it in the clause ends.
    """
    inner = sorted({seam for seam in seams if 0 < seam < len(old)})
    if not inner:
        return [0 if seam == 0 else len(new) for seam in seams]
    clauses = [match[0] for match in _clause.finditer(old)]
    turned = converter.text(_SEPARATOR.join(clauses)).split(_SEPARATOR)
    if sum(map(len, turned)) != len(new):  # a phrase ran over a mark
        clauses, turned = [old], [new]
    moved: dict[int, int] = {0: 0, len(old): len(new)}
    budget = _WORK
    old_at = new_at = number = 0
    for before, after in zip(clauses, turned, strict=True):
        while number < len(inner) and inner[number] <= old_at + len(before):
            offset = inner[number] - old_at
            if len(before) != len(after) and 0 < offset < len(before):
                budget -= offset
                cut = len(converter.text(before[:offset])) if budget > 0 else offset
                moved[inner[number]] = new_at + min(cut, len(after))
            else:
                moved[inner[number]] = new_at + min(offset, len(after))
                if offset == len(before):
                    moved[inner[number]] = new_at + len(after)
            number += 1
        old_at += len(before)
        new_at += len(after)
    placed = [moved[seam] for seam in seams]
    return list(accumulate(placed, max))
