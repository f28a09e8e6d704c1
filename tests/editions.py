"""A small edition that holds one of everything, for the tests of layouts and backends."""

# ruff: noqa: E501

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from publish.cache import Cache
from publish.diagnostics import Silent
from publish.model import EPUB, XHTML, Chapter, Cover, Edition, EditionPart, Figure, Heading
from publish.workshop import Fetched, FetchError, Workshop
from publish.workshop.workers import InProcess

ONE, TWO, THREE = "c0000000001", "c0000000002", "c0000000003"


class NoNetwork:
    """A fetcher that gives nothing and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        raise FetchError("offline", "no network in tests")

    def close(self) -> None:
        pass


def workshop(folder: Path) -> Workshop:
    """A workshop with a cache of its own, which keeps findings and fetches nothing."""
    return Workshop(Cache(folder / "cache"), Silent(), NoNetwork(), InProcess())


def picture(
    shop: Workshop, width: int = 320, height: int = 200, kind: str = "JPEG", seed: int = 1
) -> Figure:
    """A figure of some colour, in the cache."""
    image = Image.new("RGB", (width, height), (40 * seed % 256, 90, 140))
    pen = ImageDraw.Draw(image)
    pen.ellipse((width // 4, height // 4, width * 3 // 4, height * 3 // 4), fill=(230, 220, 200))
    data = io.BytesIO()
    image.save(data, kind)
    name = shop.cache.put_object(data.getvalue())
    suffix = "jpg" if kind == "JPEG" else "png"
    return Figure(f"{name[:16]}.{suffix}", name, f"image/{kind.lower()}", width, height)


def section(uid: str, language: str, blocks: str) -> bytes:
    """A chapter's tree; ``~`` before an id or a reference stands for the chapter's prefix."""
    return (
        f'<section xmlns="{XHTML}" xmlns:epub="{EPUB}" class="text" lang="{language}"'
        f' xml:lang="{language}">{blocks.replace("~", uid + "-")}</section>'
    ).encode()


def img(figure: Figure, alt: str, css: str = "") -> str:
    """An img element of a chapter."""
    kind = f' class="{css}"' if css else ""
    return (
        f'<img{kind} src="figures/{figure.name}" alt="{alt}" width="{figure.width}"'
        f' height="{figure.height}"/>'
    )


def rich(shop: Workshop) -> Edition:
    """An edition with two parts and three chapters in three languages, one of everything."""
    photo, drawing = picture(shop), picture(shop, 240, 240, "PNG", 2)
    lead, dot = picture(shop, 640, 360, seed=3), picture(shop, 24, 24, "PNG", 4)
    cover = picture(shop, 1600, 2560, seed=5)
    one = Chapter(
        id=ONE,
        article="typesetting/lines.md",
        shown="content/typesetting/lines.md",
        title="行与字：汉字排版的<尺度>",
        language="zh-Hans",
        xhtml=section(ONE, "zh-Hans", _first(photo, drawing, dot)),
        headings=(
            Heading(2, "字与行", f"{ONE}-s1"),
            Heading(3, "着重与专名", f"{ONE}-s2"),
            Heading(2, "表与码", f"{ONE}-s3"),
            Heading(2, "公式", f"{ONE}-s4"),
        ),
        figures=(photo, drawing, dot),
        notes=2,
        authors=("林一之", "周二平"),
        date=datetime(2024, 3, 9, tzinfo=UTC),
        kicker="排版",
        summary="一行多少字，一页多少行，先定下来，再谈别的。",
        lead_figure=lead,
        origin="https://example.org/lines?a=1&b=2",
        origin_name="字与纸",
    )
    two = Chapter(
        id=TWO,
        article="printing/ink.md",
        shown="content/printing/ink.md",
        title="墨與紙",
        language="zh-Hant-TW",
        xhtml=section(TWO, "zh-Hant-TW", _SECOND.replace("@one", f"#{ONE}")),
        headings=(Heading(2, "墨色", f"{TWO}-s1"),),
        notes=1,
        date=datetime(2024, 11, 2, tzinfo=UTC),
        kicker="印刷",
    )
    three = Chapter(
        id=THREE,
        article="reading/margins.md",
        shown="content/reading/margins.md",
        title="A Note on Margins",
        language="en",
        xhtml=section(THREE, "en", _THIRD),
        authors=("A. Reader",),
        date=datetime(2023, 5, 20, tzinfo=UTC),
        origin="https://example.org/margins",
    )
    return Edition(
        name="rich",
        language="zh-Hans",
        converted="",
        title="字与纸 & 1 < 2",
        subtitle="排版、印刷与阅读",
        parts=(
            EditionPart("p1", "上编　纸上", (one, two)),
            EditionPart("p2", "下编　页边", (three,)),
        ),
        identifier="urn:uuid:6f1d3a52-0f0b-5a7e-9c7c-0d9a6b1c2e3f",
        authors=("林一之", "A. Reader"),
        publisher="小字社",
        rights="文字依 CC BY 4.0 许可",
        description="关于排版、印刷与阅读的几篇短文。",
        date=datetime(2024, 11, 2, 8, 30, tzinfo=UTC),
        first_date=datetime(2023, 5, 20, tzinfo=UTC),
        subjects=("排版", "印刷"),
        series="小字丛书",
        position=3,
        cover=Cover(cover),
        digest="0" * 64,
    )


def plain(*chapters: Chapter, **more: object) -> Edition:
    """An edition of chapters in one untitled part."""
    given: dict[str, object] = {
        "name": "plain",
        "language": "zh-Hans",
        "converted": "",
        "title": "小书",
        "parts": (EditionPart("p1", "", chapters),),
        "identifier": "urn:uuid:00000000-0000-5000-8000-000000000001",
        "date": datetime(2025, 1, 2, tzinfo=UTC),
    }
    return Edition(**{**given, **more})  # type: ignore[arg-type]


def chapter(number: int, blocks: str, **more: object) -> Chapter:
    """A chapter of literal blocks; its id is made of the number."""
    uid = f"c{number:010x}"
    given: dict[str, object] = {
        "id": uid,
        "article": f"{number}.md",
        "shown": f"content/{number}.md",
        "title": f"第{number}篇",
        "language": "zh-Hans",
        "xhtml": section(uid, "zh-Hans", blocks),
    }
    return Chapter(**{**given, **more})  # type: ignore[arg-type]


def _first(photo: Figure, drawing: Figure, dot: Figure) -> str:
    return f"""
