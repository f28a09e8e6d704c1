"""The rules for emphasis in Chinese: 着重号 or 楷体, never slanted letters."""

from __future__ import annotations

from collections.abc import Mapping

from publish.config import suggestion
from publish.diagnostics import UsageError, error
from publish.layouts import Layout

_KAI = '"Kaiti SC", "Kaiti TC", STKaiti, STKai, KaiTi, DFKai-SB, serif'
_DOTS = (
    "-webkit-text-emphasis: filled dot; text-emphasis: filled dot;"
    " -webkit-text-emphasis-position: under right; text-emphasis-position: under right"
)
_NO_DOTS = "-webkit-text-emphasis: none; text-emphasis: none"
ENGLISH = f"""\
:lang(en) em, em:lang(en) {{ font-style: italic; font-family: inherit; {_NO_DOTS}; }}
"""
_KNOWS = "(text-emphasis: filled dot) or (-webkit-text-emphasis: filled dot)"
# Readers that know no dots set 楷体; what is in 楷体 already has dots alone.
RULES = {
    "dots": f"""\
em {{ font-style: normal; font-family: {_KAI}; }}
@supports {_KNOWS} {{
  em {{ font-family: inherit; {_DOTS}; }}
}}
""",
    "kai": f"""\
em {{ font-style: normal; font-family: {_KAI}; }}
blockquote em, .summary em {{ {_DOTS}; }}
""",
}


def rules(options: Mapping[str, object], layout: Layout) -> str:
    """Return the rules for what is asked for, of a book or else by its layout.

    Raises:
        UsageError: the option cannot be meant.
    """
    wanted = str(options.get("emphasis", layout.options.get("emphasis", "kai")))
    if wanted not in RULES:
        text = f"emphasis = {wanted!r} cannot be meant"
        raise UsageError(error("epub-option", text, help=suggestion(wanted, RULES)))
    return ENGLISH + RULES[wanted]
