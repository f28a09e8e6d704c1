"""Cuts text into tokens: what is shaped and moved as one, and between which lines may break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from itertools import count, pairwise, repeat
from typing import NamedTuple

from publish.lines.kinds import ATTACHED, HAN, LATIN, MARKS, QUOTES, SOFT, UNSEEN, Kind

LONG = 24  # letters: no word is longer, so lines may break in what is
ADDRESS = 16  # letters from which what holds marks is read as an address or identifier
NAME = 10  # letters from which the same, and what has humps, is cut at need
STEP = 4  # letters between the places where long pieces of addresses are cut at need

_TOKENS = re.compile(
    rf"(?P<dash>—{{2}}|⸺)|(?P<ellipsis>…{{1,2}}|⋯{{1,2}})|(?P<space> +)|(?P<tie>\u00a0+)"
    rf"|(?P<latin>[{LATIN}](?:[{LATIN}{ATTACHED}]|[’—](?=[{LATIN}]))*)"
    rf"|(?P<han>[{HAN}])|(?P<other>(?s:.))"
)
_KINDS = {
    "dash": Kind.DASH,
    "ellipsis": Kind.ELLIPSIS,
    "space": Kind.SPACE,
    "tie": Kind.TIE,
    "han": Kind.HAN,
}
_HANS = re.compile(rf"[{HAN}]+(?![{ATTACHED}])")
_ATTACHED = re.compile(rf"[{ATTACHED}]+")
_NUMBER = re.compile(r"[+±−-]?[$€£¥]?\d(?:[\d.,:/×–~-]*\d)?(?:%|‰|°C?|℃)?")
_UNIT = re.compile(
    r"(?:[kKMGTPmµμnd]?(?:B|b|bit|bps|Hz|W|Wh|V|A|J|Pa|L|l|g|m|s|mol|px)|[KMG]iB|°C?|%|‰|in|ft|pt|em"
    r"|[ckm]?m[²³23]|min|h)\b"
)
_ADDRESS = re.compile(rf"(?=.*[/?&=#._~@-]).{{{ADDRESS},}}|.*://.*")
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})[-\u2010\u2013—]+(?=[^\W\d_]{2})")
_HUMP = re.compile(
    r"(?<=[a-z\d]{2})(?=[A-Z][a-z])|(?<=[a-z]{3})(?=[A-Z]{2})|(?<=[A-Z]{3})(?=[A-Z][a-z]{2})"
)
_HUMPED = re.compile(  # identifiers, and no proper names such as JavaScript
    r"[(.]?[a-z]+[A-Z]|[A-Z]\w*[a-z][A-Z]\w*[a-z][A-Z]|(?=\w{14})[A-Z]\w*[a-z][A-Z]"
)
_PATH = re.compile(r".*://|(?=.*\d.*/|.*/.*/)")
_AFTER = re.compile(r"[/?&=#._%+~:@,\\-]+(?=\w)")
IN_WORDS = frozenset({Kind.WORD, Kind.NUMBER})
_WORDLIKE = re.compile(rf"[{LATIN}]")
_GAPS = re.compile(r"[^\W_]|[@#$%&+°]")  # what takes a gap beside Han
_SHUT_LEFT = re.compile(r"[!),;?\]}%’”]|[.:](?!\w)")  # Latin marks that may not begin a line
_SHUT_RIGHT = re.compile(r"[(\[{“‘]")  # and that may not end one


class Side(IntEnum):
    """What a token shows to the neighbour on that side."""

    PLAIN = 0
    LETTER = 1  # takes a gap beside Han; of a space: is typed instead of one
    SHUT = 2  # on the left: may not begin a line; on the right: may not end one
    CUT = 3  # a word goes on behind it, and the line may break here
    LETTERS = 4  # a word goes on behind it, and the line may break here at need
    GLUE = 5  # goes on behind it, unparted
    FINAL = 6  # a closing mark behind a full stop: the sentence ends here
    HYPHEN = 7  # a word goes on behind it, and the line may break here with a hyphen


class Role(IntEnum):
    """What a run of text is in its paragraph."""

    TEXT = 0
    NOTE = 1  # the call of a note: one token
    LEADER = 2  # what fills the line it stands on, between a title and its number: one token


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one make in a paragraph."""

    text: str
    role: Role = Role.TEXT


class Token(NamedTuple):
    """A piece of text that is shaped and moved as one. There are as many as characters."""

    text: str
    kind: Kind
    run: int = 0
    start: int = 0  # in the text of its run
    left: Side = Side.PLAIN
    right: Side = Side.PLAIN
    latin: bool = False  # holds quotation marks that belong to Latin text

    @property
    def end(self) -> int:
        """Where it ends in the text of its run."""
        return self.start + len(self.text)


