"""Asks for emoji in one colour, drawn by the book's own faces."""

from __future__ import annotations

import re

_TEXT_STYLE = "\ufe0e"
# The characters that Unicode's emoji-data.txt shows as pictures by default (Emoji_Presentation).
_PICTURES = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693"
    "\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd"
    "\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c"
    "\u2b50\u2b55\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff"
    "\U0001f201\U0001f21a\U0001f22f\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251"
    "\U0001f300-\U0001faff"
)
_EMOJI = re.compile(f"[{_PICTURES}](?!\ufe0e)\ufe0f?|\ufe0f")


def in_one_colour(text: str) -> str:
    """Return text in which every emoji is followed by VARIATION SELECTOR-15 (text style).

    Without it Pango takes emoji from whatever emoji font the system has, past the families a
    style sheet names.
    """
    return _EMOJI.sub(lambda match: match[0].rstrip("\ufe0f") + _TEXT_STYLE, text)
