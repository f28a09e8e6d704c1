"""publish: make books of articles, as EPUB 3 and as typeset PDF, for Chinese first."""

__version__ = "0.1.0"
