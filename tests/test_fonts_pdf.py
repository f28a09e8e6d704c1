"""Cut fonts in a real PDF: every reader shows the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from publish import fonts
from publish.cache import Cache

TEXT = "活字印刷，以胶泥刻字。"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    import weasyprint

    catalogue = fonts.load()
    if not any(family.name == "Noto Serif CJK SC" for family in catalogue.found):
        pytest.skip("Noto Serif CJK is not installed")
    cache = Cache(tmp_path / "cache")
    kit = fonts.cut({("zh-Hans", "song", "normal"): frozenset(TEXT)}, catalogue, cache)
    (cut,) = kit.faces
    path = cache.object_path(cut.object)
    assert path is not None
    css = f"""@font-face {{ font-family: "{cut.family}"; src: url("{path.as_uri()}") }}
    @page {{ size: 300pt 60pt; margin: 10pt }} body {{ font: 20pt "{cut.family}"; margin: 0 }}"""
    target = tmp_path / "a.pdf"
    weasyprint.HTML(string=f"<html lang=zh-Hans><style>{css}</style><p>{TEXT}").write_pdf(target)
    return target


def test_only_the_cut_face_is_in_the_pdf(pdf: Path) -> None:
    if not shutil.which("pdffonts"):
        pytest.skip("poppler-utils is not installed")
    rows = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, check=True).stdout
    names = [row.split()[0] for row in rows.splitlines()[2:]]
    assert len(names) == 1
    assert "+Noto-Serif-CJK-SC-x" in names[0]


def test_readers_that_go_by_cid_agree_with_those_that_go_by_glyph(
    pdf: Path, tmp_path: Path
) -> None:
    if not (shutil.which("pdftoppm") and shutil.which("gs")):
        pytest.skip("poppler-utils or ghostscript is not installed")
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, tmp_path / "p"], check=True
    )
    device = ["-sDEVICE=pnggray", "-dTextAlphaBits=4", "-r150", f"-o{tmp_path / 'g.png'}"]
    subprocess.run(["gs", "-q", *device, pdf], check=True)
    one, two = (
        Image.open(tmp_path / name).convert("L").filter(ImageFilter.GaussianBlur(2))
        for name in ("p.png", "g.png")
    )
    difference = ImageStat.Stat(ImageChops.difference(one, two.resize(one.size))).mean[0]
    ink = 255 - ImageStat.Stat(one).mean[0]
    assert ink > 5
    assert difference < ink / 4  # boxes instead of characters differ by more than the ink itself
