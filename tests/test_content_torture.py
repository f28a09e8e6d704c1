"""Hostile archives: what each case of groups a, b and c must come to (see its MANIFEST.tsv)."""

from __future__ import annotations

import csv
import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from publish import content
from publish.diagnostics import Severity
from publish.model import Archive

pytestmark = pytest.mark.shared
T = "这是一段正常的正文，用来检查这一篇仍然被收进书里。"


@dataclass(frozen=True)
class Case:
    """What a file becomes: an article of a title, or none; and the findings that name it."""

    title: str | None
    codes: tuple[str, ...] = ()


def out(*codes: str) -> Case:
    return Case(None, codes)


EXPECTED = {
    "a-encoding/bom.md": Case("带 BOM 的文件"),
    "a-encoding/bom-toml.md": Case("BOM 加 TOML"),
    "a-encoding/crlf.md": Case("回车换行"),
    "a-encoding/cr-only.md": Case("老 Mac 换行"),
    "a-encoding/mixed-eol.md": Case("混合换行"),
    "a-encoding/gbk.md": out("encoding"),
    "a-encoding/gb18030-4byte.md": out("encoding"),
    "a-encoding/big5.md": out("encoding"),
    "a-encoding/utf16le-bom.md": Case("十六位"),
    "a-encoding/utf16be-nobom.md": out("encoding"),
    "a-encoding/invalid-utf8.md": out("encoding"),
    "a-encoding/nul-and-controls.md": Case("控制字符", ("characters-dropped",)),
    "a-encoding/charrefs.md": Case("字符引用"),
    "a-encoding/yaml-escaped-surrogate.md": Case("孤立代理 与 和", ("header-escape",)),
    "a-encoding/json-escaped-surrogate.md": Case("JSON 孤立代理"),
    "b-frontmatter/none.md": Case("没有前言的文章"),
    "b-frontmatter/none-no-h1.md": Case("None no h1"),
    "b-frontmatter/starts-with-rule.md": Case("Starts with rule", ("header-not-mapping",)),
    "b-frontmatter/unterminated.md": out("header-unterminated"),
    "b-frontmatter/unterminated-later-rule.md": out("header-syntax"),
    "b-frontmatter/invalid-yaml-tab.md": out("header-syntax"),
    "b-frontmatter/unquoted-colon.md": Case("梁文锋: 旧世界分崩离析: 新时代", ("header-unquoted",)),
    "b-frontmatter/unquoted-specials.md": Case(
        "@某人 #话题 [方括号] {花括号} *星* &锚 %百分", ("header-unquoted",)
    ),
    "b-frontmatter/nested-quotes.md": Case('他说"你好"，走了', ("header-unquoted",)),
    "b-frontmatter/dup-keys.md": Case("第二个", ("header-duplicate-key",) * 2),
    "b-frontmatter/yaml-bomb.md": out("header-syntax"),
    "b-frontmatter/yaml-self-ref.md": out("header-syntax"),
    "b-frontmatter/yaml-tag.md": out("header-syntax"),
    "b-frontmatter/not-a-mapping.md": Case("Not a mapping", ("header-not-mapping",)),
    "b-frontmatter/types-wrong.md": Case("2024", ("field-type",) * 2),
    "b-frontmatter/title-null.md": Case("正文标题"),
    "b-frontmatter/title-list.md": Case("一、二", ("field-type",)),
    "b-frontmatter/title-bool.md": Case("no"),
    "b-frontmatter/title-date.md": Case("2024-01-01"),
    "b-frontmatter/title-leading-zero.md": Case("007"),
    "b-frontmatter/title-long-multiline.md": Case(
        "第一行标题 第二行标题 <b>粗</b> & 符号 " + "很长" * 400
    ),
    "b-frontmatter/title-markup.md": Case(
        "</title><script>alert(1)</script> **星** `码` {{ 7*7 }} {% include '/etc/passwd' %} "
        '#read("/etc/passwd") \\input{/etc/passwd} $x^2$ %s {0}'
    ),
    "b-frontmatter/title-empty-after-clean.md": Case("Title empty after clean"),
    "b-frontmatter/toml-rich.md": Case("TOML 前言"),
    "b-frontmatter/toml-invalid.md": out("header-syntax"),
    "b-frontmatter/toml-unterminated.md": out("header-unterminated"),
    "b-frontmatter/json-good.md": Case("JSON 前言"),
    "b-frontmatter/json-lookalike.md": Case("Json lookalike"),
    "b-frontmatter/yaml-dots-end.md": Case("点号结束"),
    "b-frontmatter/trailing-space-fence.md": Case("线后有空格"),
    "b-frontmatter/blank-lines-first.md": Case("前面有空行", ("header-late",)),
    "b-frontmatter/comment-first.md": Case("注释在前", ("header-late",)),
    "b-frontmatter/hexo-no-open.md": Case("老 Hexo 写法", ("header-unopened",)),
    "b-frontmatter/fence-inside.md": Case("正文里有横线"),
    "b-frontmatter/huge-frontmatter.md": Case("巨大前言"),
    "b-frontmatter/draft.md": out(),
    "b-frontmatter/draft-hexo.md": out(),
    "b-frontmatter/future.md": Case("未来的文章"),
    "b-frontmatter/expired.md": Case("过期"),
    "b-frontmatter/password.md": Case("加密", ("article-password",)),
    **{
        f"b-frontmatter/dates/d{number:02d}.md": Case(
            f"日期写法 {number}", ("date-unreadable",) if number in (8, 9, 10) else ()
        )
        for number in range(12)
    },
    "c-tree/dup-slug/a.md": Case("同一个题目"),
    "c-tree/dup-slug/b.md": Case("同一个题目"),
    "c-tree/dup-slug/c.md": Case("同一個題目"),
    "c-tree/case/Foo.md": Case("大写"),
    "c-tree/case/foo.md": Case("小写"),
    "c-tree/norm/caf\u00e9-\u304c.md": Case("合成形式"),
    "c-tree/norm/cafe\u0301-\u304b\u3099.md": Case("分解形式"),
    "c-tree/names/有 空格 和（括号）, 逗号 & 符号#井%25百分?问.md": Case("文件名带空格与符号"),
    "c-tree/names/😀👨\u200d👩\u200d👧\u200d👦.md": Case("表情文件名"),
    f"c-tree/names/{'长' * 83}.md": Case("很长的文件名"),
    "c-tree/names/-rf --help.md": Case("像选项的文件名"),
    "c-tree/names/..\\..\\evil.md": out(),
    "c-tree/names/..%2f..%2fetc%2fpasswd.md": out(),
    "c-tree/names/CON.md": Case("保留名"),
    "c-tree/names/.hidden.md": out(),
    "c-tree/names/~$lock.md": out(),
    "c-tree/names/line\nbreak.md": Case("换行文件名"),
    "c-tree/names/a\"b'c<d>.md": Case("引号文件名"),
    "c-tree/slug-traversal.md": Case("别名穿越"),
    "c-tree/empty.md": out(),
    "c-tree/only-frontmatter.md": out("article-empty"),
    "c-tree/only-space.md": out("article-empty"),
    "c-tree/only-comment.md": out("article-empty"),
    "c-tree/only-images.md": Case("只有图"),
    "c-tree/_index.md": out("cascade-ignored"),
    "c-tree/bundle/index.md": Case("页面包"),
    "c-tree/README.md": out(),
    "c-tree/passwd.md": out("link-outside"),
    "c-tree/dangling.md": out("link-broken"),
    f"c-tree/deep/{'d/' * 40}deep.md": Case("四十层目录"),
    "c-tree/image-as.md": out("article-binary"),
}


