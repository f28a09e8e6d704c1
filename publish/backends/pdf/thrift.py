"""Spares the engine work that changes nothing on a page.

Styles are the half of its time that is not text: each box asks for some sixty properties, of
which nearly all are as inherited or initial. And pages whose margins are set apart have no use
for sixteen margin boxes. Boxes that show nothing but text: `unadorned`. Written for WeasyPrint
70: `ComputedStyle`, `make_margin_boxes`, and what `resolve_percentages` sets; and pydyf's
`page_references`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from math import inf
from typing import Any

from publish.backends.pdf import hooks, unadorned

_css: Any = import_module("weasyprint.css")  # the engine has no types
_computed: Any = import_module("weasyprint.css.computed_values")
_block: Any = import_module("weasyprint.layout.block")
_pydyf: Any = import_module("pydyf")
_layout: Any = import_module("weasyprint.layout")

# The used lengths of a box whose style says nothing of its sides or size.
_EDGES = ("top", "right", "bottom", "left")
BARE: dict[str, Any] = {
    **{f"{kind}_{edge}": 0 for kind in ("margin", "padding") for edge in _EDGES},
    **{f"border_{edge}_width": 0 for edge in _EDGES},
    "width": "auto",
    "min_width": 0,
    "max_width": inf,
    "height": "auto",
    "min_height": 0,
    "max_height": inf,
}

_SIGNATURES = {
    (_css.ComputedStyle, "__missing__"): "self key",
    (_css.StyleFor, "__call__"): "self element pseudo_type",
    (_computed, "display"): "style name value",
    (_css.StyleFor, "set_computed_styles"): (
        "self element parent root pseudo_type base_url target_collector"
    ),
    (_block, "resolve_percentages"): "box containing_block",
    (_layout, "make_margin_boxes"): "context page state",
}


def moved() -> str:
    """Return what is not where it was in the engine, or "" if all is."""
    if not isinstance(getattr(_pydyf.PDF, "page_references", None), property):
        return "pydyf.PDF.page_references"
    return hooks.moved({**_SIGNATURES, **unadorned.SIGNATURES})


@contextmanager
def at_work(*, margins: bool) -> Iterator[None]:
    """Spare work, for a while.

    Args:
        margins: whether pages may have margin boxes.
    """
    with unadorned.at_work(), ExitStack() as stack:
        stack.enter_context(hooks.replaced(_css.ComputedStyle, __missing__=_property))
        stack.enter_context(
            hooks.replaced(_css.StyleFor, set_computed_styles=_put_off, __call__=_made_up_for)
        )
        stack.enter_context(hooks.replaced(_OWN, other_selectors=_OTHERS))
        stack.enter_context(hooks.replaced(_block, resolve_percentages=_Lengths()))
        stack.enter_context(hooks.replaced(_pydyf.PDF, page_references=property(_page_references)))
        if not margins:
            stack.enter_context(hooks.replaced(_layout, make_margin_boxes=lambda *_: ()))
        yield


def _page_references(pdf: Any) -> tuple[bytes, ...]:
    """Return references to all pages; the tags of every element ask for one of them."""
    kids = pdf.pages["Kids"]
    kept: tuple[bytes, ...] = vars(pdf).get("references", ())
    if len(kept) * 3 != len(kids):
        kept = vars(pdf)["references"] = tuple(f"{number} 0 R".encode() for number in kids[::3])
    return kept


# ---- properties that nobody set


def _sides(name: str) -> frozenset[str]:
    """Return the logical properties that may stand for a physical one (CSS Logical 1)."""
    function = _computed.PHYSICAL_FUNCTIONS.get(name)
    if function is None:
        return frozenset()
    return frozenset(function(block="ttb", inline=way) for way in ("ltr", "rtl"))


# What the engine computes in ways of its own; and lengths, which may be sums of percentages.
_OWN_WAYS = frozenset(
    {
        *("float", "display", "position", "page", "line_height", "text_indent", "tab_size"),
        *("letter_spacing", "word_spacing", "border_spacing", "text_underline_offset"),
        *_css.INITIAL_NOT_COMPUTED,
    }
)
_INHERITED: Any = object()
_engine = _css.ComputedStyle.__missing__


def _unset() -> dict[str, tuple[Any, frozenset[str]]]:
    """Return for properties what they are if no rule sets them, nor any of some others."""
    found = {
        name: (_INHERITED if name in _css.INHERITED else value, _sides(name))
        for name, value in _css.INITIAL_VALUES.items()
        if name not in _OWN_WAYS and not name.startswith("text_decoration_")
    }
    for line in (*(f"border_{side}" for side in _EDGES), "outline"):
        width, style = f"{line}_width", f"{line}_style"  # without a style, it has no width
        found[width] = (0, _sides(width) | _sides(style) | {style})
    return found


def _laid_out_by_default(style: Any, name: str) -> Any:
    """Return ``position``, ``float`` or ``display`` that no rule sets (CSS 2, section 9.7).

    The engine computes each of them by the one before, as it was specified.
    """
    if name == "display":
        style["float"]
        value = _computed.display(style, name, _css.INITIAL_VALUES[name])
    else:
        value = "none" if name == "float" else "static"
        if name == "float":
            style["position"]
    style.specified[name] = _css.INITIAL_VALUES[name]
    style[name] = value
    return value


def _as_around(style: Any, name: str) -> Any:
    """Return what is as of the element around it, if that is not to be computed anew."""
    value = style.parent_style[name]
    if not isinstance(value, str | int | float):
        return _engine(style, name)
    style[name] = value
    return value


_OTHERWISE = {
    **dict.fromkeys(("position", "float", "display"), _laid_out_by_default),
    **dict.fromkeys(("page", "letter_spacing", "word_spacing"), _as_around),
}


_UNSET = _unset()


def _property(style: Any, name: str) -> Any:
    """Return a property of a style; at once if no rule sets it (CSS Cascade 4, section 4.4)."""
    if style.parent_style is None or name in style.cascaded:
        return _engine(style, name)
    known = _UNSET.get(name)
    if known is None:
        return _OTHERWISE.get(name, _engine)(style, name)
    value, others = known
    if others and not others.isdisjoint(style.cascaded):
        return _engine(style, name)
    if value is _INHERITED:
        value = style.parent_style[name]
    style[name] = value
    return value


# ---- styles of parts that hardly any element has

# The engine's own style sheet gives these to every element, be it a note or an item or not.
_SELDOM = frozenset(
    {"marker", "footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"}
)
_OWN: Any = import_module("weasyprint.html").UA_STYLESHEET.matcher
_ALWAYS = [entry for entry in _OWN.other_selectors if entry[3] in _SELDOM]
_OTHERS = [entry for entry in _OWN.other_selectors if entry[3] not in _SELDOM]
_WEAKEST = (0, 0, (0, 0, 0))
_BY_ITSELF: dict[str, dict[str, Any]] = {name: {} for name in _SELDOM}  # what the engine says
for _, _, _, _part, (_declarations, _) in _ALWAYS:
    _BY_ITSELF[_part] |= {name: (value, _WEAKEST) for name, value, _ in _declarations}
_set_computed, _style_for = _css.StyleFor.set_computed_styles, _css.StyleFor.__call__


def _put_off(
    styles: Any,
    element: Any,
    parent: Any,
    root: Any = None,
    pseudo_type: str | None = None,
    base_url: Any = None,
    target_collector: Any = None,
) -> None:
    """Set the style of an element or of a part; that of a part that it may not have, later."""
    if pseudo_type in _SELDOM and element is parent:
        cascaded = styles.get_cascaded_styles()[element, pseudo_type]
        if "anchor" not in cascaded:
            vars(styles).setdefault("waiting", {})[element, pseudo_type] = cascaded
            return
    if element is root:
        vars(styles)["root"] = root, base_url
    _set_computed(styles, element, parent, root, pseudo_type, base_url, target_collector)


def _made_up_for(styles: Any, element: Any, pseudo_type: str | None = None) -> Any:
    """Return the style of an element or of a part of it."""
    known = styles.get_computed_styles()
    key = element, pseudo_type
    if pseudo_type in _SELDOM and key not in known and (element, None) in known:
        root, base_url = vars(styles)["root"]
        known[key] = _css.ComputedStyle(
            known[element, None],
            _BY_ITSELF[pseudo_type] | vars(styles).get("waiting", {}).pop(key, {}),
            pseudo_type,
            known[root, None],
            base_url,
            styles.font_config,
            styles.initial_page_sizes,
        )
    return _style_for(styles, element, pseudo_type)


# ---- lengths of blocks, which paragraphs of one style share

_resolve = _block.resolve_percentages


class _Lengths:
    """Sets the used lengths of boxes, found once for a style and the size of what holds it."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Any, Any], tuple[Any, dict[str, Any]]] = {}

    def __call__(self, box: Any, containing: Any) -> None:
        style = box.style
        if isinstance(containing, tuple) or style["border_collapse"] == "collapse":
            _resolve(box, containing)
            return
        key = id(style), containing.width, containing.height
        kept = self._known.get(key)
        if kept is None:
            _resolve(box, containing)
            values = vars(box)
            self._known[key] = style, {name: values[name] for name in BARE}
        else:
            vars(box).update(kept[1])
