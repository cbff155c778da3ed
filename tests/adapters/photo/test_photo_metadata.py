"""Which way is up, and that nothing else of the metadata matters."""

import io

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.photo import check_photo, normalise
from warrant.adapters.photo.metadata import exif_orientation

PORTRAIT = Image.open(io.BytesIO(portrait(3, "male"))).convert("RGB")


def stored_with(orientation: int, kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = orientation
    sideways = PORTRAIT.rotate(90, expand=True) if orientation >= 5 else PORTRAIT
    target = io.BytesIO()
    options = {"quality": 95} if kind == "JPEG" else {}
    sideways.save(target, kind, exif=exif.tobytes(), **options)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_turns_it(orientation, kind):
    raw = stored_with(orientation, kind)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(raw))).convert("RGB").resize((295, 413))
    turned = Image.open(io.BytesIO(normalise(raw)))
    assert max(ImageStat.Stat(ImageChops.difference(turned, expected)).mean) < 2


@pytest.mark.parametrize(
    ("exif", "orientation"),
    [
        (b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 6),
        (b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0", 8),
        (b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0\0\0\0\0", 1),
        (b"Exif\0\0II*\0\xff\xff\xff\x7f", 1),
        (b"Exif\0\0II*\0\x08\0\0\0\xff\xff", 1),
        (b"Exif\0\0", 1),
        (b"", 1),
    ],
)
def test_orientation_is_read_or_taken_as_upright(exif, orientation):
    assert exif_orientation(exif) == orientation


def test_embedded_profile_is_not_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    target = io.BytesIO()
    PORTRAIT.save(target, "JPEG", quality=95, icc_profile=profile)
    image = Image.open(io.BytesIO(normalise(target.getvalue())))
    assert "icc_profile" not in image.info


def test_broken_profile_does_not_condemn_the_picture():
    target = io.BytesIO()
    PORTRAIT.save(target, "JPEG", quality=95, icc_profile=b"no profile at all" * 20)
    assert check_photo(target.getvalue()).findings == ()