@pytest.fixture(scope="module")
def torture(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("torture")
    make = shared / "torture" / "make_torture.py"
    subprocess.run([sys.executable, make, folder], check=True, capture_output=True, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def archives(torture: Path) -> dict[str, Archive]:
    """The three groups, each read as an archive of its own."""

    def shown(path: Path) -> str:
        return str(path.relative_to(torture)).replace("\n", "\\n")

    groups = ("a-encoding", "b-frontmatter", "c-tree")
    return {group: content.read(torture / group, shown=shown) for group in groups}


def test_every_case_of_the_manifest_is_expected_here(torture: Path) -> None:
    with (torture / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        names = [
            row["file"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    ours = {name for name in names if name[:2] in ("a-", "b-", "c-") and name.endswith(".md")}
    spelt = {name.replace("\\n", "\n") if "line" in name else name for name in ours}
    assert spelt - set(EXPECTED) == set()
    assert len(ours) > 80


@pytest.mark.parametrize("name", EXPECTED, ids=lambda name: ascii(name[-40:]))
def test_a_case(archives: dict[str, Archive], torture: Path, name: str) -> None:
    case, archive = EXPECTED[name], archives[name.partition("/")[0]]
    found = {article.path: article for article in archive.articles}.get(str(torture / name))
    assert (found.title if found else None) == case.title
    shown = name.replace("\n", "\\n")
    codes = [
        finding.code
        for finding in archive.findings
        if finding.place and finding.place.file == shown
    ]
    assert codes == list(case.codes)


def test_the_findings_of_the_groups(archives: dict[str, Archive]) -> None:
    told = {
        group: {finding.code: finding.message for finding in archive.findings}
        for group, archive in archives.items()
    }
    assert "org.org" in told["b-frontmatter"]["left-out-format"]
    assert (
        "2 are left out, drafts: draft-hexo.md, draft.md" in told["b-frontmatter"]["left-out-draft"]
    )
    assert "names/.hidden.md, names/~$lock.md" in told["c-tree"]["left-out-hidden"]
    assert "deep/up" in told["c-tree"]["left-out-link"]
    assert "README.md" in told["c-tree"]["left-out-about"]
    assert "empty.md" in told["c-tree"]["left-out-empty"]
    assert "_index.md" in told["c-tree"]["left-out-section-text"]
    assert [section.title for section in archives["c-tree"].sections] == ["栏目页"]


def test_values_of_single_cases(archives: dict[str, Archive]) -> None:
    article = {a.shown: a for archive in archives.values() for a in archive.articles}
    assert article["a-encoding/nul-and-controls.md"].body == (
        "\n前中后页[31m红[0m退格\u2028分行\u2029分段\U0001fffe尾。\n"
    )
    assert article["a-encoding/yaml-escaped-surrogate.md"].authors == ("ab",)
    wrong = article["b-frontmatter/types-wrong.md"]
    assert (wrong.authors, wrong.tags, wrong.categories) == (
        ("甲", "乙", "3"),
        ("单个标签",),
        ("a",),
    )
    assert (wrong.draft, wrong.weight, wrong.summary, wrong.language) == (
        False,
        None,
        "",
        "zh-Hans",
    )
    assert f"{wrong.date:%Y-%m-%d}" == "2024-03-05"
    rule = article["b-frontmatter/starts-with-rule.md"]
    assert "这一行上面是分隔线，不是前言。" in rule.body
    assert "- 列表\n- 不是映射" in article["b-frontmatter/not-a-mapping.md"].body
    assert article["b-frontmatter/fence-inside.md"].body.count("---") == 2
    assert len(article["b-frontmatter/huge-frontmatter.md"].extra["history"]) == 5000
    assert "expiryDate" in article["b-frontmatter/expired.md"].extra
    assert "password" not in article["b-frontmatter/password.md"].extra
    rich = article["b-frontmatter/toml-rich.md"]
    assert (rich.date, rich.updated) != (None, None)
    assert rich.extra["params"] == {"author": "张三"}


def test_no_article_is_lost_or_mangled(archives: dict[str, Archive]) -> None:
    plain = [a for archive in archives.values() for a in archive.articles if T in a.body]
    assert len(plain) > 60
    for article in plain:
        assert "\r" not in article.body
        assert "\ufeff" not in article.body + article.title
        assert article.date is None or article.date.tzinfo is not None
    sorted(plain, key=lambda article: (article.date is not None, article.date or 0))  # type: ignore[return-value, arg-type]


def test_what_passes_on_can_be_kept_and_shown(archives: dict[str, Archive]) -> None:
    for archive in archives.values():
        assert pickle.loads(pickle.dumps(archive)) == archive
        msgspec.msgpack.encode(archive)
        "".join(map(str, archive.findings)).encode()
        for finding in archive.findings:
            assert finding.place is not None
            assert "\n" not in finding.place.file
            assert finding.severity in Severity
        ids = [article.id for article in archive.articles]
        assert len(set(ids)) == len(ids)


def test_the_whole_of_it_is_read_without_an_exception(torture: Path) -> None:
    """Also as one archive, with the groups that are meant for later rooms."""
    archive = content.read(torture, drafts=True)
    assert len(archive.articles) > 100
    assert not Path("publish-pwned").exists()
    assert not (torture / "publish-pwned").exists()
