"""The drawings of the sample's articles on pages and screens; see draw_figures.py."""

from __future__ import annotations

from pen import BLUE, GREY, INK, RED, Drawing


def type_area() -> Drawing:
    """版心: a spread and the names of its margins."""
    d = Drawing(1400, 940, "版心与四边")
    x0, y0, w, h = 130.0, 60.0, 570.0, 800.0
    for side in (0, 1):
        left = x0 + side * w
        d.rect(left, y0, w, h, fill="#fdfcfa", stroke=INK, stroke_width=3)
        inner, outer, top, foot = 66.0, 84.0, 96.0, 104.0
        tx = left + (outer if side == 0 else inner)
        tw, th = w - inner - outer, h - top - foot
        d.rect(tx, y0 + top, tw, th, fill="#eef3f5", stroke=BLUE, stroke_width=3)
        for line in range(24):
            y = y0 + top + 8 + line * (th / 24)
            first = line in (0, 7, 15, 20)
            short = {6: 0.62, 14: 0.35, 19: 0.8, 23: 0.5}.get(line, 1.0)
            d.rect(
                tx + (40 if first else 0), y, tw * short - (40 if first else 0), 11, fill="#b9c4ca"
            )
        edge = tx if side == 0 else tx + tw
        d.text(
            edge,
            y0 + top - 26,
            "书名" if side == 0 else "篇名",
            28,
            "song",
            anchor="start" if side == 0 else "end",
        )
        d.text(
            edge,
            y0 + h - 52,
            "28" if side == 0 else "29",
            28,
            "song",
            anchor="start" if side == 0 else "end",
        )
    middle = x0 + w
    d.line([(middle, y0), (middle, y0 + h)], stroke=INK, stroke_width=5)
    d.rect(x0 + 84 + 130, 400, 160, 66, fill="#eef3f5")
    d.text(x0 + 84 + 210, 450, "版心", 48, "hei-bold", BLUE, anchor="middle")
    d.rect(middle + 66 + 130, 400, 160, 66, fill="#eef3f5")
    d.text(middle + 66 + 210, 450, "版心", 48, "hei-bold", BLUE, anchor="middle")
    d.text(middle + 210, y0 + 44, "天头", 34, fill=RED, anchor="middle")
    d.text(middle + 210, y0 + h - 34, "地脚", 34, fill=RED, anchor="middle")
    for x, label in (
        (middle + 33, "订口"),
        (middle + w - 42, "切口"),
        (middle - 33, "订口"),
        (x0 + 42, "切口"),
    ):
        for i, char in enumerate(label):
            d.cell(x - 17, 560 + i * 40, char, 34, "hei", RED)
    d.note([(x0 + 66, y0 + 60), (105, y0 + 60)], "书眉", anchor="end")
    d.note([(x0 + 66, y0 + h - 62), (105, y0 + h - 62)], "页码", anchor="end")
    d.text(middle, 915, "一个对页：左边是双页码，右边是单页码", 32, fill=GREY, anchor="middle")
    return d


