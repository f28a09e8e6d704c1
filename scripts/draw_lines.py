"""Draws what docs/typography.md shows: each rule of the Chinese line, off and on.

    .venv/bin/python scripts/draw_lines.py [NAME ...]

A sample is a few sentences in Markdown and the settings it is shown in; to show one more rule,
add one to SAMPLES and a paragraph to the document. Every setting is one book of all samples,
made by publish's own command on small pages; the panels of a picture are crops of its pages,
with hairlines at both edges of the measure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from publish.backends.pdf.facts import page  # noqa: E402

FOLDER = ROOT / "docs" / "typography"
SCALE = 2.4  # pixels a point
AIR, GUTTER = 12, 28  # pixels around the lines, and between two panels
EDGE, INK = "#d0c4b4", 200  # of the measure; the shade under which something is ink
SIZE, MEASURE, LINES, PAGE = 10.5, 16, 10, (90, 90)  # points, characters, mm

Setting = tuple[str, ...]  # keys of pdf in publish.toml, and values: "setting=plain"
PLAIN, COMPOSED = ("setting=plain",), ("setting=composed",)
FULL, HALF = ("punctuation=quanjiao",), ("punctuation=banjiao",)


@dataclass(frozen=True, slots=True)
class Sample:
    """Sentences that show a rule, in the settings of its panels from left to right."""

    text: str
    settings: tuple[Setting, ...] = (PLAIN, COMPOSED)
    language: str = "zh-Hans"
    ruled: bool = False  # with hairlines between the lines of the page


SAMPLES: dict[str, Sample] = {
    "measure": Sample(
        "排字的人把一行撑满，靠的不是词间的空格，而是字与字之间看不出的一点空气。这一行差半个字，"
        "那一行差一个字，匀开之后，左右两边都是齐的。"
    ),
    "ends": Sample(
        "书名号也不该例外，如**《字模》**，后半边不能丢给下一行去。引号也是一样，例如这一句里的“*铅字*”，也是。"
    ),
    "push-in": Sample(
        "老师傅说，印书，先要备料齐了，手才稳得住，墨才上得匀，字也才清。", (PLAIN, FULL)
    ),
    "pairs": Sample(
        "他问：“这本书，（第二版）还在吗？”店员答道：“在。《活字谱》、《墨经》，都在架上。”",
    ),
    "trims": Sample(
        "“开头的引号占一个字，可是左半边是空的。”“行首的括号、行末的逗号也是这样，不修掉，边就不齐。”"
    ),
    "styles": Sample(
        "纸薄，墨淡，字小。读的人说：好书！编的人说：“还有错字，要改。”",
        (FULL, COMPOSED, HALF),
    ),
    "taiwan": Sample(
        "標點放在字身正中，前後都留白，不能削去一半。他說：「這樣排，」又指著書名，《字課》，「才像樣。」",
        language="zh-Hant-TW",
    ),
    "latin": Sample(
        "早期的PDF只有1.0版，用Type 1字体；到了2008年，PDF 1.7成为ISO标准，`qpdf`能查它。"
    ),
    "quotes": Sample(
        "店里挂着“今日不休”的牌子，牌子背面写着 He said “we’re open” again，没有人去管它。"
    ),
    "numbers": Sample(
        "这一批纸每令重 25 kg，含水率是6.5％，切边误差不到±0.5 mm，每包500张，一包要卖￥128。"
    ),
    "addresses": Sample(
        "样书放在https://example.org/books/2024/specimen/index.html?page=12一处，可以先看。"
    ),
    "code-names": Sample(
        "缓存写进浏览器的本地存储区，关掉窗口就不见了的，叫sessionStorage，第二天还在的，叫localStorage。"
    ),
    "runts": Sample("他把最后一盘铅字一粒一粒放回字架上去再吹灭灯锁好门时天已经亮了。"),
    "dashes": Sample(
        "他抬头看了看那排字架上——空的——又低下头去，想说些什么的样子，……终于没有说出来，走了。"
    ),
    "total-fit": Sample(
        "样张一共四页，Monotype排诗，Helvetica排文，Garamond排题目，Caslon留给封面，谁也不抢谁的。",
        (("breaking=greedy",), ("breaking=total-fit",)),
    ),
    "emphasis": Sample(
        "要紧的话，西文用斜体，*中文的字不能歪*：或者换一副楷体，*或者在字下加点*，标点下面不加。",
        (("emphasis=kai",), ("emphasis=dots",)),
    ),
    "names": Sample(
        '<u class="name">毕昇</u><u class="name">王祯</u>都刻过活字，<u class="name">沈括</u>把前'
        '一位的办法写进了<u class="title">梦溪笔谈</u>，<u class="name">中国</u>人这才记得住他。'
    ),
    "readings": Sample(
        "老书里难认的字多，旁边总有人用铅笔注上：{铅|qiān}、{椠|qiàn}、{钤|qián}、{梓|zǐ}，一个读音管一个字，行距不变。"
    ),
    "zhuyin": Sample(
        "小學課本上的字，每一個都帶着讀音：{注|ㄓㄨˋ}{音|ㄧㄣ}{符|ㄈㄨˊ}{號|ㄏㄠˋ}立在{右|ㄧㄡˋ}邊，聲調又在它的右邊。",
        language="zh-Hant-TW",
    ),
    "jiazhu": Sample(
        "活字的办法，最早写在《梦溪笔谈》[北宋沈括撰，二十六卷，补三卷，续一卷，此事在卷十八]{.jiazhu}里：用胶泥刻字，薄如钱唇，每字一印，火烧令坚。"
    ),
    "indent": Sample(
        "　　原稿里每段敲了两个全角空格的，段首也只空两格。\n\n"
        "没有敲的一样空两格，引号在段首也空两格。\n\n“像这样。”",
        (COMPOSED,),
    ),
    "hyphens": Sample(
        "退回来的稿子上写着typography，排字的人不认得它，照样把information也排进了书里。"
    ),
    "grid": Sample(
        "读音站在字的上面，代码`a_b`小一号，都不把行推开。{引文|yǐn|wén}也一样：\n\n"
        "> 前后合起来仍是整行。\n\n"
        "再往下，{正文|zhèng|wén}还在网上，左右两页的行也就对得上。",
        ruled=True,
    ),
}

CSS = """
@page chapter { @top-left { content: none } @top-right { content: none }
  @bottom-left { content: none } @bottom-right { content: none } }