def tokenise(runs: Sequence[Run]) -> tuple[Token, ...]:
    """Return the tokens of a paragraph; joined, their text is its text.

    No token spans two runs. Characters are seen in the context of the whole paragraph, so that
    rules hold across emphasis, links and notes.
    """
    whole = "".join(run.text for run in runs)
    quotes = _latin_quotes(whole) if any(sign in whole for sign in QUOTES) else frozenset()
    found: list[Token] = []
    base = 0
    for number, run in enumerate(runs):
        if run.role is Role.NOTE:
            found += [Token(run.text, Kind.NOTE, number)] if run.text else []
        elif run.role is Role.LEADER:
            found.append(Token(run.text, Kind.OBJECT, number, left=Side.SHUT, right=Side.SHUT))
        else:
            found += _tokens(run.text, number, base, quotes)
        base += len(run.text)
    _settle(found)
    return tuple(found)


def _tokens(text: str, run: int, base: int, quotes: frozenset[int]) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if hans := _HANS.match(text, at):  # most are
            yield from _hans(hans[0], run, at)
            at = hans.end()
            continue
        if base + at in quotes:
            end = _word_end(text, at, base, quotes)
            yield from _words(text[at:end], run, at, latin=True)
            at = end
            continue
        match = _TOKENS.match(text, at)
        assert match  # the last alternative takes anything
        group, end = match.lastgroup or "", match.end()
        if group == "latin":
            end = _word_end(text, at, base, quotes)
            latin = any(base + place in quotes for place in range(at, end))
            yield from _words(text[at:end], run, at, latin=latin)
        else:
            attached = _ATTACHED.match(text, end)
            end = attached.end() if attached else end
            yield _single(text[at:end], group, run, at)
        at = end


def _hans(text: str, run: int, at: int) -> Iterator[Token]:
    """Yield Han characters, a token each; made without a call of ours, as they are most of all."""
    plain, han = repeat(Side.PLAIN), repeat(Kind.HAN)
    return map(_made, zip(text, han, repeat(run), count(at), plain, plain, repeat(False)))


_made = partial(tuple.__new__, Token)


def _word_end(text: str, at: int, base: int, quotes: frozenset[int]) -> int:
    """Return where a word ends that begins at a place, with the Latin quotes that touch it."""
    while at < len(text):
        if base + at in quotes:
            at += 1
            continue
        match = _TOKENS.match(text, at)
        if not match or match.lastgroup != "latin":
            break
        at = match.end()
    return at


def _single(text: str, group: str, run: int, at: int) -> Token:
    sign = text[0]
    kind = MARKS.get(sign, Kind.SYMBOL) if group == "other" else _KINDS[group]
    if sign in UNSEEN + SOFT:  # nothing before it to follow
        kind = Kind.SPACE if sign == "\u200b" else Kind.TIE
    right = Side.GLUE if "\u2060" in text else Side.PLAIN
    return Token(text, kind, run, at, right=right)


def _words(text: str, run: int, at: int, *, latin: bool) -> Iterator[Token]:
    """Yield a word, in pieces where lines may break in it."""
    pieces = list(_pieces(text))
    for number, (piece, right) in enumerate(pieces):
        plain = _ATTACHED.sub("", piece)
        kind = Kind.NUMBER if len(pieces) == 1 and _NUMBER.fullmatch(plain) else Kind.WORD
        left = _left(plain) if number == 0 else Side.PLAIN
        yield Token(piece, kind, run, at, left, right or _right(plain), latin)
        at += len(piece)


def _left(text: str) -> Side:
    if _SHUT_LEFT.match(text):
        return Side.SHUT
    return Side.LETTER if _GAPS.match(text) else Side.PLAIN


def _right(text: str) -> Side:
    if _SHUT_RIGHT.match(text[-1:]):
        return Side.SHUT
    return Side.LETTER if _GAPS.match(text[-1:]) else Side.PLAIN


def _pieces(text: str) -> Iterator[tuple[str, Side | None]]:
    """Yield the pieces of a word, each with what it shows to the next; None for the last.

    Words break after their hyphens; addresses and long identifiers after their marks. At need,
    shorter names break there too, sessionStorage at its hump, long pieces of addresses every few
    letters, and what is longer than any word between any letters.
    """
    ends = {found.end() for found in _HYPHEN.finditer(text)}
    ends |= {found.end() for found in re.finditer("\u200b+", text)}
    if _ADDRESS.fullmatch(text):
        ends |= {found.end() for found in _AFTER.finditer(text) if not _in_number(text, found)}
    at = 0
    for end in sorted((ends | _at_need(text, ends)) - {0} | {len(text)}):
        last = end == len(text)
        piece = text[at:end]
        if len(piece) > LONG and SOFT not in piece:
            for place, letter in enumerate(piece[:-1]):
                glued = piece[place + 1] in "\u200b\u2060"
                yield letter, Side.GLUE if glued else Side.LETTERS
            piece = piece[-1]
        yield piece, None if last else Side.CUT if end in ends else Side.LETTERS
        at = end


