"""The door: reads articles from a folder, whatever program they were written for.

``read`` walks an archive and returns its articles, sections and findings; ``parse`` cuts one
file into front matter and body. Nothing of the bodies is compiled here.
"""

from publish.content.header import Parsed, parse
from publish.content.reading import read, read_all
from publish.content.values import Bare, plain

__all__ = ["Bare", "Parsed", "parse", "plain", "read", "read_all"]
