"""The cellar's second half: what the user set, checked, with defaults."""

from publish.config.books import BookSettings, Choice, EditionSettings, place, settle
from publish.config.load import COMMAND_LINE, FILE_NAME, Layer, Loaded, find, load
from publish.config.schema import SOURCE, Config
from publish.config.suggest import nearest, suggestion

__all__ = [
    "COMMAND_LINE",
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
    "place",
    "settle",
    "suggestion",
]