.opener { height: 0; margin: 0; padding: 0; overflow: hidden }
.chapter > .text { margin: 0 }
"""
LAYOUT = f"""extends = "classic"
[options]
page = "{PAGE[0]}x{PAGE[1]}mm"
measure = {MEASURE}
lines = {LINES}
toc_depth = 1
cover = false
half_title = false
references = false
"""


def main() -> None:
    """Draw the pictures that are named, or all."""
    wanted = sys.argv[1:] or list(SAMPLES)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        project(Path(scratch))
        books = {
            setting: book(Path(scratch), setting)
            for setting in dict.fromkeys(s for n in wanted for s in SAMPLES[n].settings)
        }
        for name in wanted:
            panels = [
                panel(books[setting], list(SAMPLES).index(name), ruled=SAMPLES[name].ruled)
                for setting in SAMPLES[name].settings
            ]
            path = FOLDER / f"{name}.png"
            side_by_side(panels).quantize(8, dither=Image.Dither.NONE).save(path, optimize=True)
            print(f"{path.stat().st_size / 1000:7.1f} kB  {name}")


def project(folder: Path) -> None:
    """Write the samples as articles, and a layout of small pages."""
    (folder / "articles").mkdir()
    for number, (name, sample) in enumerate(SAMPLES.items(), 100):
        head = f"---\ntitle: {name}\nlang: {sample.language}\n---\n\n"
        (folder / "articles" / f"{number}.md").write_text(head + sample.text, encoding="utf-8")
    own = folder / "layouts" / "sample"
    own.mkdir(parents=True)
    (own / "layout.toml").write_text(LAYOUT, encoding="utf-8")
    (own / "pdf.css").write_text(CSS, encoding="utf-8")
    (folder / "publish.toml").write_text('[project]\ntitle = "Samples"\n', encoding="utf-8")


def book(folder: Path, setting: Setting) -> pypdfium2.PdfDocument:
    """Return all samples as pages of one book."""
    out = folder / f"{'-'.join(setting)}.pdf"
    asked = dict(each.split("=") for each in setting)
    asked = {f"PUBLISH_DEFAULTS__PDF__{key.upper()}": value for key, value in asked.items()}
    words = ["pdf", "articles", "-o", out, "--layout", "sample", "--order", "path", "-j", "1"]
    command = [sys.executable, "-m", "publish", "-q", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run(command, cwd=folder, env={**environment, **asked}, check=True)
    return pypdfium2.PdfDocument(out)


def panel(made: pypdfium2.PdfDocument, number: int, *, ruled: bool) -> Image.Image:
    """Return the lines of a sample, within hairlines at the edges of its measure."""
    index = next(i for i in range(len(made)) if made.get_page_label(i) == "1") + number
    area = page({"page": f"{PAGE[0]}x{PAGE[1]}mm", "measure": MEASURE, "lines": LINES})
    picture = made[index].render(scale=SCALE * 3).to_pil().convert("L")
    size = (round(picture.width / 3), round(picture.height / 3))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    left = round((area.outer if number % 2 else area.inner) * SCALE)
    top, width = round(area.top * SCALE), round(MEASURE * SIZE * SCALE)
    foot = top + ink(picture.crop((0, top, size[0], round(top + LINES * area.pitch * SCALE))))
    cropped = picture.crop((left - AIR, top - 2, left + width + AIR, foot + AIR)).convert("RGB")
    pen = ImageDraw.Draw(cropped)
    for x in (AIR - 1, AIR + width):
        pen.line([(x, 0), (x, cropped.height)], fill=EDGE)
    for line in range(LINES + 1 if ruled else 0):
        y = round(2 + line * area.pitch * SCALE)
        pen.line([(AIR, y), (AIR + width, y)], fill=EDGE)
    return cropped


def ink(picture: Image.Image) -> int:
    """Return where the ink of a picture ends below."""
    found = picture.point(lambda shade: 255 * (shade < INK)).getbbox()
    assert found, "an empty page"
    return found[3]


def side_by_side(panels: Sequence[Image.Image]) -> Image.Image:
    """Return panels in a row."""
    width = sum(one.width for one in panels) + GUTTER * (len(panels) - 1)
    sheet = Image.new("RGB", (width, max(one.height for one in panels)), "#ffffff")
    left = 0
    for one in panels:
        sheet.paste(one, (left, 0))
        left += one.width + GUTTER
    return sheet


if __name__ == "__main__":
    main()
