"""Spares the engine what it does for boxes without background, border or column rule: most.

Written for WeasyPrint 70: `layout_box_backgrounds`, `draw_border`, `set_mask_border`, and
`is_in_normal_flow`, `establishes_formatting_context` and `page_values` of its boxes; and for
pydyf's `Stream.data` and `_to_bytes`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from publish.backends.pdf import hooks

_background: Any = import_module("weasyprint.layout.background")  # the engine has no types
_draw: Any = import_module("weasyprint.draw")
_color: Any = import_module("weasyprint.draw.color")
_boxes: Any = import_module("weasyprint.formatting_structure.boxes")
_Placeholder: Any = import_module("weasyprint.layout.absolute").AbsolutePlaceholder
_pydyf: Any = import_module("pydyf")

SIGNATURES = {
    (_background, "layout_box_backgrounds"): "page box get_image_from_uri layout_children style",
    (_draw, "draw_border"): "stream box",
    (_draw, "set_mask_border"): "stream box",
    (_boxes.Box, "is_in_normal_flow"): "self",
    (_boxes.Box, "establishes_formatting_context"): "self",
    (_boxes.ParentBox, "page_values"): "self",
    (_pydyf, "_to_bytes"): "item",
}
_CORNERS = tuple(
    f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
)
_NOTHING: dict[str, Any] = dict.fromkeys(_CORNERS, (0, 0)) | {"background": None}
_in_flow = _boxes.Box.is_in_normal_flow
_context = _boxes.Box.establishes_formatting_context


@contextmanager
def at_work() -> Iterator[None]:
    """Spare work, for a while."""
    styles = _Styles()
    with ExitStack() as stack:
        for holder, name, spared in (
            (_background, "layout_box_backgrounds", styles.backgrounds),
            (_draw, "draw_border", styles.unless_bare),
            (_draw, "set_mask_border", styles.unless_bare),
        ):
            ours = spared(getattr(holder, name))
            stack.enter_context(hooks.replaced(holder, **{name: ours}))
        stack.enter_context(hooks.replaced(_boxes.Box, is_in_normal_flow=_is_in_normal_flow))
        context = {"establishes_formatting_context": _establishes_formatting_context}
        stack.enter_context(hooks.replaced(_boxes.Box, **context))
        stack.enter_context(hooks.replaced(_boxes.ParentBox, page_values=_page_values))
        stack.enter_context(hooks.replaced(_pydyf.Stream, data=property(_data)))
        stack.enter_context(hooks.replaced(_pydyf, _to_bytes=_to_bytes))
        yield


def _is_in_normal_flow(box: Any) -> bool:
    """Tell whether a box is in normal flow; asked of each box many times."""
    style = box.style
    if style["float"] == "none" and style["position"] in ("static", "relative"):
        return True
    return bool(_in_flow(box))


def _establishes_formatting_context(box: Any) -> bool:
    """Tell whether a box is a block formatting context (CSS 2, section 9.4.1)."""
    style = box.style
    plain = (
        isinstance(box, _boxes.BlockBox)
        and not box.is_column
        and style["overflow"] == "visible"
        and style["float"] == "none"
        and style["position"] in ("static", "relative")
    )
    return "flow-root" in style["display"] if plain else bool(_context(box))


def _page_values(box: Any) -> tuple[Any, Any]:
    """Return the named pages that a box begins and ends on (CSS Page 3, section 8)."""
    first = next(_flowing(box.children), None)
    own = box.style["page"]
    if first is None:
        return own, own
    last = next(_flowing(reversed(box.children)))
    starts = first.page_values()
    ends = starts if last is first else last.page_values()
    return starts[0] or own, ends[1] or own


def _flowing(children: Iterable[Any]) -> Iterator[Any]:
    return (child for child in children if child.is_in_normal_flow() or child.is_floated())


class _Styles:
    """What styles draw beside text and pictures, found once for each."""

    def __init__(self) -> None:
        self._bare: dict[int, tuple[Any, bool]] = {}  # by id, with the style, so that it stays

    def is_bare(self, style: Any) -> bool:
        """Tell whether a style draws nothing but text, and borders of the box's own width."""
        found = self._bare.get(id(style))
        if found is None:
            found = self._bare[id(style)] = style, _is_bare(style)
        return found[1]

    def backgrounds(self, engine: Callable[..., None]) -> Callable[..., None]:
        """Return what finds the backgrounds of a box and of all that it holds."""

        def found(
            page: Any, box: Any, get: Any, layout_children: bool = True, style: Any = None
        ) -> None:
            if isinstance(box, _Placeholder):
                box = box._box
            if style is None and box is not page and self.is_bare(box.style):
                vars(box).update(_NOTHING)
                if layout_children:
                    for child in box.all_children():
                        found(page, child, get)
            else:
                engine(page, box, get, layout_children, style)

        return found

    def unless_bare(self, engine: Callable[..., None]) -> Callable[..., None]:
        """Return what draws the border of a box, or its mask, if there may be any."""

        def drawn(stream: Any, box: Any) -> None:
            if (
                box.border_top_width
                or box.border_left_width
                or box.border_right_width
                or box.border_bottom_width
                or not self.is_bare(box.style)
            ):
                engine(stream, box)

        return drawn


def _is_bare(style: Any) -> bool:
    return (
        all((0, "px") in style[corner] for corner in _CORNERS)
        and style["border_image_source"][0] == style["mask_border_source"][0] == "none"
        and all(kind == "none" for kind, _ in style["background_image"])
        and _color.get_color(style, "background_color").alpha == 0
        and not style["box_shadow"]
        and style["column_width"] == style["column_count"] == "auto"
    )


_written = _pydyf._to_bytes


def _to_bytes(item: Any) -> bytes:
    """Return an item as it is written; the commonest kinds are known by their type alone."""
    kind = type(item)
    if kind is bytes:
        return item  # type: ignore[no-any-return]
    if kind is str:
        return item.encode("ascii")  # type: ignore[no-any-return]
    if kind is int:
        return b"%d" % item
    return _written(item)  # type: ignore[no-any-return]


def _data(stream: Any) -> bytes:
    """Return a stream as it is written; nearly all that it is made of are bytes and texts."""
    pieces = [item if type(item) is bytes else _to_bytes(item) for item in stream.stream]
    body = b"\n".join(pieces)
    extra = _pydyf.Dictionary(stream.extra.copy())
    if stream.compress:
        extra["Filter"] = "/FlateDecode"
        packer = zlib.compressobj(level=9)
        body = packer.compress(body) + packer.flush()
    extra["Length"] = len(body)
    return b"\n".join((extra.data, b"stream", body, b"endstream"))
