"""Draw the pictures of the sample articles below content/: run it, and commit what changed.

Labels are outlines of Noto Sans CJK and Noto Serif CJK (Debian: fonts-noto-cjk) and, in one
specimen, LXGW WenKai (fonts-lxgw-wenkai); see pen.py. The same fonts give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import draw_pages
import draw_press
from pen import BLUE, GREY, INK, PALE, RED, TINT, Drawing, bounds, save_png
from PIL import Image, ImageDraw, ImageFilter

CONTENT = Path(__file__).resolve().parent.parent / "content"


def body_and_face() -> Drawing:
    """字身与字面: one character in its frame, and three whose faces differ."""
    d = Drawing(1400, 800, "字身与字面")
    x, y, em = 70, 70, 660
    d.rect(x, y, em, em, fill="#fbfaf7", stroke=INK, stroke_width=4)
    for i in (1, 2, 3):
        at = em * i / 4
        d.line([(x + at, y), (x + at, y + em)], stroke=PALE, stroke_width=2)
        d.line([(x, y + at), (x + em, y + at)], stroke=PALE, stroke_width=2)
    d.cell(x, y, "永", em)
    x0, y0, x1, y1 = bounds("永", em, "song")
    top = y + 0.88 * em
    d.rect(x + x0, top + y0, x1 - x0, y1 - y0, stroke=RED, stroke_width=4, stroke_dasharray="14 9")
    d.rect(x + 0.24 * em, y + 0.22 * em, 0.52 * em, 0.56 * em, stroke=BLUE, stroke_width=4)
    d.note([(x + em, y + 30), (800, y + 30)], "字身：排版时占的方格")
    d.note([(x + x1, y + 250), (800, y + 250)], "字面：笔画真正到达的范围", fill=RED)
    d.note([(x + 0.76 * em, y + 470), (800, y + 470)], "中宫：笔画聚拢的中心区", fill=BLUE)
    for i, char in enumerate("口一国"):
        left, size = 800 + i * 190, 150
        d.rect(left, 600, size, size, fill="#fbfaf7", stroke=INK, stroke_width=3)
        d.cell(left, 600, char, size)
        x0, y0, x1, y1 = bounds(char, size, "song")
        d.rect(
            left + x0,
            600 + 0.88 * size + y0,
            x1 - x0,
            y1 - y0,
            stroke=RED,
            stroke_width=3,
            stroke_dasharray="8 6",
        )
    return d


def lead_sort() -> Drawing:
    """铅字: a sort seen from above, its parts named."""
    d = Drawing(1000, 1040, "一枚铅字的各部分")
    cos, sin, w, h = 0.866, 0.42, 270.0, 560.0
    ox, oy = 480.0, 130.0

    def at(u: float, v: float, z: float) -> tuple[float, float]:
        return ox + (u - v) * cos, oy + (u + v) * sin + (h - z)

    def quad(*corners: tuple[float, float, float], **style: object) -> None:
        d.line(
            [at(*c) for c in corners],
            close=True,
            stroke=INK,
            stroke_width=3,
            stroke_linejoin="round",
            **style,
        )

    foot, shoulder = 0.0, h
    quad((0, w, foot), (w, w, foot), (w, w, shoulder), (0, w, shoulder), fill="#c9cdd1")
    quad((w, 0, foot), (w, w, foot), (w, w, shoulder), (w, 0, shoulder), fill="#a9afb5")
    quad((0, 0, shoulder), (w, 0, shoulder), (w, w, shoulder), (0, w, shoulder), fill="#dfe2e5")
    for z in (150.0, 190.0):  # nicks across the front
        quad((0, w, z), (w, w, z), (w, w, z + 16), (0, w, z + 16), fill="#8d949b")
    quad((w, 90, 0), (w, 112, 34), (w, 158, 34), (w, 180, 0), fill="#ffffff")
    d.line([at(w, 92, -2), at(w, 178, -2)], stroke="#ffffff", stroke_width=6)
    size = 236.0
    for lift in range(0, 26, 2):  # a mirrored face, raised
        sx, sy = at(w / 2 + size * 0.5, w / 2 + size * 0.38, h + lift)
        colour = RED if lift == 24 else "#6d747b"
        d.glyphs(
            "字", (-size * cos, -size * sin, size * cos, -size * sin, sx, sy), "song-bold", colour
        )
    tx, ty = at(w * 0.78, w * 0.42, h + 24)
    d.note([(tx, ty), (760, 130)], "字面（反字）", fill=RED)
    d.note([at(w * 0.97, w * 0.1, h), (800, 270)], "字肩")
    d.note([at(w, w * 0.35, 330), (800, 480)], "字身")
    d.note([at(w * 0.12, w, 158), (210, 860)], "字沟", anchor="end")
    d.note([at(w, 135, 22), (800, 830)], "底槽")
    top, low = at(0, w, h), at(0, w, 0)
    d.arrow(150, top[1] + 280, 150, top[1], GREY)
    d.arrow(150, low[1] - 290, 150, low[1], GREY)
    d.text(130, (top[1] + low[1]) / 2 - 70, "铅字高", anchor="end")
    d.text(500, 1005, "面是反的，印出来才是正的", 34, fill=GREY, anchor="middle")
    return d


def three_styles() -> Drawing:
    """明體、黑體、楷體: the same two characters in three faces."""
    d = Drawing(1400, 760, "明體、黑體、楷體")
    for i, (name, label, words) in enumerate(
        (("ming", "明體", "橫細直粗"), ("hei-tc", "黑體", "粗細一律"), ("kai", "楷體", "提按如筆"))
    ):
        left = 60 + i * 440
        d.rect(left, 50, 400, 560, fill="#fbfaf7", stroke=PALE, stroke_width=3)
        d.cell(left + 60, 60, "永", 280, name)
        d.cell(left + 60, 330, "書", 280, name)
        d.text(left + 200, 665, label, 44, "hei-tc", anchor="middle")
        d.text(left + 200, 722, words, 34, "hei-tc", GREY, anchor="middle")
    return d


def ink_trap() -> Image.Image:
    """墨阱: a sharp joint as drawn and as printed, without and with traps."""
    d = Drawing(1400, 1000, "墨阱")
    d.text(385, 66, "没有墨阱", 40, anchor="middle")
    d.text(1035, 66, "挖了墨阱", 40, anchor="middle", fill=RED)
    d.text(30, 310, "设计", 36, fill=GREY)
    d.text(30, 740, "印出", 36, fill=GREY)
    sheet = d.image()
    plain = [
        (40, 400),
        (40, 0),
        (150, 0),
        (280, 250),
        (410, 0),
        (520, 0),
        (520, 400),
        (425, 400),
        (425, 160),
        (320, 360),
        (240, 360),
        (135, 160),
        (135, 400),
    ]
    trap = [
        (40, 400),
        (40, 0),
        (150, 0),
        (257, 206),
        (270, 292),
        (290, 292),
        (303, 206),
        (410, 0),
        (520, 0),
        (520, 400),
        (425, 400),
        (425, 222),
        (440, 82),
        (424, 82),
        (398, 210),
        (320, 360),
        (240, 360),
        (162, 210),
        (136, 82),
        (120, 82),
        (135, 222),
        (135, 400),
    ]
    for column, shape in enumerate((plain, trap)):
        for row in (0, 1):
            mask = Image.new("L", (1740, 1440), 0)
            ImageDraw.Draw(mask).polygon([(x * 3 + 30, y * 3 + 120) for x, y in shape], fill=255)
            if row:  # ink creeps: blur, then keep all that took a third of it
                mask = mask.filter(ImageFilter.GaussianBlur(30)).point([0] * 88 + [255] * 168)
                mask = mask.filter(ImageFilter.GaussianBlur(2))
            mask = mask.resize((580, 480), Image.Resampling.LANCZOS)
            colour = (31, 35, 40) if row else (70, 100, 118)
            sheet.paste(
                Image.new("RGB", mask.size, colour), (110 + column * 650, 90 + row * 440), mask
            )
    return sheet


def squeeze() -> Drawing:
    """标点挤压: the same line with and without the marks' blanks."""
    d = Drawing(1400, 560, "标点挤压")
    text = "他说：“走吧。”（笑）"
    size = 116.0
    opening, closing = "“（", "：。”）"
    for row, (label, tight) in enumerate(
        (("不挤压：十一个字宽", False), ("挤压之后：九个半字宽", True))
    ):
        y = 110.0 + row * 250
        d.text(60, y - 28, label, 36, fill=RED if tight else INK)
        x = 60.0
        for i, char in enumerate(text):
            after, before = text[i + 1 : i + 2], text[i - 1 : i]
            cut_left = tight and char in opening and before in tuple(closing)
            cut_right = tight and char in closing and after in tuple(closing)
            width = size / 2 if cut_left or cut_right else size
            d.rect(x, y, width, size, stroke=GREY, stroke_width=2)
            if char in opening and not cut_left:
                d.rect(x + 1, y + 1, size / 2, size - 2, fill=TINT)
            if char in closing and not cut_right:
                d.rect(x + size / 2, y + 1, size / 2 - 1, size - 2, fill=TINT)
            d.cell(x - (size / 2 if cut_left else 0), y, char, size)
            x += width
        d.rect(60, y, x - 60, size, stroke=INK, stroke_width=4)
    d.rect(60, 505, 34, 34, fill=TINT)
    d.text(108, 534, "标点自带的空白", 32, fill=GREY)
    return d


FIGURES: dict[str, Callable[[], Drawing | Image.Image]] = {
    "type/body-and-face/frame.png": body_and_face,
    "type/body-and-face/sort.svg": lead_sort,
    "type/ming-hei-kai/styles.png": three_styles,
    "type/ink-traps/ink-trap.png": ink_trap,
    "punctuation/squeeze/squeeze.png": squeeze,
}


def main() -> None:
    """Draw every picture."""
    drawings = {**FIGURES, **draw_pages.FIGURES, **draw_press.FIGURES}
    for name, draw in drawings.items():
        drawn, path = draw(), CONTENT / name
        if isinstance(drawn, Drawing):
            drawn.save(path)
        elif path.suffix == ".jpg":
            path.parent.mkdir(parents=True, exist_ok=True)
            drawn.save(path, quality=55, optimize=True)
        else:
            save_png(drawn, path)
        print(f"{path.stat().st_size / 1000:7.1f} kB  {name}")


if __name__ == "__main__":
    main()
