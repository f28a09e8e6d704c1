"""Figures: found, fetched, recognised by their bytes, and made what every reader takes.

Local files are looked for beside the article and below the site's folders, remote ones fetched
through the workshop; both become JPEG or PNG without alpha, EXIF and profile, kept in the cache.
What cannot be had is Lost, with the reason; the book is made all the same.
"""

from publish.figures.preparing import prepare
from publish.figures.requests import Lost, Request, brief, is_remote, places

__all__ = ["Lost", "Request", "brief", "is_remote", "places", "prepare"]
