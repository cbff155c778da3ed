"""The printed card: size, what can be read off it, what is refused."""

import dataclasses
import threading
import time
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from warrant.adapters import card_face
from warrant.adapters.card_face import draw_cards, draw_common_face, missing_characters
from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.photo import normalise
from warrant.core.credential.face_design import FIRST
from warrant.core.errors import InvalidInput
from warrant.core.ports import CardFace, CardFacePrinter, FacePart

QR_TEXT = "YZ1:" + "6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M9ESI9XBHXK-%69LQOGI" * 5
PHOTO = normalise(portrait(5, "male"))
FACE = CardFace(
    holder_name="王𬭎䶮",
    agency_name="南通市交通运输综合行政执法支队崇川大队",
    categories=("公路路政", "道路运政", "水路运政"),
    area_name="江苏省南通市",
    certificate_number="32000000017",
    issuer_name="江苏省交通运输厅",
    valid_from=date(2026, 11, 22),
    valid_until=date(2031, 11, 21),
    qr_text=QR_TEXT,
    photo=PHOTO,
)
LONG_FACE = dataclasses.replace(
    FACE,
    holder_name="阿卜杜热西提·买买提吐尔逊",
    agency_name="江苏省交通运输综合行政执法监督局连云港市徐圩新区港口航道海事联合执法大队第三中队",
    categories=("公路路政", "道路运政", "水路运政", "航道行政", "港口行政", "工程质量监督"),
    area_name="江苏省连云港市徐圩新区及东辛农场",
    issuer_name="江苏省人民政府交通运输综合行政执法监督委员会办公室",
)


def draw_card(face: CardFace) -> bytes:
    return draw_cards([face], FIRST)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def squeezed(text: str) -> str:
    return "".join(text.split())


def qr_codes_on(pdf: bytes, page: int, dots_per_inch: int) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[page].render(scale=dots_per_inch / 72).to_pil()
        return [code.text for code in zxingcpp.read_barcodes(picture)]
    finally:
        document.close()


@pytest.fixture(scope="module")
def card() -> bytes:
    return draw_card(FACE)


def test_card_has_two_pages_of_card_size(card):
    document = pypdfium2.PdfDocument(card)
    sizes = [document.get_page_size(index) for index in range(len(document))]
    document.close()
    assert sizes == [pytest.approx((242.646, 153.014), abs=0.01)] * 2


def test_front_carries_the_officer_and_the_authority(card):
    front = squeezed(pages_of(card)[0])
    assert "中华人民共和国" in front
    assert "姓名王𬭎䶮" in front
    assert "执法单位南通市交通运输综合行政执法支队崇川大队" in front
    assert "执法门类公路路政、道路运政、水路运政" in front
    assert "执法区域江苏省南通市" in front
    assert "证号32000000017" in front


def test_back_carries_issuer_number_and_last_valid_day(card):
    back = squeezed(pages_of(card)[1])
    assert "TRANSPORTADMINISTRATIVELAWENFORCEMENT" in back
    assert "发证机关江苏省交通运输厅" in back
    assert "有效期限2026年11月22日至2031年11月21日" in back
    assert "证号32000000017" in back


@pytest.mark.parametrize("face", [FACE, LONG_FACE], ids=["usual", "long"])
def test_qr_is_read_back_at_printer_resolution(face):
    assert qr_codes_on(draw_card(face), 0, 300) == [QR_TEXT]


def test_back_has_no_qr(card):
    assert qr_codes_on(card, 1, 300) == []


@pytest.mark.parametrize("length", [120, 280, 400])
def test_qr_of_every_usual_length_is_read_back(length):
    text = (QR_TEXT * 2)[:length]
    assert qr_codes_on(draw_card(dataclasses.replace(FACE, qr_text=text)), 0, 300) == [text]


def test_qr_with_a_link_is_read_back():
    link = "https://verify.example/c/32000000017#" + "aZ09-_" * 30
    assert qr_codes_on(draw_card(dataclasses.replace(FACE, qr_text=link)), 0, 300) == [link]


def test_qr_too_dense_to_print_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        draw_card(dataclasses.replace(FACE, qr_text="x" * 1500))
    assert (refusal.value.code, refusal.value.place) == ("qr-too-dense", "qr_text")


def test_long_names_are_wrapped_whole():
    front = squeezed(pages_of(draw_card(LONG_FACE))[0])
    assert LONG_FACE.holder_name in front
    assert LONG_FACE.agency_name in front


def test_list_of_categories_breaks_between_items(card):
    assert "公路路政、\r\n道路运政、\r\n水路运政" in pages_of(card)[0]


@pytest.mark.parametrize("place", ["holder_name", "agency_name", "issuer_name", "area_name"])
def test_text_that_cannot_fit_is_refused_and_not_cut(place):
    with pytest.raises(InvalidInput) as refusal:
        draw_card(dataclasses.replace(FACE, **{place: "交通运输" * 40}))
    assert (refusal.value.code, refusal.value.place) == ("text-too-long-for-card", place)


def test_rare_name_characters_are_all_there():
    assert missing_characters("䶮㛃㙍𬭎𠅤𫘧𬀩𬸦彧·") == ""


