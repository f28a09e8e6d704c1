"""The room of fonts: which faces there are, which draw a book, and what they cannot draw.

A catalogue in TOML names the faces in order of preference; they are found by file name, opened
only when a book is made, and cut to what it uses. Nothing here asks fontconfig, so the same
files give the same books on every machine.

    catalogue = load(project)
    kit = cut({("zh-Hans", "song", "normal"): frozenset("字")}, catalogue, cache)
"""

from publish.fonts.catalogue import Catalogue, Face, Family, load
from publish.fonts.cut import CutFace, Demand, Kit, cut, plan, program, sources, subset
from publish.fonts.emoji import in_one_colour
from publish.fonts.opening import coverage, engine, ignorable, opened
from publish.fonts.outline import Outline, outline
from publish.fonts.report import (
    EditionStatus,
    FamilyStatus,
    Missing,
    Report,
    SetCoverage,
    edition_findings,
    install_command,
    missing,
    missing_findings,
    report,
)
from publish.fonts.stacks import Choice, stack

__all__ = [
    "Catalogue",
    "Choice",
    "CutFace",
    "Demand",
    "EditionStatus",
    "Face",
    "Family",
    "FamilyStatus",
    "Kit",
    "Missing",
    "Outline",
    "Report",
    "SetCoverage",
    "coverage",
    "cut",
    "edition_findings",
    "engine",
    "ignorable",
    "in_one_colour",
    "install_command",
    "load",
    "missing",
    "missing_findings",
    "opened",
    "outline",
    "plan",
    "program",
    "report",
    "sources",
    "stack",
    "subset",
]