def _at_need(text: str, cuts: set[int]) -> set[int]:
    """Return where a name or an address may be cut besides, lest a line is left short."""
    ends: set[int] = set()
    if len(text) < NAME - 3:
        return ends
    if _HUMPED.match(text):
        ends |= {found.end() for found in _HUMP.finditer(text)}
    if len(text) >= NAME:
        ends |= {found.end() for found in _AFTER.finditer(text) if not _in_number(text, found)}
    if is_address(text):
        for first, last in pairwise(sorted({0, len(text)} | cuts)):
            if last - first > 3 * STEP and "://" not in text[first:last]:
                ends |= set(range(first + STEP, last - 2, STEP))
    return ends


def is_address(text: str) -> bool:
    """Return whether a word is an address or a path."""
    return _ADDRESS.fullmatch(text) is not None and _PATH.match(text) is not None


def _in_number(text: str, found: re.Match[str]) -> bool:
    before, after = text[max(0, found.start() - 1) : found.start()], text[found.end()]
    return before.isdigit() and after.isdigit() and found[0] in ".,:-"


def _latin_quotes(text: str) -> frozenset[int]:
    """Return where quotation marks stand that belong to Latin text.

    U+2018 to U+201D serve Chinese and Latin alike. A pair is Latin if what it
    holds, and what it stands in, is; an apostrophe has a letter on both sides.
    """
    found: set[int] = set()
    opened: list[tuple[str, int]] = []
    for at, sign in enumerate(text):
        if sign == "’" and _is_latin(text, at, -1, 1) and _is_latin(text, at, 1, 1):
            found.add(at)
        elif sign in "“‘":
            opened.append((sign, at))
        elif sign in "”’":
            pair = [place for place, (mark, _) in enumerate(opened) if (mark + sign) in "“”‘’"]
            if not pair:
                continue
            first = opened[pair[-1]][1]
            del opened[pair[-1] :]
            inside = _is_latin(text, first, 1) and _is_latin(text, at, -1)
            if (
                inside
                and _is_latin(text, first, -1, edge=True)
                and _is_latin(text, at, 1, edge=True)
            ):
                found |= {first, at}
    return frozenset(found)


def _is_latin(text: str, at: int, step: int, most: int = 8, *, edge: bool = False) -> bool:
    """Return whether the nearest character is Latin, spaces and other quotes left out."""
    for _ in range(most):
        at += step
        if not 0 <= at < len(text):
            return edge
        if text[at] not in " \u200b" + QUOTES:
            return _WORDLIKE.match(text[at]) is not None
    return False


def _settle(found: list[Token]) -> None:
    """Give tokens what only neighbours tell."""
    straight = 0
    for place in [place for place, token in enumerate(found) if token.kind is not Kind.HAN]:
        token = found[place]
        before = found[place - 1] if place else None
        straight += token.text.count('"')
        if token.kind is Kind.SPACE:
            after = found[place + 1] if place + 1 < len(found) else None
            if _binds(before, after):
                found[place] = token._replace(kind=Kind.TIE)
            elif _stands_for_gap(before, after):
                found[place] = token._replace(right=Side.LETTER)
        elif token.kind is Kind.CLOSING and before:
            if before.kind is Kind.STOP or before.right is Side.FINAL:
                found[place] = token._replace(right=Side.FINAL)
        elif token.text == '"':  # of two, the first opens
            opens = straight % 2
            found[place] = token._replace(
                left=token.left if opens else Side.SHUT, right=Side.SHUT if opens else token.right
            )


def _stands_for_gap(before: Token | None, after: Token | None) -> bool:
    """Return whether a space was typed where a gap between Han and Latin stands."""
    kinds = {before.kind if before else None, after.kind if after else None}
    return Kind.HAN in kinds and bool(kinds & {Kind.WORD, Kind.NUMBER})


def _binds(before: Token | None, after: Token | None) -> bool:
    """Return whether a space keeps its neighbours together (clreq, 符号分离禁则)."""
    if before is None or after is None:
        return False
    if before.kind is Kind.NUMBER and after.kind in (Kind.WORD, Kind.POSTFIX):
        return after.kind is Kind.POSTFIX or _UNIT.match(after.text) is not None
    if before.kind in (Kind.OPENING, Kind.PREFIX) or before.right is Side.SHUT:
        return True
    return after.left is Side.SHUT or after.kind in (
        Kind.CLOSING,
        Kind.PAUSE,
        Kind.STOP,
        Kind.INTERPUNCT,
        Kind.CONNECTOR,
        Kind.NOTE,
    )
