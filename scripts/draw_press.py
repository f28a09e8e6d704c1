"""The drawings of the sample's articles on presses, screens and books; see draw_figures.py."""

from __future__ import annotations

import math
from collections.abc import Callable

from pen import BLUE, GREY, INK, PALE, RED, Drawing
from PIL import Image, ImageChops

WHEEL = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"


def type_wheels() -> Drawing:
    """转轮排字盘: two revolving tables seen from above, the compositor between them."""
    d = Drawing(1400, 780, "转轮排字盘（俯视）")
    for cx, label, words in (
        (330.0, "韵轮：按韵分列", WHEEL),
        (1070.0, "杂字轮：常用之字", WHEEL[::-1]),
    ):
        cy, radius = 340.0, 290.0
        d.circle(cx, cy, radius, fill="#f7f2e8", stroke=INK, stroke_width=4)
        rings, sectors = (85.0, 137.0, 189.0, 241.0), 24
        for r in (*rings, radius - 8):
            d.circle(cx, cy, r, stroke="#b7a98f", stroke_width=2)
        for s in range(sectors):
            a = 2 * math.pi * s / sectors
            d.line(
                [(cx + r * math.cos(a), cy + r * math.sin(a)) for r in (85, radius - 8)],
                stroke="#b7a98f",
                stroke_width=1.5,
            )
        for ring, r in enumerate((111.0, 163.0, 215.0, 261.0)):
            size = (17, 22, 26, 28)[ring]
            for s in range(sectors):
                a = 2 * math.pi * (s + 0.5) / sectors
                char = words[(s * 5 + ring * 7) % len(words)]
                cos, sin, half = math.cos(a + math.pi / 2), math.sin(a + math.pi / 2), size / 2
                ox = cx + r * math.cos(a) - half * cos - 0.38 * size * -sin * -1
                oy = cy + r * math.sin(a) - half * sin + 0.38 * size * cos
                d.glyphs(
                    char, (size * cos, size * sin, size * sin, -size * cos, ox, oy), "song", INK
                )
        d.circle(cx, cy, 34, fill="#d9cdb6", stroke=INK, stroke_width=3)
        d.circle(cx, cy, 10, fill=INK)
        d.text(cx, 715, label, 36, anchor="middle")
    for cx, start, turn in ((330.0, -0.95, 1), (1070.0, math.pi + 0.95, -1)):
        points = [
            (
                cx + 318 * math.cos(start + turn * t / 20),
                340 + 318 * math.sin(start + turn * t / 20),
            )
            for t in range(9)
        ]
        d.line(points[:-1], stroke=RED, stroke_width=4)
        d.arrow(*points[-2], *points[-1], RED, 4)
    d.circle(700, 322, 27, fill=BLUE)
    d.path("M652 420a48 58 0 0 1 96 0z", fill=BLUE)
    d.text(700, 480, "排字人", 34, fill=BLUE, anchor="middle")
    d.text(700, 765, "人不动，字转过来", 34, fill=GREY, anchor="middle")
    return d


