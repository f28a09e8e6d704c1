"""The Chinese line: how characters make lines, by arithmetic and without a page.

Rules are those of W3C *Requirements for Chinese Text Layout* (clreq, Group Note Draft of
September 2026) and of GB/T 15834-2011 for the mainland's marks. Sections of clreq are named by
their anchors, as in https://www.w3.org/TR/clreq/#line_adjustment: their numbers move.

>>> text = [Run("他说：“好！”")]
>>> tokens = tokenise(text)
>>> [token.text for token in tokens]
['他', '说', '：', '“', '好', '！', '”']
>>> widths = [10.0] * len(tokens)
>>> paragraph = compose(tokens, widths, widths, Rules())
>>> [(line.start, line.end) for line in paragraph.breaks(40.0, indent=20.0)]
[(0, 1), (1, 7)]

Characters become tokens (`tokens`), tokens that meet have a joint (`joints`), joints and widths
make a paragraph, which is broken anywhere for any measure, line by line (`breaking`) or as a whole
(`fitting`), at need with words in two parts (`hyphens`). Widths come from whoever shapes the
tokens; every length is in the caller's unit.
"""

from publish.lines.breaking import Line, Paragraph, compose
from publish.lines.fitting import fitted
from publish.lines.hyphens import hyphenated
from publish.lines.joints import Break, Joint, Region, Rules, Style, joint, region
from publish.lines.kinds import OBJECT, SOFT, UNSEEN, Kind, settable
from publish.lines.tokens import Role, Run, Token, tokenise

__all__ = [
    "OBJECT",
    "SOFT",
    "UNSEEN",
    "Break",
    "Joint",
    "Kind",
    "Line",
    "Paragraph",
    "Region",
    "Role",
    "Rules",
    "Run",
    "Style",
    "Token",
    "compose",
    "fitted",
    "hyphenated",
    "joint",
    "region",
    "settable",
    "tokenise",
]
