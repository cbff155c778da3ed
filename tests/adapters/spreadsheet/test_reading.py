"""Reading each format, and refusing what is too large, protected, damaged or no spreadsheet."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.spreadsheet.workbooks import ROSTER, compound_bytes, ods_bytes, xls_bytes, xlsx_bytes
from tests.core.roster.rows import ON, find_agency

from warrant.adapters.spreadsheet import bounds
from warrant.adapters.spreadsheet.checking import check_roster_content
from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.core.errors import InvalidInput

CSV = "\r\n".join(",".join(row) for row in ROSTER)

GOOD_FILES = {
    "xlsx": xlsx_bytes(),
    "xls": xls_bytes(),
    "ods": ods_bytes(),
    "csv in UTF-8": CSV.encode(),
    "csv with byte-order mark": CSV.encode("utf-8-sig"),
    "csv in GB18030": CSV.encode("gb18030"),
    "csv in UTF-16": CSV.encode("utf-16"),
    "tab-separated": CSV.replace(",", "\t").encode(),
    "semicolons": CSV.replace(",", ";").encode("gb18030"),
}


@pytest.mark.parametrize("kind", GOOD_FILES)
def test_same_roster_is_read_from_every_format(kind):
    check = check_roster_content(GOOD_FILES[kind], "名册.bin", ON, find_agency)
    assert check.findings == ()
    assert [(row.row, row.entry.name, row.entry.id_number) for row in check.rows] == [
        (2, "许波", "329923197201110221")
    ]


@pytest.mark.parametrize(
    "content",
    [
        xlsx_bytes(prepare=lambda book: book.active.__setitem__("E2", '=IF(TRUE,"女","男")')),
        xls_bytes(formula_at=(1, 5)),
        ods_bytes(
            extra_row='<table:table-row><table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/></table:table-row>'
        ),
    ],
    ids=["xlsx", "xls", "ods"],
)
def test_formula_cell_is_seen_in_every_format(content):
    (sheet,) = read_spreadsheet(content, "a")
    assert len(sheet.formulas) == 1
    assert next(iter(sheet.formulas.values())).startswith("=")


def test_formula_of_xlsx_keeps_its_place_and_text():
    content = xlsx_bytes(prepare=lambda book: book.active.__setitem__("E2", "=MID(B2,17,1)"))
    assert read_spreadsheet(content, "a.xlsx")[0].formulas == {(1, 4): "=MID(B2,17,1)"}


def test_number_quoted_as_a_formula_in_csv_is_the_number():
    text = CSV.replace("329923197201110221", '"=""329923197201110221"""')
    check = check_roster_content(text.encode(), "名册.csv", ON, find_agency)
    assert (check.findings, check.rows[0].entry.id_number) == ((), "329923197201110221")


def test_sheet_of_a_csv_is_named_after_the_file():
    assert read_spreadsheet(CSV.encode(), "dir/苏州.csv")[0].name == "苏州"


def test_rows_keep_their_spreadsheet_numbers_above_blank_rows():
    content = xlsx_bytes(rows=[[], [], *ROSTER])
    assert [row.row for row in check_roster_content(content, "a.xlsx", ON, find_agency).rows] == [4]


def test_hidden_sheets_are_not_read():
    def hide(book):
        book.create_sheet("字典").sheet_state = "hidden"

    assert [sheet.name for sheet in read_spreadsheet(xlsx_bytes(prepare=hide), "a.xlsx")] == ["花名册"]


def far_row(book):
    book.active.cell(bounds.MOST_ROWS + 1, 1).value = "远"


def far_column(book):
    book.active["XFD1"] = "远"


def zip_bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(301):
                part.write(b" " * 1024 * 1024)
    return stream.getvalue()


def with_doctype():
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as source, zipfile.ZipFile(stream, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            target.writestr(part.filename, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"  \n", "file-empty"),
        (b"x" * (bounds.LARGEST_FILE_BYTES + 1), "file-too-large"),
        (xlsx_bytes(prepare=far_row), "sheet-too-large"),
        (xlsx_bytes(prepare=far_column), "sheet-too-large"),
        (xls_bytes(far_cell=(1, 300)), "sheet-too-large"),
        (
            ods_bytes(
                extra_row='<table:table-row table:number-rows-repeated="900000"><table:table-cell office:value-type="string"/></table:table-row>'
            ),
            "sheet-too-large",
        ),
        (("a," * 300).encode(), "sheet-too-large"),
        (xls_bytes(protected=True), "file-protected"),
        (compound_bytes({"EncryptedPackage": b"x"}), "file-protected"),
        (ods_bytes(encrypted=True), "file-protected"),
        (xlsx_bytes()[:2000], "file-unreadable"),
        (xls_bytes()[:700], "file-unreadable"),
        (compound_bytes({"WordDocument": b"x"}), "file-unreadable"),
        (with_doctype(), "file-unreadable"),
        (b"\x00\x01\x02\xff\xfe\xfd", "file-unreadable"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file-format"),
        (b"%PDF-1.7", "file-format"),
    ],
)
def test_file_that_cannot_be_taken_is_refused_with_its_own_code(content, code):
    with pytest.raises(InvalidInput) as caught:
        read_spreadsheet(content, "名册.xlsx")
    assert caught.value.code == code


def test_archive_that_would_expand_is_refused_before_it_does():
    content = zip_bomb()
    assert len(content) < bounds.LARGEST_FILE_BYTES
    with pytest.raises(InvalidInput) as caught:
        read_spreadsheet(content, "a.xlsx")
    assert caught.value.code == "file-too-large"


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["xlsx", "xls", "ods"]),
    place=st.floats(0, 1, exclude_max=True),
    flip=st.integers(1, 255),
    cut=st.booleans(),
)
def test_damaged_file_is_read_or_refused_and_nothing_else(kind, place, flip, cut):
    content = bytearray(GOOD_FILES[kind])
    at = int(place * len(content))
    if cut:
        del content[at:]
    else:
        content[at] ^= flip
    try:
        sheets = read_spreadsheet(bytes(content), "a")
    except InvalidInput as error:
        assert error.code.startswith(("file-", "sheet-"))  # noqa: PT017 - both outcomes are right
    else:
        assert all(isinstance(sheet.name, str) for sheet in sheets)