def hand_press() -> Drawing:
    """木制手扳印刷机: a screw press from the front."""
    d = Drawing(1400, 1000, "木制螺旋印刷机示意")
    wood = {"fill": "#d8c6a5", "stroke": INK, "stroke_width": 4}
    iron = {"fill": "#8f979e", "stroke": INK, "stroke_width": 3}
    for x in (360, 890):
        d.rect(x, 60, 80, 860, **wood)
    d.rect(310, 40, 710, 80, **wood)
    d.rect(440, 210, 450, 110, **wood)
    d.rect(280, 920, 770, 44, **wood)
    d.rect(632, 120, 66, 90, **iron)
    d.rect(640, 320, 50, 190, **iron)
    for y in range(128, 206, 16):
        d.line([(634, y + 10), (696, y)], stroke=INK, stroke_width=3)
    d.rect(606, 400, 118, 46, **iron)
    d.rect(724, 412, 480, 22, fill="#b08d57", stroke=INK, stroke_width=3)
    d.circle(1214, 423, 22, fill="#b08d57", stroke=INK, stroke_width=3)
    d.rect(510, 510, 310, 60, **iron)
    d.rect(488, 606, 354, 10, fill="#ffffff", stroke=INK, stroke_width=2)
    for i in range(21):
        d.rect(500 + i * 16, 622, 12, 44, fill=INK if i % 4 else GREY)
    d.rect(470, 668, 390, 44, **wood)
    d.rect(440, 712, 450, 34, fill="#b08d57", stroke=INK, stroke_width=3)
    d.rect(440, 790, 450, 60, **wood)
    for x in (500, 790):
        d.rect(x, 746, 40, 44, **wood)
    d.arrow(1214, 480, 1120, 560, RED, 5)
    d.text(1135, 610, "扳", 40, fill=RED)
    d.arrow(570, 452, 570, 502, RED, 5)
    d.text(524, 488, "压", 40, fill=RED, anchor="end")
    d.note([(650, 160), (230, 160)], "螺杆", anchor="end")
    d.note([(400, 300), (230, 300)], "立柱", anchor="end")
    d.note([(530, 540), (230, 540)], "压板", anchor="end")
    d.note([(500, 611), (230, 611)], "纸", anchor="end")
    d.note([(506, 646), (230, 690)], "活字版", anchor="end")
    d.note([(480, 690), (230, 770)], "版台", anchor="end")
    d.note([(980, 80), (1090, 80)], "顶梁")
    d.note([(1010, 423), (1090, 330)], "扳杆")
    return d


def dots() -> Drawing:
    """网点: one grey scale in three screens."""
    d = Drawing(1400, 720, "同一条灰梯尺，三种网线")
    d.colours = 200
    left, width, high = 210.0, 1140.0, 180.0
    for row, (label, pitch) in enumerate((("连续调", 0.0), ("粗网", 28.0), ("细网", 13.0))):
        top = 40.0 + row * 215
        d.text(40, top + 105, label, 38)
        if not pitch:
            d.parts.append(
                f'<defs><linearGradient id="g"><stop stop-color="#fff"/>'
                f'<stop offset="1" stop-color="{INK}"/></linearGradient></defs>'
            )
            d.rect(left, top, width, high, fill="url(#g)")
        else:
            d.parts.append(
                f'<clipPath id="c{row}"><rect x="{left:g}" y="{top:g}" width="{width:g}" '
                f'height="{high:g}"/></clipPath><g clip-path="url(#c{row})">'
            )
            for j in range(-1, int(high / pitch * 2) + 3):
                for i in range(-1, int(width / pitch) + 3):
                    x = left + (i + (j % 2) / 2) * pitch
                    y = top + j * pitch / 2
                    tone = min(1.0, max(0.0, (x - left) / width))
                    r = pitch / math.sqrt(2) * math.sqrt(tone / math.pi) * 1.04
                    if r > 0.4:
                        d.circle(x, y, r, fill=INK)
            d.parts.append("</g>")
        d.rect(left, top, width, high, stroke=GREY, stroke_width=2)
    d.text(left, 700, "亮", 32, fill=GREY)
    d.text(left + width, 700, "暗", 32, fill=GREY, anchor="end")
    return d


