"""The inline parser: markdown-it's, with its rules looked up by character."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import StateInline
from markdown_it.token import Token

from publish.markdown.emphasis import State

Rule = Callable[[StateInline, bool], bool]


class Inline(ParserInline):
    """markdown-it's inline parser with its rules looked up by character: half the time."""

    def __init__(self) -> None:
        super().__init__()
        self.by_character: dict[str, tuple[Rule, ...]] = {}
        self._stop = self._stop_url = self._skip = re.compile("$^")

    def settle(self, rules: dict[str, tuple[Rule, ...]]) -> None:
        """Take the rules; call once, when all plug-ins are in."""
        self.by_character = rules
        usual = re.escape("".join(char for char in rules if char != ":"))
        self._stop = re.compile(f"[{usual}]")
        self._stop_url = re.compile(f"[{usual}:]")
        self._skip = re.compile(f"[{usual}\\]]")

    def parse(self, src: str, md: Any, env: Any, tokens: list[Token]) -> list[Token]:
        """Read a paragraph into tokens; one without markup becomes a single text token."""
        stop = self._stop_url if "://" in src else self._stop
        if not stop.search(src):
            token = Token("text", "", 0)
            token.content = src
            tokens.append(token)
            return tokens
        state = State(src, md, env, tokens)
        self.tokenize(state)
        if state.delimiters or any(state.tokens_meta):
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Read from the state's position to its end."""
        src, end = state.src, state.posMax
        stop = self._stop_url if "://" in src else self._stop
        by_character = self.by_character
        deepest = state.md.options["maxNesting"]
        while state.pos < end:
            pos = state.pos
            match = stop.search(src, pos, end)
            if match is None:
                state.append_pending(src[pos:end])
                state.pos = end
                break
            at = match.start()
            if at > pos:
                state.append_pending(src[pos:at])
                state.pos = at
            done = False
            if state.level < deepest:
                for rule in by_character[src[at]]:
                    if rule(state, False):
                        done = True
                        break
            if not done:
                state.append_pending(src[at])
                state.pos = at + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Step over one token without making it."""
        pos, src = state.pos, state.src
        known = state.cache.get(pos)
        if known is not None:
            state.pos = known
            return
        rules = self.by_character.get(src[pos])
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif rules is None:
            match = self._skip.search(src, pos, state.posMax)
            state.pos = state.posMax if match is None else max(match.start(), pos + 1)
        else:
            done = False
            for rule in rules:
                state.level += 1
                done = rule(state, True)
                state.level -= 1
                if done:
                    break
            if not done:
                state.pos = pos + 1
        state.cache[pos] = state.pos