def canon() -> Drawing:
    """范德格拉夫法: the construction that puts the text block at one ninth."""
    d = Drawing(1300, 1010, "求版心的对角线作图法")
    w, h, cx, y0 = 560.0, 840.0, 650.0, 60.0

    def at(u: float, v: float) -> tuple[float, float]:
        return cx + u * w, y0 + v * h

    for side in (-1, 1):
        x, y = at(min(side, 0), 0)
        d.rect(x, y, w, h, fill="#fdfcfa", stroke=INK, stroke_width=3)
        tx, ty = at(1 / 9 if side > 0 else -7 / 9, 1 / 9)
        d.rect(tx, ty, w * 2 / 3, h * 2 / 3, fill="#e4edf1", stroke=BLUE, stroke_width=4)
    d.line([at(-1, 1), at(1, 0)], stroke=GREY, stroke_width=2)
    d.line([at(1, 1), at(-1, 0)], stroke=GREY, stroke_width=2)
    d.line([at(1, 1), at(0, 0), at(-1, 1)], stroke=GREY, stroke_width=2)
    d.line([at(1 / 3, 1 / 3), at(1 / 3, 0), at(-1 / 3, 1 / 3)], stroke=RED, stroke_width=3)
    for u, v, label, dx, dy in (
        (1 / 3, 1 / 3, "一", 18, -8),
        (1 / 3, 0, "二", 12, -14),
        (-1 / 3, 1 / 3, "三", -50, -8),
        (1 / 9, 1 / 9, "四", 12, 44),
        (7 / 9, 1 / 9, "五", 14, -6),
        (7 / 9, 7 / 9, "六", 16, 4),
    ):
        px, py = at(u, v)
        d.circle(px, py, 9, fill=RED)
        d.text(px + dx, py + dy, label, 36, "hei-bold", RED)
    d.text(cx, 965, "页宽与页高各分九份：内 1、上 1、外 2、下 2", 36, fill=INK, anchor="middle")
    return d


def baseline_grid() -> Drawing:
    """基线网格: facing columns off and on the grid."""
    d = Drawing(1400, 860, "基线网格")
    for panel, (label, on) in enumerate((("各排各的", False), ("同上一张网格", True))):
        left = 50 + panel * 680
        d.rect(left, 40, 620, 730, fill="#fdfcfa", stroke=INK, stroke_width=3)
        for i in range(17):
            rule = 100 + i * 40
            if rule < 760:
                d.line(
                    [(left + 16, rule), (left + 604, rule)],
                    stroke=RED,
                    stroke_width=1.5,
                    stroke_dasharray="4 5",
                )
        for column in (0, 1):
            x, w, y, line = left + 30.0 + column * 290, 268.0, 100.0, 0
            while y < 750:
                heading = column == 1 and line == 3
                if heading:
                    extra = 40.0 if on else 26.0
                    y += extra - (0 if on else 4)
                    d.rect(x, y - 28, w * 0.55, 28, fill=INK)
                    y += 40 if on else 47
                else:
                    short = 0.55 if line in (2, 9) else 1
                    d.rect(x, y - 22, w * short, 22, fill="#aab6bc")
                    y += 40
                line += 1
        d.text(left + 310, 830, label, 38, anchor="middle", fill=RED if on else INK)
    return d


def paper_sizes() -> Drawing:
    """纸张: the halving of A0, and five book sizes over one corner."""
    d = Drawing(1400, 900, "A 系列对折与常见开本")
    x, y, k = 50.0, 60.0, 0.62
    w, h = 841.0 * k, 1189.0 * k
    sizes = ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
    d.rect(x, y, w, h, fill="#fdfcfa", stroke=INK, stroke_width=4)
    cx, cy, cw, ch = x, y, w, h
    for i, name in enumerate(sizes):
        if ch > cw:
            part = (cx, cy + ch / 2, cw, ch / 2)
            rest = (cx, cy, cw, ch / 2)
        else:
            part = (cx + cw / 2, cy, cw / 2, ch)
            rest = (cx, cy, cw / 2, ch)
        d.rect(*part, fill="#f6dcd6" if name == "A5" else "none", stroke=INK, stroke_width=2.5)
        size = max(26, 64 - 7 * i)
        d.text(
            part[0] + part[2] / 2,
            part[1] + part[3] / 2 + size * 0.36,
            name,
            size,
            "hei",
            RED if name == "A5" else INK,
            "middle",
        )
        cx, cy, cw, ch = rest
    d.text(x + w / 2, 860, "A0 连续对折，长宽比不变", 34, fill=GREY, anchor="middle")
    k, left, base = 2.55, 660.0, 800.0
    books = [
        ("大16开", 210, 285, GREY),
        ("16开", 184, 260, BLUE),
        ("A5", 148, 210, RED),
        ("大32开", 140, 203, INK),
        ("32开", 130, 184, "#9a7423"),
    ]
    for _, bw, bh, colour in books:
        d.rect(left, base - bh * k, bw * k, bh * k, fill="none", stroke=colour, stroke_width=4)
    for (name, bw, bh, colour), y in zip(books, (110, 175, 300, 365, 430), strict=True):
        top = base - bh * k
        d.line(
            [(left + bw * k, max(y - 12, top + 20)), (1215, y - 12)], stroke=colour, stroke_width=2
        )
        d.text(1225, y, name, 32, "hei", colour)
    d.text(left + 270, 860, "常见书籍开本，左下角对齐", 34, fill=GREY, anchor="middle")
    return d


