"""The room that chooses: articles of an archive become manuscripts, one for each book."""

from publish.collect.manuscripts import collect

__all__ = ["collect"]