def rosette() -> Image.Image:
    """彩色网点: four screens at their angles over a sunset, much enlarged."""
    w, h, pitch = 800, 500, 16.0
    inks = ((15, (0, 158, 224)), (75, (226, 0, 122)), (0, (255, 229, 0)), (45, (40, 36, 38)))
    waves = [math.cos(math.pi * i / 32) for i in range(64)]
    heights = sorted((2 + a + b) / 4 for a in waves for b in waves)  # of one dot's hill
    sheet = Image.new("RGB", (w, h), (255, 255, 255))
    for which, (angle, colour) in enumerate(inks):
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        cover = Image.new("L", (w, h), 0)
        pixels = bytearray(w * h)
        for y in range(h):
            v = y / h
            for x in range(w):
                sun = max(0.0, 1 - math.hypot(x - 540, y - 200) / 140)
                glow = min(1.0, sun * 4) if sun > 0 else 0.0
                sea = 1.0 if v > 0.68 else 0.0
                tone = (
                    (0.72 - 0.75 * v if not sea else 0.62) * (1 - glow),
                    (0.22 + 0.55 * v if not sea else 0.38) * (1 - 0.75 * glow),
                    (0.05 + 0.95 * v if not sea else 0.2) * (1 - glow) + 0.75 * glow,
                    0.02 if not sea else 0.12,
                )[which]
                tone = min(0.95, max(0.0, tone))
                a = math.cos(2 * math.pi * (x * cos + y * sin) / pitch)
                b = math.cos(2 * math.pi * (y * cos - x * sin) / pitch)
                level = (2 + a + b) / 4  # 1 at a dot's heart, 0 between dots
                edge = (level - heights[int((1 - tone) * 4095)]) * 9 + 0.5
                pixels[y * w + x] = 255 if edge > 1 else 0 if edge < 0 else int(edge * 255)
        cover.frombytes(bytes(pixels))
        layer = Image.composite(
            Image.new("RGB", (w, h), colour), Image.new("RGB", (w, h), (255, 255, 255)), cover
        )
        sheet = ImageChops.multiply(sheet, layer)
    return sheet


def signature() -> Drawing:
    """摺手: both sides of a sheet of sixteen pages."""
    d = Drawing(1400, 800, "十六頁一帖的拼版")
    sides = (("正面", ((5, 12, 9, 8), (4, 13, 16, 1))), ("背面", ((7, 10, 11, 6), (2, 15, 14, 3))))
    for s, (label, rows) in enumerate(sides):
        left, top, w, h = 50.0 + s * 680, 60.0, 155.0, 280.0
        d.rect(
            left - 16, top - 16, 4 * w + 32, 2 * h + 32, fill="#f3efe6", stroke=GREY, stroke_width=2
        )
        for r, row in enumerate(rows):
            for c, page in enumerate(row):
                x, y = left + c * w, top + r * h
                first = page == 1
                d.rect(
                    x, y, w, h, fill="#f6dcd6" if first else "#ffffff", stroke=INK, stroke_width=3
                )
                for i in range(9):
                    yy = y + 46 + i * 17 if r else y + h - 53 - i * 17
                    d.rect(x + 24, yy, w - 48, 5, fill=PALE)
                mid = x + w / 2
                if r:
                    d.text(
                        mid, y + h - 28, str(page), 46, "hei-bold", RED if first else INK, "middle"
                    )
                else:
                    d.text(mid, y + 28, str(page), 46, "hei-bold", INK, "middle", turned=True)
        cx, cy = left + 2 * w, top + h
        d.line(
            [(cx, top - 40), (cx, top + 2 * h + 30)],
            stroke=RED,
            stroke_width=4,
            stroke_dasharray="16 10",
        )
        d.line(
            [(left - 24, cy), (left + 4 * w + 24, cy)],
            stroke=BLUE,
            stroke_width=4,
            stroke_dasharray="16 10",
        )
        d.text(cx, 712, label, 40, "hei-hk", anchor="middle")
    d.text(700, 775, "先沿紅線摺，再沿藍線摺，第三摺在中間兩頁之間", 32, "hei-hk", GREY, "middle")
    return d


FIGURES: dict[str, Callable[[], Drawing | Image.Image]] = {
    "press/movable-type/wheels.png": type_wheels,
    "press/movable-type/hand-press.png": hand_press,
    "press/halftone/dots.png": dots,
    "press/halftone/rosette.jpg": rosette,
    "press/signature/signature.png": signature,
}
