"""Judges an uploaded portrait photo before it enters an application.

The pixel rule of the unified certificate was not found in public text; two-inch photo, white ground,
bare head and uniform are an assumption. The limits stand together here so that they are easy to change.
"""

from __future__ import annotations

from PIL import Image, ImageStat

from warrant.adapters.photo.decoding import decode
from warrant.adapters.photo.header import PictureHeader, picture_kind, read_header
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import PhotoCheck, PhotoFinding

MIN_BYTES = 5 * 1024
MAX_BYTES = 5 * 1024 * 1024
MIN_WIDTH_PX = 295
MIN_HEIGHT_PX = 413
MAX_PIXELS = 24_000_000
# Two-inch type photos: 35 x 49 mm is 0.714, small two-inch 33 x 48 mm is 0.688, 35 x 45 mm is 0.778.
MIN_RATIO = 0.66
MAX_RATIO = 0.80
# A border sample counts as white when its darkest channel is at least this; studio white with a soft
# shadow is about 230.
WHITE_FROM = 222
WHITE_SHARE = 0.85
# Standard deviation of luminance; the palest real portrait on white stays above 20.
BLANK_BELOW = 6.0
# Standard deviation of either colour channel (Cb, Cr); skin alone gives well above 4.
GREY_BELOW = 1.5


def check_photo(raw: bytes) -> PhotoCheck:
    """Check a photo as uploaded; never raises on bad input, every complaint is a finding, errors first."""
    return examine(raw)[0]


def examine(raw: bytes) -> tuple[PhotoCheck, Image.Image | None]:
    """Check a photo and return the decoded picture with the verdict, or ``None`` where it was not decoded."""
    header, refusals = _examine_file(raw)
    if header is None or refusals:
        return PhotoCheck(0, 0, tuple(refusals)), None
    try:
        image = decode(raw, header)
    except InvalidInput as error:
        return PhotoCheck(0, 0, (PhotoFinding("error", error.code, error.message),)), None
    findings = [*_examine_shape(image), *_examine_content(image)]
    findings.sort(key=lambda finding: finding.severity)
    return PhotoCheck(image.width, image.height, tuple(findings)), image


def _examine_file(raw: bytes) -> tuple[PictureHeader | None, list[PhotoFinding]]:
    """Look at bytes and header only; anything found here means that the picture is not decoded at all."""
    if not raw:
        return None, [PhotoFinding("error", "photo-empty", N_("照片文件是空的。请重新选择照片。"))]
    if len(raw) > MAX_BYTES:
        return None, [
            PhotoFinding(
                "error",
                "photo-file-too-large",
                N_("照片文件 %(size_kb)s kB，超过上限 %(limit_kb)s kB。请压缩后再上传。"),
                {"size_kb": -(-len(raw) // 1024), "limit_kb": MAX_BYTES // 1024},
            )
        ]
    if picture_kind(raw) is None:
        return None, [
            PhotoFinding(
                "error",
                "photo-kind",
                N_("照片须为 JPEG 或 PNG 格式（按文件内容判断，与文件名无关）。请另存为 JPEG 后再上传。"),
            )
        ]
    header = read_header(raw)
    if header is None:
        return None, [
            PhotoFinding("error", "photo-damaged", N_("照片文件已损坏，无法打开。请重新导出后再上传。"))
        ]
    if header.width * header.height > MAX_PIXELS:
        return None, [
            PhotoFinding(
                "error",
                "photo-too-many-pixels",
                N_("照片为 %(width)s×%(height)s 像素，超出可处理的范围。请缩小后再上传。"),
                {"width": header.width, "height": header.height},
            )
        ]
    if len(raw) < MIN_BYTES:
        return header, [
            PhotoFinding(
                "error",
                "photo-file-too-small",
                N_("照片文件仅 %(size_bytes)s 字节，不足 %(limit_kb)s kB，清晰度不够。请上传原始照片。"),
                {"size_bytes": len(raw), "limit_kb": MIN_BYTES // 1024},
            )
        ]
    return header, []


def _examine_shape(image: Image.Image) -> list[PhotoFinding]:
    findings = []
    size: dict[str, object] = {"width": image.width, "height": image.height}
    if image.width < MIN_WIDTH_PX or image.height < MIN_HEIGHT_PX:
        findings.append(
            PhotoFinding(
                "error",
                "photo-too-few-pixels",
                N_(
                    "照片为 %(width)s×%(height)s 像素，不足 %(min_width)s×%(min_height)s，制卡会模糊。"
                    "请上传更清晰的照片。"
                ),
                size | {"min_width": MIN_WIDTH_PX, "min_height": MIN_HEIGHT_PX},
            )
        )
    if not MIN_RATIO <= image.width / image.height <= MAX_RATIO:
        findings.append(
            PhotoFinding(
                "error",
                "photo-ratio",
                N_(
                    "照片为 %(width)s×%(height)s 像素，不是二寸证件照的比例（宽比高约为 5:7）。请裁剪后再上传。"
                ),
                size,
            )
        )
    return findings


def _examine_content(image: Image.Image) -> list[PhotoFinding]:
    sample = image.resize((100, 140), Image.Resampling.BOX, reducing_gap=2.0)
    if ImageStat.Stat(sample.convert("L")).stddev[0] < BLANK_BELOW:
        return [PhotoFinding("error", "photo-blank", N_("照片上看不到人像。请上传本人免冠照片。"))]
    findings = []
    if not _has_white_ground(sample):
        findings.append(
            PhotoFinding(
                "warn",
                "photo-ground-not-white",
                N_("照片背景似乎不是白色。证件照须为白底，请核对或更换照片。"),
            )
        )
    _, blue_spread, red_spread = ImageStat.Stat(sample.convert("YCbCr")).stddev
    if max(blue_spread, red_spread) < GREY_BELOW:
        findings.append(
            PhotoFinding(
                "warn", "photo-not-colour", N_("照片似乎是黑白的。证件照须为彩色，请核对或更换照片。")
            )
        )
    return findings


def _has_white_ground(sample: Image.Image) -> bool:
    """Look at the top edge and the upper three fifths of both sides, where no shoulder reaches."""
    strips = (sample.crop((0, 0, 100, 5)), sample.crop((0, 5, 7, 84)), sample.crop((93, 5, 100, 84)))
    darkest_channels = [min(pixel) for strip in strips for pixel in _pixels(strip)]
    white = sum(1 for darkest in darkest_channels if darkest >= WHITE_FROM)
    return white / len(darkest_channels) >= WHITE_SHARE


def _pixels(image: Image.Image) -> list[tuple[int, int, int]]:
    packed = image.tobytes()
    return [(packed[at], packed[at + 1], packed[at + 2]) for at in range(0, len(packed), 3)]
