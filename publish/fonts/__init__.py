"""The room of fonts: which faces there are, which draw a book, and what they cannot draw.

A catalogue in TOML names the faces in order of preference; they are found by file name, opened
only when a book is made, and cut to what it uses. Nothing here asks fontconfig, so the same
files give the same books on every machine.

    catalogue = load(project)
    kit = cut({("zh-Hans", "song", "normal"): frozenset("字")}, catalogue, cache)
"""

from typing import TYPE_CHECKING, Any

from publish.fonts.catalogue import Catalogue, Face, Family, load

if TYPE_CHECKING:
    from publish.fonts.cutting import (
        FURNITURE,
        CutFace,
        Demand,
        Kit,
        cut,
        plan,
        program,
        sources,
        subset,
    )
    from publish.fonts.embedding import embed
    from publish.fonts.emoji import in_one_colour
    from publish.fonts.opening import coverage, engine, ignorable, opened
    from publish.fonts.outlines import Outline, outline
    from publish.fonts.reporting import (
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
    "FURNITURE",
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
    "embed",
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

# All but the catalogue comes in when it is asked for (PEP 562): a book that is fresh needs no more.
_ROOMS = {
    "cutting": {
        *("FURNITURE", "CutFace", "Demand", "Kit", "cut", "plan", "program", "sources", "subset")
    },
    "embedding": {"embed"},
    "emoji": {"in_one_colour"},
    "opening": {"coverage", "engine", "ignorable", "opened"},
    "outlines": {"Outline", "outline"},
    "reporting": {
        *("EditionStatus", "FamilyStatus", "Missing", "Report", "SetCoverage", "edition_findings"),
        *("install_command", "missing", "missing_findings", "report"),
    },
    "stacks": {"Choice", "stack"},
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        for room, names in _ROOMS.items():
            if name in names:
                found = globals()[name] = getattr(import_module(f"{__name__}.{room}"), name)
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
