"""The room where Markdown and HTML become the canonical tree (docs/xhtml.md).

``fair_copy`` is pure: the same text and options give the same bytes in any process. The way
through: prepare (shortcodes and containers marked) -> parser (tokens) -> render (text) -> html
(tree) -> pictures, tidy, structure (the tree settled) -> compile (the fair copy).
"""

from publish.markdown.compile import VERSION, Options, fair_copy
from publish.markdown.text import plain_text

__all__ = ["VERSION", "Options", "fair_copy", "plain_text"]
