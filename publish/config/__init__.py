"""The cellar's second half: what the user set, checked, with defaults."""

from publish.config.books import BookSettings, Choice, EditionSettings, settle
from publish.config.load import FILE_NAME, Layer, Loaded, find, load
from publish.config.schema import SOURCE, Config
from publish.config.suggest import nearest, suggestion

__all__ = [
    "FILE_NAME",
    "SOURCE",
    "BookSettings",
    "Choice",
    "Config",
    "EditionSettings",
    "Layer",
    "Loaded",
    "find",
    "load",
    "nearest",
    "settle",
    "suggestion",
]
