"""What an uploaded photo is refused or doubted for."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.photo import check_photo

GOOD = portrait(7, "female")


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def good_image() -> Image.Image:
    return Image.open(io.BytesIO(GOOD)).convert("RGB")


def codes(raw: bytes) -> list[tuple[str, str]]:
    return [(finding.severity, finding.code) for finding in check_photo(raw).findings]


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk + bytes(10_000)


def test_good_portrait_has_no_findings():
    check = check_photo(GOOD)
    assert check.findings == ()
    assert check.is_acceptable
    assert (check.width, check.height) == (413, 579)


def test_png_is_accepted_as_well():
    assert codes(encoded(good_image())) == []


def test_empty_file_is_an_error():
    assert codes(b"") == [("error", "photo-empty")]


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF"])
def test_other_kinds_are_refused_by_content(kind):
    assert codes(encoded(good_image(), kind)) == [("error", "photo-kind")]


def test_text_is_refused_by_content():
    assert codes(b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 200) == [("error", "photo-kind")]


def test_too_large_file_is_not_even_opened():
    assert codes(GOOD + bytes(5 * 1024 * 1024)) == [("error", "photo-file-too-large")]


def test_too_small_file_is_an_error():
    tiny = encoded(good_image().resize((60, 84)), "JPEG", quality=50)
    assert codes(tiny) == [("error", "photo-file-too-small")]


def test_too_few_pixels_is_an_error_that_names_the_size():
    (finding,) = check_photo(encoded(good_image().resize((200, 280)))).findings
    assert (finding.severity, finding.code) == ("error", "photo-too-few-pixels")
    assert finding.fields == {"width": 200, "height": 280, "min_width": 295, "min_height": 413}
    assert "200×280" in finding.message % finding.fields


@pytest.mark.parametrize("size", [(579, 579), (800, 600), (400, 700)])
def test_other_than_portrait_ratio_is_an_error(size):
    assert ("error", "photo-ratio") in codes(encoded(good_image().resize(size)))


@pytest.mark.parametrize("size", [(413, 579), (390, 567), (413, 531)])
def test_usual_two_inch_ratios_pass(size):
    assert codes(encoded(good_image().resize(size))) == []


@pytest.mark.parametrize("size", [(30_000, 42_000), (2**31 - 1, 2**31 - 1)])
def test_decompression_bomb_is_refused_by_its_header(size):
    assert codes(png_claiming(*size)) == [("error", "photo-too-many-pixels")]


def test_truncated_file_is_damaged():
    assert codes(GOOD[: len(GOOD) // 2]) == [("error", "photo-damaged")]


def test_header_without_picture_is_damaged():
    assert codes(png_claiming(413, 579)) == [("error", "photo-damaged")]


def test_second_frame_with_another_size_is_damaged():
    """A file that says one size to us and another to the decoder is not trusted."""
    at = GOOD.index(b"\xff\xc0")
    frame = bytearray(GOOD[at : at + 19])
    frame[5:9] = struct.pack(">HH", 5000, 4000)
    assert codes(GOOD[:at] + GOOD[at : at + 19] + bytes(frame) + GOOD[at + 19 :]) == [
        ("error", "photo-damaged")
    ]


def test_coloured_ground_is_a_warning():
    image = good_image()
    blue = Image.new("RGB", image.size, (67, 142, 219))
    blue.paste(image.crop((90, 60, 320, 579)), (90, 60))
    check = check_photo(encoded(blue))
    assert [(finding.severity, finding.code) for finding in check.findings] == [
        ("warn", "photo-ground-not-white")
    ]
    assert check.is_acceptable


def test_grey_photo_is_a_warning():
    assert codes(encoded(good_image().convert("L"))) == [("warn", "photo-not-colour")]


def test_sixteen_bit_grey_keeps_its_white_ground():
    deep = good_image().convert("I").point(lambda value: value * 256).convert("I;16")
    assert codes(encoded(deep)) == [("warn", "photo-not-colour")]


def test_blank_page_is_an_error():
    speckled = Image.effect_noise((413, 579), 3).convert("RGB")
    assert codes(encoded(speckled)) == [("error", "photo-blank")]


def test_transparent_ground_counts_as_white():
    image = good_image().convert("RGBA")
    image.putalpha(image.convert("L").point(lambda level: 0 if level > 250 else 255))
    assert codes(encoded(image)) == []


def test_sideways_telephone_photo_is_judged_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = encoded(good_image().rotate(90, expand=True), "JPEG", quality=90, exif=exif.tobytes())
    check = check_photo(sideways)
    assert check.findings == ()
    assert (check.width, check.height) == (413, 579)


def test_broken_exif_does_not_condemn_the_picture():
    broken = b"Exif\x00\x00II*\x00\xff\xff\xff\x7f" + b"\xff" * 40
    assert codes(encoded(good_image(), "JPEG", quality=90, exif=broken)) == []


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, len(GOOD) - 1), value=st.integers(0, 255), cut=st.integers(0, len(GOOD)))
def test_no_mutilation_raises(position, value, cut):
    mutilated = bytearray(GOOD)
    mutilated[position] = value
    check_photo(bytes(mutilated))
    check_photo(bytes(mutilated[:cut]))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
def test_no_rubbish_raises(rubbish, start):
    assert not check_photo(start + rubbish * 40).is_acceptable