def test_missing_characters_come_once_and_in_order():
    assert missing_characters("王\U0001f600\ue000王\ue000") == "\U0001f600\ue000"


def test_name_outside_the_typeface_is_refused_by_code_point():
    with pytest.raises(InvalidInput) as refusal:
        draw_card(dataclasses.replace(FACE, holder_name="王\ue123"))
    assert (refusal.value.code, refusal.value.place) == ("characters-not-printable", "holder_name")
    assert refusal.value.fields["code_points"] == "U+E123"


def test_line_break_in_a_name_is_refused():
    with pytest.raises(InvalidInput, match=r"U\+000A"):
        draw_card(dataclasses.replace(FACE, holder_name="王\n伟"))


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"", "photo-empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9000), "photo-damaged"),
        (PHOTO[:9000], "photo-damaged"),
    ],
)
def test_photo_that_cannot_be_used_is_refused(photo, code):
    with pytest.raises(InvalidInput) as refusal:
        draw_card(dataclasses.replace(FACE, photo=photo))
    assert (refusal.value.code, refusal.value.place) == (code, "photo")


def test_same_face_gives_the_same_bytes_at_another_second(card):
    time.sleep(1.1)
    assert draw_card(FACE) == card


def test_every_font_is_embedded(card):
    assert b"/FontFile2" in card
    assert b"Helvetica" not in card


def test_cards_drawn_in_parallel_keep_their_own_names():
    names = ["赵一", "钱二", "孙三", "李四"]
    drawn: dict[str, bytes] = {}

    def draw(name: str) -> None:
        drawn[name] = draw_card(dataclasses.replace(FACE, holder_name=name))

    threads = [threading.Thread(target=draw, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"姓名{name}" in squeezed(pages_of(drawn[name])[0]) for name in names)


def test_package_is_a_card_face_printer():
    printer: CardFacePrinter = card_face
    assert printer.missing_characters("王") == ""


def picture_of(pdf: bytes, page: int):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=2).to_pil().convert("RGB")
    finally:
        document.close()


def test_personal_print_leaves_the_common_face_to_the_stock(card):
    personal = draw_cards([FACE], FIRST, FacePart.PERSONAL)
    front, back = map(squeezed, pages_of(personal))
    assert "王𬭎䶮" in front
    assert "中华人民共和国" not in front
    assert "江苏省交通运输厅" in back
    assert "本证是持证人" not in back
    assert picture_of(personal, 0).getpixel((4, 4)) == (255, 255, 255)
    assert picture_of(card, 0).getpixel((4, 4)) != (255, 255, 255)


def test_a_batch_has_front_and_back_of_each_card_in_turn():
    other = dataclasses.replace(FACE, holder_name="李秋实", certificate_number="32000000025")
    pages = [squeezed(page) for page in pages_of(draw_cards([FACE, other], FIRST))]
    assert [number in page for page, number in zip(pages, ["017", "017", "025", "025"], strict=True)] == [
        True
    ] * 4
    assert "李秋实" in pages[2]


def test_a_shift_moves_what_is_printed_by_millimetres():
    def left_edge(pdf: bytes) -> int:
        picture = picture_of(pdf, 0).point(lambda tone: 255 if tone < 200 else 0).convert("L")
        return picture.getbbox()[0]

    still = draw_cards([FACE], FIRST, FacePart.PERSONAL)
    moved = draw_cards([FACE], FIRST, FacePart.PERSONAL, (2.0, 0.0))
    assert left_edge(moved) - left_edge(still) == pytest.approx(2 * 2 * 72 / 25.4, abs=1)


@pytest.mark.parametrize(
    ("faces", "shift", "code"),
    [
        ([], (0.0, 0.0), "no-cards"),
        ([FACE] * 501, (0.0, 0.0), "too-many-cards"),
        ([FACE], (0.0, -3.1), "shift-too-far"),
    ],
)
def test_a_print_run_that_cannot_be_is_refused(faces, shift, code):
    with pytest.raises(InvalidInput) as refused:
        draw_cards(faces, FIRST, FacePart.WHOLE, shift)
    assert refused.value.code == code


def test_the_common_face_goes_to_the_printing_house_with_its_trim_box_and_nobodys_name():
    pdf = draw_common_face(FIRST)
    document = pypdfium2.PdfDocument(pdf)
    boxes = [page.get_trimbox() for page in document]
    document.close()
    for left, bottom, right, top in boxes:
        assert (right - left, top - bottom) == (
            pytest.approx(242.646, abs=0.01),
            pytest.approx(153.014, abs=0.01),
        )
    pages = [squeezed(page) for page in pages_of(pdf)]
    assert "交通运输行政执法证" in pages[0]
    assert "姓名" not in pages[0]
    assert "版式1" in pages[1]
    assert draw_common_face(FIRST) == pdf


def test_another_design_gives_another_picture():
    pattern = dataclasses.replace(FIRST.pattern, band_tint="#D08080", rosette_lobes=18)
    other = dataclasses.replace(FIRST, version=2, pattern=pattern)
    assert (
        picture_of(draw_common_face(FIRST), 0).tobytes() != picture_of(draw_common_face(other), 0).tobytes()
    )
