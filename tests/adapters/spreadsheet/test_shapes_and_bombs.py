"""Rosters in the shapes that offices send, and files made to hurt: read, or refused in words, within bounds."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.adapters.spreadsheet.workbooks import ROSTER, compound_bytes, ods_bytes, xls_bytes, xlsx_bytes
from tests.core.roster.rows import ON, find_agency

from warrant.adapters.spreadsheet import bounds
from warrant.adapters.spreadsheet.checking import check_roster_content
from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.core.errors import InvalidInput

SOURCE = Path(__file__).parents[3] / "src"
MOST_MEGABYTES = 500
HEADINGS, PERSON = ROSTER
SECOND = ["邓波", "32990419860328019X", "昆山市交通运输局", "道路运政", "男"]


def people_of(content, name="名册.xlsx"):
    check = check_roster_content(content, name, ON, find_agency)
    return [(row.row, row.entry.name, row.entry.agency_key) for row in check.rows], [
        (finding.row, finding.severity.value, finding.code) for finding in check.findings
    ]


BOTH = [(2, "许波", "320500"), (3, "邓波", "320583")]


def moved(rows, by):
    return [(row + by, name, unit) for row, name, unit in rows]


def test_titles_notes_and_blank_rows_stand_above():
    rows = [["昆山市执法人员花名册"], [], ["填报日期:2026年", "", "单位:人"], HEADINGS, PERSON, SECOND]
    assert people_of(xlsx_bytes(rows)) == (moved(BOTH, 3), [])


def test_three_rows_of_headings_with_merged_cells_are_one_heading():
    rows = [
        ["序号", "人员基本信息", "", "", "单位及门类", ""],
        ["", "姓名", "证件", "", "所在", "执法"],
        ["", "", "性别", "身份证号码", "单位", "门类"],
        [1, "许波", "女", PERSON[1], PERSON[2], PERSON[3]],
        [2, "邓波", "男", SECOND[1], SECOND[2], SECOND[3]],
    ]

    def merge(book):
        for area in ("A1:A3", "B1:D1", "E1:F1", "B2:B3", "C2:D2"):
            book.active.merge_cells(area)

    assert people_of(xlsx_bytes(rows, merge)) == (moved(BOTH, 2), [])


def test_names_that_no_list_has_are_guessed_by_a_word_in_them():
    headings = [
        "人员姓名全称",
        "居民身份证号(必填)",
        "现所属执法单位全称",
        "从事行政执法业务类别",
        "性别(男女)",
    ]
    assert people_of(xlsx_bytes([headings, PERSON, SECOND])) == (BOTH, [])


def test_a_column_of_numbers_under_an_odd_name_is_the_identity_number():
    headings = ["姓名", "证照", "单位", "执法门类", "性别"]
    assert people_of(xlsx_bytes([headings, PERSON, SECOND])) == (BOTH, [])


def test_a_table_without_any_heading_is_read_by_its_contents():
    assert people_of(xlsx_bytes([PERSON, SECOND])) == (moved(BOTH, -1), [])


def test_subtotals_totals_and_repeated_headings_between_people_are_left_aside():
    rows = [HEADINGS, PERSON, ["小计", "1人"], HEADINGS, SECOND, ["公路路政小计：1人"], ["合计", 2]]
    assert people_of(xlsx_bytes(rows)) == ([(2, "许波", "320500"), (5, "邓波", "320583")], [])


def test_units_merged_down_count_for_everybody_in_xlsx_and_ods():
    second = [*SECOND[:2], "", *SECOND[3:]]
    merged = xlsx_bytes([HEADINGS, PERSON, second], lambda book: book.active.merge_cells("C2:C3"))
    assert people_of(merged)[0] == [(2, "许波", "320500"), (3, "邓波", "320500")]
    row = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in second[:2]
    )
    row = (
        f"<table:table-row>{row}<table:covered-table-cell/>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in second[3:]
        )
        + "</table:table-row>"
    )
    raw = ods_bytes(extra_row=row)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        content = archive.read("content.xml").decode()
    cell = f'<table:table-cell office:value-type="string"><text:p>{PERSON[2]}</text:p>'
    spanned = content.replace(
        cell, cell.replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"')
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("content.xml", spanned)
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("META-INF/manifest.xml", '<manifest xmlns="x"/>')
    assert people_of(stream.getvalue())[0] == [(2, "许波", "320500"), (3, "邓波", "320500")]


def test_the_unit_may_stand_in_the_title_alone():
    rows = [["苏州市交通运输局执法人员花名册"], [*HEADINGS[:2], *HEADINGS[3:]], [*PERSON[:2], *PERSON[3:]]]
    assert people_of(xlsx_bytes(rows)) == ([(3, "许波", "320500")], [])


def test_units_may_stand_above_the_groups_of_their_people():
    rows = [
        [*HEADINGS[:2], *HEADINGS[3:]],
        ["一、苏州市交通运输局（1人）"],
        [*PERSON[:2], *PERSON[3:]],
        ["二、昆山市交通运输局"],
        [*SECOND[:2], *SECOND[3:]],
    ]
    assert people_of(xlsx_bytes(rows)) == ([(3, "许波", "320500"), (5, "邓波", "320583")], [])


def test_tables_side_by_side_are_told():
    rows = [[*HEADINGS, "", *HEADINGS], [*PERSON, "", *SECOND]]
    assert people_of(xlsx_bytes(rows)) == (
        BOTH[:1],
        [(1, "warn", "repeated-column"), (1, "warn", "repeated-column")],
    )


def test_the_second_of_two_educations_is_told_by_the_heading_above_it():
    rows = [
        [*HEADINGS, "全日制教育", "", "在职教育", ""],
        ["", "", "", "", "", "学历", "院校", "学历", "院校"],
        [*PERSON, "高中", "", "大学本科", ""],
    ]

    def merge(book):
        for area in ("F1:G1", "H1:I1", "A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2"):
            book.active.merge_cells(area)

    (row,) = check_roster_content(xlsx_bytes(rows, merge), "a.xlsx", ON, find_agency).rows
    assert (row.entry.education_code, row.findings) == ("21", ())


def test_empty_columns_on_the_left_do_not_shift_the_table():
    rows = [["", "", *row] for row in (HEADINGS, PERSON, SECOND)]
    assert people_of(xlsx_bytes(rows)) == (BOTH, [])


def test_dates_phones_and_numbers_may_be_stored_as_they_please():
    headings = [*HEADINGS, "出生年月", "参加工作时间", "联系电话"]
    rows = [
        headings,
        [*PERSON, date(1972, 1, 11), 1995.08, 19900006042],
        [*SECOND, "86年3月", 39753, "19900006043"],
    ]
    _, findings = people_of(xlsx_bytes(rows))
    assert findings == [(3, "fix", "date-serial")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_delimited_text_is_read_in_every_encoding_and_separator(encoding, separator):
    lines = [separator.join(row) for row in (["花名册"], HEADINGS, PERSON, SECOND)]
    assert people_of("\r\n".join(lines).encode(encoding), "名册.csv") == (moved(BOTH, 1), [])


def test_a_formula_without_a_calculated_value_is_told():
    raw = xlsx_bytes([HEADINGS, PERSON], lambda book: book.active.__setitem__("A2", "=B2&C2"))
    assert people_of(raw)[1] == [(2, "warn", "formula"), (2, "error", "missing-name")]


def refused(content):
    with pytest.raises(InvalidInput) as caught:
        read_spreadsheet(content, "名册.xlsx")
    return caught.value.code


def with_part(name, content, base=None):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or xlsx_bytes())) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            target.writestr(part.filename, content if part.filename == name else source.read(part))
        if name not in source.namelist():
            target.writestr(name, content)
    return stream.getvalue()


def test_a_thousand_columns_are_refused_as_too_large():
    assert refused(xlsx_bytes([[f"列{number}" for number in range(1000)]])) == "sheet-too-large"


def test_an_archive_that_lies_about_its_sizes_is_measured():
    part = "xl/worksheets/sheet1.xml"
    honest = with_part(
        part, b"<worksheet>" + b" " * (bounds.LARGEST_UNPACKED_BYTES + 2**21) + b"</worksheet>"
    )
    size = (bounds.LARGEST_UNPACKED_BYTES + 2**21 + 23).to_bytes(4, "little")
    assert size in honest
    assert refused(honest.replace(size, (5000).to_bytes(4, "little"))) == "file-too-large"


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"]
)
def test_entities_are_never_expanded(part):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 50 + b'">]><x>&a;</x>'
    assert refused(with_part(part, bomb)) == "file-unreadable"


def test_one_long_text_in_very_many_cells_is_refused():
    text = "<si><t>" + "长" * 30_000 + "</t></si>"
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 5001))
    raw = with_part(
        "xl/worksheets/sheet1.xml",
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'.encode(),
    )
    raw = with_part(
        "xl/sharedStrings.xml",
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{text}</sst>'.encode(),
        raw,
    )
    assert refused(raw) == "file-too-large"


def test_styles_far_out_do_not_make_a_sheet_large():
    def paint(book):
        book.active["XFD1"].font = openpyxl.styles.Font(bold=True)

    assert people_of(xlsx_bytes(ROSTER, paint)) == (BOTH[:1], [])


def test_links_to_other_files_are_not_followed():
    raw = with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    assert people_of(raw) == (BOTH[:1], [])


LONG_FILES = {
    "two million rows": """
        import io, zipfile
        from tests.adapters.spreadsheet.workbooks import xlsx_bytes
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            for part in source.infolist():
                if not part.filename.endswith("sheet1.xml"): target.writestr(part.filename, source.read(part))
            with target.open("xl/worksheets/sheet1.xml", "w") as part:
                part.write(b"<worksheet><sheetData>")
                for start in range(0, 2_000_000, 10_000):
                    part.write("".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(start + 1, start + 10_001)).encode())
                part.write(b"</sheetData></worksheet>")
        content = stream.getvalue()
    """,
    "a bomb of one sheet": """
        import io, zipfile
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"<workbook/>")
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
                for _ in range(2000): part.write(b" " * 2**20)
        content = stream.getvalue()
    """,
    "cells at the far corner": """
        import openpyxl, io
        book = openpyxl.Workbook(); book.active["IV190000"] = 1; book.active["A1"] = 1
        stream = io.BytesIO(); book.save(stream); content = stream.getvalue()
    """,
    "rows repeated without end": """
        from tests.adapters.spreadsheet.workbooks import ods_bytes
        content = ods_bytes(extra_row='<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000" office:value-type="float" office:value="1"/></table:table-row>')
    """,
}


@pytest.mark.parametrize("kind", LONG_FILES)
def test_a_huge_file_is_refused_within_the_memory(kind, tmp_path):
    made = tmp_path / "huge.bin"
    program = textwrap.dedent(LONG_FILES[kind]) + "\nimport sys; open(sys.argv[1], 'wb').write(content)"
    environment = {"PYTHONPATH": f"{SOURCE}:{SOURCE.parent}", "PATH": ""}
    subprocess.run([sys.executable, "-c", program, str(made)], check=True, env=environment, cwd=SOURCE.parent)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent("""
            import pathlib, re, sys
            from warrant.__main__ import main
            try: sys.argv = ["warrant", "roster", "check", sys.argv[1], "--json"]; code = main()
            except SystemExit as end: code = end.code
            # VmHWM is of this program alone; ru_maxrss would inherit the peak of the process that started it.
            status = pathlib.Path("/proc/self/status").read_text()
            print("peak", int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024, "code", code)
        """), str(made)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    peak, code = done.stdout.split("peak ")[1].split(" code ")
    assert (code.strip(), int(peak) < MOST_MEGABYTES) == ("2", True), done.stdout
    assert "请" in done.stderr


GOOD_FILES = {"xlsx": xlsx_bytes(), "xls": xls_bytes(), "ods": ods_bytes()}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\xff\xfe"]),
)
def test_any_bytes_are_read_or_refused_in_words(content, magic):
    try:
        sheets = read_spreadsheet(magic.encode("latin-1") + content, "a")
    except InvalidInput as error:
        assert error.code.startswith(("file-", "sheet-"))  # noqa: PT017 - both outcomes are right
    else:
        assert sheets


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6))
def test_any_table_of_text_is_checked_without_a_fault(rows):
    lines = "\n".join(",".join(f'"{cell.replace(chr(34), "")}"' for cell in row) for row in rows)
    content = lines.encode("utf-8", "ignore")
    try:
        check = check_roster_content(content, "a.csv", ON, find_agency)
    except InvalidInput as error:
        assert error.code.startswith(("file-", "sheet-"))  # noqa: PT017 - both outcomes are right
    else:
        assert check.findings


def test_a_compound_file_of_another_program_is_refused():
    assert refused(compound_bytes({"WordDocument": b"x" * 9000})) == "file-unreadable"
