"""Pictures of every kind become JPEG or PNG that e-readers take, or are refused with a reason."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from publish.figures import jpeg, png
from publish.figures.pictures import Picture, Recipe, derive
from publish.figures.sniffing import UnusableError, sniff

RECIPE = Recipe(max_pixels=3_200_000, max_side=2000, jpeg_quality=82)
MOST = 60_000_000


def drawing(width: int = 320, height: int = 200, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (width, height), (245, 245, 240))
    pen = ImageDraw.Draw(image)
    pen.rectangle((8, 8, width - 9, height - 9), outline=(200, 30, 30), width=4)
    pen.rectangle((12, 12, 52, 40), fill=(20, 160, 60))
    return image.convert(mode)


def photograph(width: int = 320, height: int = 200) -> Image.Image:
    """Return smooth noise: many colours, no two samples alike."""
    noise = [Image.effect_noise((width // 8 + 1, height // 8 + 1), 90) for _ in range(3)]
    return Image.merge("RGB", noise).resize((width, height), Image.Resampling.BICUBIC)


def packed(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + checksum


def png_of(width: int, height: int, depth: int, colour: int, row: bytes) -> bytes:
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(b"\0" + row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def opened(picture: Picture) -> Image.Image:
    """Open a finished picture, checking what holds for all of them."""
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    assert image.format == {"image/jpeg": "JPEG", "image/png": "PNG"}[picture.media_type]
    assert image.size == (picture.width, picture.height)
    assert image.mode in {"1", "L", "P", "RGB"}
    assert "transparency" not in image.info
    assert "icc_profile" not in image.info
    assert not dict(image.getexif())
    assert picture.width * picture.height <= RECIPE.max_pixels
    assert picture.width <= RECIPE.max_side
    return image


def made(data: bytes) -> Image.Image:
    return opened(derive(data, RECIPE, MOST))


def near(pixel: object, colour: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))  # type: ignore[call-overload]


def refusal(data: bytes) -> str:
    with pytest.raises(UnusableError) as caught:
        derive(data, RECIPE, MOST)
    assert str(caught.value)
    return caught.value.code


class TestPassingThrough:
    @pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 95}])
    def test_a_jpeg_that_is_right_stays_as_it_is(self, options: dict[str, object]) -> None:
        data = packed(photograph(), "JPEG", **options)
        assert derive(data, RECIPE, MOST) == Picture(data, "image/jpeg", 320, 200)

    def test_a_grey_jpeg_too(self) -> None:
        data = packed(drawing(mode="L"), "JPEG")
        assert derive(data, RECIPE, MOST).data == data

    def test_what_a_book_does_not_need_is_cut_off(self) -> None:
        exif = Image.Exif()
        exif[0x0110] = "Camera"
        plain = packed(drawing(), "JPEG")
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        full = packed(drawing(), "JPEG", exif=exif, comment=b"hello", icc_profile=srgb, xmp=b"<x/>")
        assert derive(full + b"PK\3\4 evil", RECIPE, MOST).data == plain

    @pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
    def test_a_png_that_is_right_stays_as_it_is(self, mode: str) -> None:
        data = packed(drawing(mode=mode), "PNG")
        assert derive(data, RECIPE, MOST) == Picture(data, "image/png", 320, 200)

    def test_texts_and_frames_of_a_png_are_cut_off(self) -> None:
        data = packed(drawing(), "PNG")
        bomb = chunk(b"zTXt", b"c\0\0" + zlib.compress(bytes(5_000_000)))
        for extra in (bomb, chunk(b"tEXt", b"a\0b"), chunk(b"pHYs", bytes(9))):
            assert derive(data[:33] + extra + data[33:] + b"junk", RECIPE, MOST).data == data
        frames = packed(
            drawing(), "PNG", save_all=True, append_images=[drawing(mode="L").convert("RGB")]
        )
        assert b"fdAT" in frames
        assert derive(frames, RECIPE, MOST).data == data

    def test_a_clear_palette_of_full_alpha_is_no_alpha(self) -> None:
        data = packed(drawing(mode="P"), "PNG", transparency=bytes([255] * 3))
        assert b"tRNS" in data
        assert b"tRNS" not in derive(data, RECIPE, MOST).data
        assert made(data).mode == "P"


class TestFormats:
    @pytest.mark.parametrize(
        ("form", "options"),
        [
            ("WEBP", {"quality": 80}),
            ("AVIF", {}),
            ("JPEG2000", {}),
            ("WEBP", {"lossless": True}),
            ("GIF", {}),
            ("BMP", {}),
            ("TIFF", {}),
            ("TIFF", {"compression": "tiff_lzw"}),
        ],
    )
    def test_the_pixels_stay(self, form: str, options: dict[str, object]) -> None:
        data = packed(drawing(), form, **options)
        assert sniff(data).width == 320
        assert sniff(data).height == 200
        image = made(data).convert("RGB")
        assert near(image.getpixel((30, 25)), (20, 160, 60))
        assert near(image.getpixel((300, 100)), (245, 245, 240))
        lossy = form in {"AVIF", "JPEG2000"} or "quality" in options
        assert derive(data, RECIPE, MOST).media_type == ("image/jpeg" if lossy else "image/png")

    def test_icons(self) -> None:
        assert made(packed(drawing(48, 48), "ICO")).size == (48, 48)

    def test_photographs_become_jpeg(self) -> None:
        for data in (packed(photograph(), "WEBP", lossless=True), packed(photograph(), "BMP")):
            assert derive(data, RECIPE, MOST).media_type == "image/jpeg"
        heavy = packed(photograph(640, 480), "PNG")
        assert len(heavy) > 640 * 480
        assert derive(heavy, RECIPE, MOST).media_type == "image/jpeg"

    @pytest.mark.parametrize("form", ["GIF", "WEBP", "AVIF"])
    def test_the_first_frame(self, form: str) -> None:
        other = Image.new("RGB", (320, 200), "black")
        lossless = {"lossless": True} if form == "WEBP" else {}
        data = packed(drawing(), form, save_all=True, append_images=[other, other], **lossless)
        assert near(made(data).convert("RGB").getpixel((300, 100)), (245, 245, 240))

    def test_cmyk(self) -> None:
        assert near(made(packed(drawing(mode="CMYK"), "JPEG")).getpixel((30, 25)), (20, 160, 60))
        image = made(packed(drawing(mode="CMYK"), "TIFF")).convert("RGB")
        assert near(image.getpixel((30, 25)), (20, 160, 60))

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_turned_upright(self, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = made(packed(drawing(), "JPEG", exif=exif))
        assert image.size == ((320, 200) if orientation < 5 else (200, 320))
        left, upper = {
            1: (True, True), 2: (False, True), 3: (False, False), 4: (True, False),
            5: (True, True), 6: (False, True), 7: (False, False), 8: (True, False),
        }[orientation]  # fmt: skip
        x = 25 if left else image.width - 26
        y = 25 if upper else image.height - 26
        assert near(image.getpixel((x, y)), (20, 160, 60), by=20)

    def test_a_damaged_exif_block_turns_nothing(self) -> None:
        data = packed(drawing(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
        assert made(data).size == (320, 200)

    def test_sixteen_bits(self) -> None:
        row = b"".join(struct.pack(">H", x * 65535 // 319) for x in range(320))
        image = made(png_of(320, 200, 16, 0, row))
        assert image.mode == "L"
        assert [image.getpixel((x, 9)) for x in (0, 160, 319)] == [0, 127, 255]
        row = b"".join(struct.pack(">HHH", x * 200, x * 100, 40000) for x in range(320))
        assert near(made(png_of(320, 200, 16, 2, row)).getpixel((319, 9)), (249, 124, 156))

    def test_a_wider_profile_becomes_srgb(self) -> None:
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        swapped = lab.tobytes().replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ")
        swapped = swapped.replace(b"tXYZ", b"gXYZ")
        swapped = swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
        red = Image.new("RGB", (40, 40), (250, 20, 20))
        for data in (
            packed(red, "PNG", icc_profile=swapped),
            packed(red, "JPEG", icc_profile=swapped, quality=95),
            packed(red, "WEBP", icc_profile=swapped, lossless=True),
        ):
            assert near(made(data).convert("RGB").getpixel((20, 20)), (20, 250, 20), by=20)

    def test_a_profile_that_is_none_changes_nothing(self) -> None:
        red = Image.new("RGB", (40, 40), (250, 20, 20))
        image = made(packed(red, "PNG", icc_profile=b"nonsense" * 30))
        assert image.convert("RGB").getpixel((20, 20)) == (250, 20, 20)


class TestAlpha:
    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    @pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
    def test_clear_is_white(self, mode: str, form: str) -> None:
        image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        image.paste((0, 0, 0, 255), (0, 0, 30, 40))
        image.paste((0, 0, 0, 128), (20, 0, 30, 40))
        options = {"lossless": True, "exact": True} if form == "WEBP" else {}
        result = made(packed(image.convert(mode), form, **options)).convert("L")
        assert result.getpixel((5, 5)) == 0
        assert abs(int(result.getpixel((25, 5))) - 127) <= 1  # type: ignore[arg-type]
        assert result.getpixel((50, 5)) == 255

    def test_opaque_alpha_is_dropped(self) -> None:
        image = drawing(mode="RGBA")
        assert made(packed(image, "PNG")).convert("RGB").tobytes() == drawing().tobytes()

    def test_a_clear_colour_of_a_palette(self) -> None:
        image = Image.new("P", (60, 40), 0)
        image.putpalette([0, 0, 0, 250, 0, 0])
        image.paste(1, (0, 0, 30, 40))
        for form in ("PNG", "GIF"):
            result = made(packed(image, form, transparency=0)).convert("RGB")
            assert result.getpixel((5, 5)) == (250, 0, 0)
            assert result.getpixel((50, 5)) == (255, 255, 255)


class TestSize:
    @pytest.mark.parametrize(
        ("size", "limited"),
        [
            ((4000, 3000), (2000, 1500)),
            ((2100, 700), (2000, 666)),
            ((1600, 2000), (1600, 2000)),
            ((2000, 2000), (1788, 1788)),
            ((750, 16000), (375, 8000)),
            ((12000, 60), (2000, 10)),
            ((12000, 1), (2000, 1)),
            ((640, 1), (640, 1)),
        ],
    )
    def test_limits(self, size: tuple[int, int], limited: tuple[int, int]) -> None:
        assert RECIPE.size(*size) == limited

    @given(st.integers(1, 10**6), st.integers(1, 10**6))
    def test_any_size(self, width: int, height: int) -> None:
        w, h = RECIPE.size(width, height)
        assert 1 <= w <= min(width, 2000)
        assert 1 <= h <= min(height, 8000)
        assert w * h <= max(RECIPE.max_pixels, 8000)
        assert RECIPE.size(w, h) == (w, h)

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("mode", ["RGB", "L"])
    def test_large_pictures_are_made_smaller(self, form: str, mode: str) -> None:
        image = made(packed(drawing(3000, 2250, mode), form))
        assert image.size == (2000, 1500)
        assert near(image.convert("RGB").getpixel((500, 700)), (245, 245, 240))

    @pytest.mark.parametrize("mode", ["1", "P"])
    def test_large_pictures_of_few_colours(self, mode: str) -> None:
        assert made(packed(drawing(3000, 2250, mode), "PNG")).size == (2000, 1500)


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"<!DOCTYPE html><title>403</title>", "web-page"),
            (b"\xef\xbb\xbf\n<HTML>", "web-page"),
            (b'<?xml version="1.0"?><!-- x --><html/>', "web-page"),
            (b'{"errcode":404}', "not-a-picture"),
            (b"hello", "not-a-picture"),
            (b"\0" * 99, "not-a-picture"),
            (b"%PDF-1.7", "not-a-picture"),
            (b"\xff\xd8\xff", "broken"),
            (b"\xff\xd8\xff\xe0\0\0\0\0", "broken"),
            (b"\x89PNG\r\n\x1a\n", "broken"),
            (b"RIFF\0\0\0\0WEBP", "broken"),
            (b"GIF89a", "broken"),
            (b"BM\0\0\0\0\0\0\0\0", "broken"),
            (b"II*\0\xff\xff\xff\xff", "broken"),
            (b"\0\0\0\x20ftypavif" + bytes(16), "broken"),
            (b"\0\0\0\x20ftypheic" + bytes(16), "unsupported"),
            (b"\x1f\x8b\x08 no", "broken"),
            (gzip.compress(b"text"), "not-a-picture"),
            (gzip.compress(bytes(20_000_000)), "too-large"),
            (b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(20), "too-many-pixels"),
            (png_of(30_000, 30_000, 1, 0, bytes(3750)), "too-many-pixels"),
            (packed(Image.new("RGB", (1, 1)), "PNG"), "tracking-pixel"),
            (packed(Image.new("P", (1, 1)), "GIF"), "tracking-pixel"),
            (packed(Image.new("RGB", (2, 2)), "JPEG"), "tracking-pixel"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_refused(self, data: bytes, code: str) -> None:
        if code == "too-large":
            data = gzip.compress(b"<svg " + bytes(20_000_000))
        assert refusal(data) == code

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
    def test_cut_in_half(self, form: str) -> None:
        data = packed(photograph(), form)
        assert refusal(data[: len(data) // 2]) == "broken"

    def test_a_wrong_checksum(self) -> None:
        data = bytearray(packed(drawing(), "PNG"))
        data[60] ^= 0xFF
        assert refusal(bytes(data)) == "broken"

    def test_pixels_that_are_missing_though_every_checksum_is_right(self) -> None:
        header = struct.pack(">IIBBBBB", 50, 50, 8, 2, 0, 0, 0)
        short = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(50)))
        assert refusal(b"\x89PNG\r\n\x1a\n" + short + chunk(b"IEND", b"")) == "broken"

    @given(st.binary(max_size=60), st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "ICO"]))
    def test_any_damage_is_refused_or_repaired(self, noise: bytes, form: str) -> None:
        data = bytearray(packed(drawing(40, 40), form))
        place = sum(noise) % len(data)
        data[place : place + len(noise)] = noise
        with contextlib.suppress(UnusableError):
            picture = derive(bytes(data), RECIPE, MOST)
            image = Image.open(io.BytesIO(picture.data))
            assert image.size == (picture.width, picture.height)
            if picture.media_type == "image/png":
                image.load()

    @given(st.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        for cleaned in (jpeg.cleaned, png.cleaned):
            assert cleaned(b"\xff\xd8" + data) is None or data
        with contextlib.suppress(UnusableError):
            assert sniff(data).format


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)
GREEN = '<rect width="100%" height="100%" fill="#00ff00"/>'


def svg(inside: str = GREEN, size: str = 'width="60" height="40"', before: str = "") -> bytes:
    return (before + SVG.format(size, inside)).encode()


class TestSvg:
    @pytest.mark.parametrize(
        ("size", "pixels"),
        [
            ('width="60" height="40"', (60, 40)),
            ('width="300" height="200"', (600, 400)),
            ('width="800" height="400"', (1000, 500)),
            ('width="1200px" height="600px"', (1200, 600)),
            ('viewBox="0 0 600 300"', (1000, 500)),
            ('width="600" viewBox="0 0 60 30"', (1000, 500)),
            ('width="100%" height="100%" viewBox="0,0,60,30"', (60, 30)),
            ('width="1in" height="36pt"', (96, 48)),
            ("", (600, 300)),
            ('width="-5" height="nan"', (600, 300)),
            ('width="1e9" height="1e9"', (1788, 1788)),
            ('width="1e999" height="1e999"', (600, 300)),
            ('viewBox="0 0 0 0"', (600, 300)),
            ('width="90" height="1e8"', (1, 8000)),
        ],
    )
    def test_sizes(self, size: str, pixels: tuple[int, int]) -> None:
        image = made(svg(size=size)).convert("RGB")
        assert image.size == pixels
        assert image.getpixel((0, 0)) == (0, 255, 0)

    @pytest.mark.parametrize(
        "data",
        [
            svg(before='<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg PUBLIC "x" "http://a/b">'),
            svg(before="\ufeff\n"),
            svg().decode().replace(' xmlns="http://www.w3.org/2000/svg"', "").encode(),
            gzip.compress(svg()),
            ('<?xml version="1.0" encoding="UTF-16"?>' + svg().decode()).encode("utf-16"),
            svg(
                before='<!DOCTYPE svg [<!ENTITY green "#00ff00">]>',
                inside=GREEN.replace("#00ff00", "&green;"),
            ),
        ],
    )
    def test_spellings(self, data: bytes) -> None:
        assert made(data).convert("RGB").getpixel((30, 20)) == (0, 255, 0)

    def test_clear_is_white(self) -> None:
        assert made(svg(inside="")).convert("RGB").getpixel((5, 5)) == (255, 255, 255)

    def test_nothing_outside_is_read(self, tmp_path: object) -> None:
        path = f"{tmp_path}/red.png"
        Image.new("RGB", (60, 40), "red").save(path)
        pattern = f'<pattern id="p" width="60" height="40"><image href="{path}"/></pattern>'
        effect = f'<filter id="f"><feImage href="{path}"/></filter>'
        for inside in (
            f'<image href="{path}" width="60" height="40"/>',
            f'<image xlink:href="file://{path}" width="60" height="40"/>',
            f'<image href="\n{path}" width="60" height="40"/>',
            pattern + '<rect width="60" height="40" fill="url(#p)"/>',
            effect + '<rect width="60" height="40" filter="url(#f)" fill="none"/>',
            f"<style>rect {{ fill: url({path}) }} @import url({path});</style>",
        ):
            colours = made(svg(inside)).convert("RGB").getcolors()
            assert colours == [(60 * 40, (255, 255, 255))], inside

    def test_a_picture_inside(self) -> None:
        def inside(data: bytes) -> bytes:
            text = base64.b64encode(data).decode()
            return svg(f'<image href="data:image/png;base64,{text}" width="60" height="40"/>')

        red = Image.new("RGB", (60, 40), "red")
        assert made(inside(packed(red, "PNG"))).convert("RGB").getpixel((5, 5)) == (255, 0, 0)
        bomb = inside(png_of(30_000, 30_000, 1, 0, bytes(3750)))
        assert made(bomb).convert("RGB").getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize(
        "inside",
        [
            "<script>while (true) {}</script>" + GREEN,
            GREEN.replace("<rect", '<rect onclick="alert(1)" onload="x()"'),
            f'<a href="javascript:alert(1)">{GREEN}</a>',
            GREEN + '<foreignObject width="9" height="9"><p xmlns="http://www.w3.org/1999/xhtml">'
            "x</p></foreignObject>",
        ],
    )
    def test_what_acts_is_taken_away(self, inside: str) -> None:
        assert made(svg(inside)).convert("RGB").getpixel((30, 20)) == (0, 255, 0)

    @pytest.mark.parametrize(
        "data",
        [
            svg("<rect>"),
            svg("&x;", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            svg(
                "<text>&h;</text>",
                before='<!DOCTYPE svg [<!ENTITY a "lol">'
                + "".join(
                    f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 20}">' for i in range(7)
                )
                + "]>",
            ),
            svg("<g>" * 3000 + "</g>" * 3000),
        ],
        ids=["damaged", "outside", "laughs", "deep"],
    )
    def test_refused(self, data: bytes) -> None:
        assert refusal(data) == "broken"

    def test_uses_that_multiply(self) -> None:
        levels = "".join(
            f'<g id="g{i + 1}">' + f'<use href="#g{i}"/>' * 20 + "</g>" for i in range(9)
        )
        inside = f'<defs><rect id="g0" width="1" height="1"/>{levels}</defs><use href="#g9"/>'
        assert refusal(svg(inside)) == "too-many-pixels"

    def test_uses_that_go_round(self) -> None:
        inside = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>' + GREEN
        with pytest.raises(UnusableError):
            derive(svg(inside), RECIPE, MOST)

    def test_text_is_drawn(self) -> None:
        text = '<text x="5" y="30" font-size="24">H汉</text>'
        colours = made(svg(text, size='width="80" height="40"')).convert("L").getcolors()
        assert colours
        assert min(value for _, value in colours) < 100  # type: ignore[type-var]


def test_the_same_bytes_every_time() -> None:
    makers: list[Callable[[], bytes]] = [
        lambda: packed(drawing(2500, 1000), "WEBP"),
        lambda: packed(drawing(mode="RGBA"), "PNG"),
        svg,
    ]
    for make in makers:
        data = make()
        assert derive(data, RECIPE, MOST) == derive(data, RECIPE, MOST)
