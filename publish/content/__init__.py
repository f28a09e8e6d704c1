"""The door: reads articles from a folder, whatever program they were written for.

``read`` walks an archive and returns its articles, sections and findings. Nothing of the bodies is
compiled here.
"""

from publish.content.reading import read, read_all

__all__ = ["read", "read_all"]