<p>版心要容得下整数个字。<a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref1" href="#~fn1">[1]</a>五号字排二十六个，是常见的<em>行长</em>；行距取字号的<strong>一又三分之二</strong>，见<a href="#{TWO}-s1">墨色一节</a>，或看<a href="https://example.org/?q=%E5%AD%97&amp;p=1">此处</a>。</p>
<h2 id="~s1">字与行</h2>
<p>标点不出现在行首，这是禁则；「」与“”依版本而定。<ruby>版<rt>bǎn</rt>心<rt>xīn</rt></ruby>之外，是<code>margin: 0  auto</code>。</p>
<p>内嵌小图{img(dot, "一个圆点", "inline")}不改行距。</p>
<h3 id="~s2">着重与专名</h3>
<p><strong>甲</strong><em>乙</em>之间没有空格。<u class="name">沈括</u>著<u class="title">梦溪笔谈</u>，<del>删</del><ins>增</ins><mark>记</mark>H<sub>2</sub>O、x<sup>2</sup>。<span lang="ja" xml:lang="ja">活字を組む</span>，<span lang="en" xml:lang="en">the quick brown fox jumps</span>。</p>
<blockquote><p>引文用楷体，左右各缩两字。</p></blockquote>
<ul><li>一<ul><li>一之一</li></ul></li><li>二</li></ul>
<ol><li><p>第一步</p></li><li><p>第二步</p></li></ol>
<ul class="tasks"><li class="done"><span class="box">☑</span> 已校</li><li class="todo"><span class="box">☐</span> 未校</li></ul>
<dl><dt>天头</dt><dd>版心以上的空白。</dd></dl>
<figure class="figure">{img(photo, "木桌上的一副铅字")}<figcaption>图一　铅字</figcaption></figure>
<figure class="figure">{img(drawing, "行与字：插图2")}</figure>
<figure class="figure lost"><p class="placeholder">〔图缺：印厂旧照〕</p></figure>
<h2 id="~s3">表与码</h2>
<div class="table"><table><caption>字号</caption><thead><tr><th scope="col">名</th><th scope="col" class="right">点</th></tr></thead><tbody><tr><td>五号</td><td class="right">10.5</td></tr><tr><td>小五</td><td class="right">9</td></tr></tbody></table></div>
<pre class="code" data-language="python"><code><span class="k">def</span> <span class="nf">行</span>(n):
    <span class="k">return</span>  n  *  <span class="mi">2</span></code></pre>
<aside class="notice tip"><p class="notice-title">提示</p><p>先定行长。</p></aside>
<h2 id="~s4">公式</h2>
<p>行内有 <math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" alttext="a^2"><msup><mi>a</mi><mn>2</mn></msup></math>，另起一行：</p>
<div class="math"><math xmlns="http://www.w3.org/1998/Math/MathML" display="block" alttext="\\frac{{1}}{{2}}"><mfrac><mn>1</mn><mn>2</mn></mfrac></math></div>
<hr/>
<p class="verse">床前看月光，<br/>疑是地上霜。</p>
<p class="embed"><a href="https://example.org/video/1">一段录像</a></p>
<p>再注一次。<a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref2" href="#~fn2">[2]</a></p>
<section class="footnotes" epub:type="footnotes" role="doc-endnotes"><aside class="footnote" id="~fn1" epub:type="footnote" role="doc-footnote"><p><a class="backlink" role="doc-backlink" href="#~fnref1">[1]</a> 版心，页面上排字的地方。</p></aside><aside class="footnote" id="~fn2" epub:type="footnote" role="doc-footnote"><p><a class="backlink" role="doc-backlink" href="#~fnref2">[2]</a> 第二条注。</p></aside></section>
"""


_SECOND = """
<p>墨分五色，紙有陰陽。回看<a href="@one">前一篇</a>，或<a href="@one-s3">表與碼</a>。</p>
<h2 id="~s1">墨色</h2>
<p>「濃淡相宜」，是印工的話。<a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref1" href="#~fn1">[1]</a></p>
<section class="footnotes" epub:type="footnotes" role="doc-endnotes"><aside class="footnote" id="~fn1" epub:type="footnote" role="doc-footnote"><p><a class="backlink" role="doc-backlink" href="#~fnref1">[1]</a> 印工，即印刷工人。</p></aside></section>
"""

_THIRD = """
<p>A margin is where the hand rests. It is <em>not</em> waste: it is the part of the page that
belongs to the reader.</p>
"""
