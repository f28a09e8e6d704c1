"""The room of layouts: finds the templates and style sheets of a book, and fills them in.

A layout is a folder of Jinja2 templates and CSS. Files are looked up one by one: the project's
``layouts/<name>/``, its ``layouts/``, a plug-in's folder, ours, then the layout it extends.
Templates shadow; CSS adds, parent first.

    layout = find("classic", project)
    opener = render(layout, "opener.xhtml", edition=…, chapter=…, t=labels("zh-Hans"), …)
    css = stylesheet(layout, "pdf")
"""

from typing import Any

from publish.layouts.ejecting import eject
from publish.layouts.finding import Layout, find, names, wording
from publish.layouts.notices import generator, notice
from publish.layouts.sheets import Sheet, sheets, stylesheet
from publish.layouts.words import Labels, labels

__all__ = [
    "Labels",
    "Layout",
    "Sheet",
    "eject",
    "find",
    "generator",
    "labels",
    "names",
    "notice",
    "render",
    "sheets",
    "stylesheet",
    "wording",
]


def render(layout: Layout, template: str, **context: Any) -> str:
    """Return a template of a layout filled in, as one well-formed element.

    Values are escaped for XML; a name that the caller did not give is an error, never nothing.

    Args:
        layout: as found.
        template: file name, such as "opener.xhtml".
        context: what docs/layouts.md lists for it.

    Raises:
        BackendError: there is no such template, it is wrong (with the template's file and line),
            or what it gives is not well-formed.
    """
    from publish.layouts import rendering  # Jinja2 and lxml: not for a build with nothing to do

    return rendering.fill_in(layout, template, context)