def vertical() -> Drawing:
    """直排與橫排: how the eye and the hand go."""
    d = Drawing(1400, 800, "直排與橫排")
    text = "一頁書先是一塊顏色然後才是一行一行的字最後才是意思"
    for panel, label in enumerate(("直排：行從右往左，書向右翻", "橫排：行從上往下，書向左翻")):
        left = 60.0 + panel * 680
        d.rect(left, 50, 600, 620, fill="#fdfcfa", stroke=INK, stroke_width=3)
        for i, char in enumerate(text):
            line, at = divmod(i, 5)
            if panel == 0:
                d.cell(left + 470 - line * 88, 150 + at * 92, char, 62, "ming")
            else:
                d.cell(left + 80 + at * 92, 150 + line * 84, char, 62, "ming")
        d.text(left + 300, 745, label, 36, "hei-tc", anchor="middle")
        if panel == 0:
            d.arrow(left + 560, 150, left + 560, 600, RED, 4)
            d.arrow(left + 535, 105, left + 60, 105, BLUE, 4)
        else:
            d.arrow(left + 80, 115, left + 530, 115, RED, 4)
            d.arrow(left + 45, 150, left + 45, 640, BLUE, 4)
    return d


def reflow() -> Drawing:
    """流式版面: one sentence on three screens."""
    d = Drawing(1400, 820, "同一段话，三块屏幕")
    text = (
        "纸书的一页是一张地图，读者记得某句话在左页的右下角。电子书没有这样的页，它像水，倒进什么杯子就是什么形状，变的是行，不变的是字。"
        * 3
    )
    mark = text.index("它像水")
    for left, top, w, h, size in (
        (60, 150, 250, 500, 26),
        (380, 90, 400, 560, 30),
        (850, 60, 490, 590, 40),
    ):
        d.rect(left, top, w, h, rx=26, fill="#30363c")
        d.rect(left + 16, top + 28, w - 32, h - 56, rx=6, fill="#fdfcfa")
        per = int((w - 72) // size)
        x0 = left + (w - per * size) / 2
        column, line, done = 2, 0, 0
        while top + 60 + line * size * 1.65 + size < top + h - 40:
            if column >= per or (column == per - 1 and text[done + 1] in "，。"):
                column, line = 0, line + 1
                continue
            hot = mark <= done < mark + 3
            if hot:
                d.rect(
                    x0 + column * size,
                    top + 56 + line * size * 1.65,
                    size,
                    size * 1.2,
                    fill="#f6dcd6",
                )
            d.cell(
                x0 + column * size,
                top + 60 + line * size * 1.65,
                text[done],
                size,
                "song",
                RED if hot else INK,
            )
            column, done = column + 1, done + 1
            if done >= len(text) - 1:
                break
    for x, label in ((185, "手机"), (580, "阅读器"), (1095, "平板")):
        d.text(x, 715, label, 38, anchor="middle")
    d.text(
        700, 790, "红字是同一个词组：它的“位置”在每块屏幕上都不同", 32, fill=GREY, anchor="middle"
    )
    return d


FIGURES = {
    "page/type-area/type-area.png": type_area,
    "page/type-area/canon.svg": canon,
    "page/baseline-grid.png": baseline_grid,
    "page/paper-sizes.svg": paper_sizes,
    "page/vertical.png": vertical,
    "reading/no-pages/reflow.png": reflow,
}
