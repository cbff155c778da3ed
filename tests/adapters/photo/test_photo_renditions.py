"""The three pictures made from one upload."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.photo import check_photo, for_chip, for_public, normalise
from warrant.adapters.photo.renditions import MAX_CHIP_BYTES
from warrant.core.chip.content import PHOTO_MAX_BYTES
from warrant.core.errors import InvalidInput

GOOD = portrait(12, "male")


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


def noisy_photo() -> bytes:
    """The hardest picture to compress: coloured noise all over."""
    channels = [Image.effect_noise((413, 579), 200) for _ in range(3)]
    target = io.BytesIO()
    Image.merge("RGB", channels).save(target, "JPEG", quality=95)
    return target.getvalue()


def test_normalised_photo_has_card_size_and_no_metadata():
    exif = Image.Exif()
    exif[0x010E] = "GPS and telephone model"
    target = io.BytesIO()
    opened(GOOD).save(target, "JPEG", quality=92, exif=exif.tobytes(), comment=b"taken at home")
    image = opened(normalise(target.getvalue()))
    assert (image.format, image.size, image.mode) == ("JPEG", (295, 413), "RGB")
    assert dict(image.getexif()) == {}
    assert "comment" not in image.info


def test_normalised_photo_passes_the_check_again():
    assert check_photo(normalise(GOOD)).is_acceptable


def test_sideways_photo_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    opened(GOOD).rotate(90, expand=True).save(target, "JPEG", quality=95, exif=exif.tobytes())
    difference = ImageChops.difference(opened(normalise(target.getvalue())), opened(normalise(GOOD)))
    assert max(ImageStat.Stat(difference).mean) < 2


@pytest.mark.parametrize("seed", range(4))
def test_chip_photo_fits_and_stays_recognisable(seed):
    raw = portrait(seed, "female")
    image = opened(for_chip(raw))
    assert len(for_chip(raw)) <= 1495
    assert (image.format, image.size) == ("WEBP", (120, 168))
    original = opened(normalise(raw)).resize((120, 168))
    assert max(ImageStat.Stat(ImageChops.difference(image.convert("RGB"), original)).rms) < 12


def test_even_noise_fits_chip_and_public_page():
    noise = noisy_photo()
    assert len(for_chip(noise)) <= 1495
    assert len(for_public(noise)) <= 12_000


def test_public_photo_fits_the_page():
    raw = for_public(GOOD)
    assert len(raw) <= 12_000
    assert (opened(raw).format, opened(raw).size) == ("JPEG", (240, 336))


@pytest.mark.parametrize("make", [normalise, for_chip, for_public])
def test_refused_photo_makes_no_rendition(make):
    with pytest.raises(InvalidInput) as refusal:
        make(b"GIF89a" + bytes(9000))
    assert (refusal.value.code, refusal.value.place) == ("photo-kind", "photo")


def test_portraits_differ_by_seed_and_repeat_by_seed():
    assert portrait(1, "male") == portrait(1, "male")
    assert portrait(1, "male") != portrait(2, "male")
    assert portrait(1, "male") != portrait(1, "female")


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("seed", range(20, 26))
def test_every_made_up_portrait_is_a_good_photo(seed, sex):
    assert check_photo(portrait(seed, sex)).findings == ()


def test_the_chip_has_room_for_what_the_desk_makes():
    assert MAX_CHIP_BYTES <= PHOTO_MAX_BYTES
