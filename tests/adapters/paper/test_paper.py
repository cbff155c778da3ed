"""Paper forms: every word on them, over as many pages as it takes, whatever the texts."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.paper import paper_forms
from warrant.adapters.paper.lettering import Measure
from warrant.core.ports import (
    CellKind,
    PaperLetter,
    PaperRoster,
    PaperSection,
    RecordSheet,
    Table,
    TableColumn,
)

A4_POINTS = (595, 842)
COLUMNS = (
    TableColumn("姓名", width=12),
    TableColumn("单位", width=36),
    TableColumn("年龄", CellKind.NUMBER, 6),
)


def roster(rows: Sequence[Sequence[object]]) -> bytes:
    target = io.BytesIO()
    table = Table("执法人员名册", "内部资料", COLUMNS, rows, lambda: [], "导出说明")
    facts = ["填报单位：昆山市交通运输局", "制表日期：2026-11-22"]
    form = PaperRoster(
        table, facts, ("填表人：", "审核人："), "内部资料 · 顾晓岚", "第 %(page)s 页，共 %(pages)s 页", "序号"
    )
    paper_forms().print_roster(form, target)
    return target.getvalue()


def pages(raw: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(raw)]


def sheet(**changes: object) -> bytes:
    values: dict[str, object] = {
        "title": "交通运输行政执法人员登记表",
        "subtitle": "昆山市交通运输综合行政执法大队",
        "photo": None,
        "photo_label": "照片",
        "pairs": [
            ("姓名", "沈知微"),
            ("性别", "女"),
            ("单位", "昆山市交通运输综合行政执法大队"),
            ("备注", ""),
        ],
        "wide": frozenset({"单位"}),
        "sections": [PaperSection("培训", ("课程", "学时"), (5, 1), [("岗前培训", "60")])],
        "signatures": ("本人确认：", "单位意见："),
        "foot": "内部资料 · 顾晓岚",
        "page_label": "第 %(page)s 页，共 %(pages)s 页",
        "nothing": "无",
    }
    target = io.BytesIO()
    paper_forms().print_record_sheet(RecordSheet(**{**values, **changes}), target)  # type: ignore[arg-type]  # by name
    return target.getvalue()


def test_a_roster_lies_across_and_counts_its_rows_and_pages() -> None:
    raw = roster([[f"沈{number}", "昆山市交通运输综合行政执法大队", 36] for number in range(1, 41)])
    width, height = pypdfium2.PdfDocument(raw)[0].get_size()
    assert (round(height), round(width)) == A4_POINTS
    texts = pages(raw)
    assert len(texts) == 2
    for number, text in enumerate(texts, start=1):
        assert f"第 {number} 页，共 2 页" in text
        assert "序号" in text
        assert "内部资料 · 顾晓岚" in text
    words = "".join(texts)
    assert all(f"沈{number}" in words for number in range(1, 41))
    assert "填表人：" in texts[-1]
    assert "填报单位：昆山市交通运输局" in texts[0]


def test_an_empty_roster_is_a_page_to_be_signed() -> None:
    assert len(pages(roster([]))) == 1


def test_a_sheet_holds_pairs_sections_and_places_for_stamps() -> None:
    raw = sheet(photo=portrait(1, "female"))
    (text,) = pages(raw)
    for word in (
        "沈知微",
        "昆山市交通运输综合行政执法大队",
        "岗前培训",
        "60",
        "本人确认：",
        "第 1 页，共 1 页",
    ):
        assert word in text, word
    assert "照片" not in text  # the picture itself stands there


def test_a_section_without_rows_says_so_and_a_missing_photo_too() -> None:
    (text,) = pages(sheet(sections=[PaperSection("奖励", ("名称",), (1,), [])]))
    assert "无" in text
    assert "照片" in text


def test_a_long_section_goes_on_with_its_head_on_the_next_page() -> None:
    rows = [(f"第{number}期培训", "60") for number in range(80)]
    texts = pages(sheet(sections=[PaperSection("培训", ("课程", "学时"), (5, 1), rows)]))
    assert len(texts) > 1
    assert all("课程" in text for text in texts[:2])
    assert all(f"第{number}期培训" in "".join(texts) for number in range(80))


def test_rare_characters_can_be_copied_out_again() -> None:
    assert "䶮" in pages(roster([["李䶮", "苏州", 36]]))[0]


@given(st.text(alphabet=st.sampled_from("交通运输 abc123，。（）=\n"), max_size=120), st.integers(20, 200))
@settings(max_examples=80, deadline=None)
def test_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    measure = Measure("Helvetica")
    lines = measure.lines(text, 9.0, float(width))
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    closers = 4 * measure.width("。", 9.0)
    assert all(measure.width(line.rstrip("，。）"), 9.0) <= width + closers for line in lines)


def test_a_closing_mark_does_not_begin_a_line() -> None:
    measure = Measure("Helvetica")
    five = measure.width("交" * 5, 9.0)
    assert measure.lines("交通运输厅，公路", 9.0, five) == ["交通运输厅，", "公路"]


@pytest.mark.parametrize("text", ["https://a.example/" + "x" * 300, "1" * 200])
def test_a_word_wider_than_the_line_is_cut_through(text: str) -> None:
    lines = Measure("Helvetica").lines(text, 9.0, 100.0)
    assert "".join(lines) == text
    assert len(lines) > 5


def test_a_letter_has_every_word_and_keeps_the_signature_together() -> None:
    target = io.BytesIO()
    letter = PaperLetter(
        "不予通过通知书",
        "申请编号 A322026000001",
        "沈知微：",
        ["经审查，不予通过。" * 160, "理由：培训学时不足"],
        [PaperSection("办理环节", ("环节", "单位"), (1, 3), [("审查", "昆山市交通运输局")])],
        ["昆山市交通运输局", "2026年11月22日"],
        "打印于 2026-11-22",
        "第 %(page)s 页，共 %(pages)s 页",
        "无",
    )
    paper_forms().print_letter(letter, target)
    texts = pages(target.getvalue())
    assert len(texts) == 2
    for words in ("不予通过通知书", "沈知微：", "理由：培训学时不足", "办理环节"):
        assert words in "".join(texts)
    assert "昆山市交通运输局\r\n2026年11月22日" in texts[-1]
