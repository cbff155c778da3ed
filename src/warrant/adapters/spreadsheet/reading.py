"""Reading a spreadsheet file into sheets. What a file is, its first bytes say; its name is not believed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from warrant.adapters.spreadsheet import ods, xls, xlsx
from warrant.adapters.spreadsheet.archive import DAMAGE, Archive
from warrant.adapters.spreadsheet.bounds import MOST_SHEETS, check_size, unreadable, unsupported
from warrant.adapters.spreadsheet.delimited import read_delimited
from warrant.adapters.spreadsheet.xlsx import Unseen
from warrant.core.errors import N_, InvalidInput
from warrant.core.roster.grid import Cells, CellValue, MergedRange, Sheet, StreamedRows

_ZIP_MAGIC = b"PK\x03\x04"
_MARKUP = re.compile(
    rb"^[\xef\xbb\xbf\s]*<(\?xml|!doctype|html|table|meta|head|style|workbook)", re.IGNORECASE
)


def read_spreadsheet(content: bytes, file_name: str) -> list[Sheet]:
    """Return the visible worksheets. ``file_name`` only names the sheet of a CSV file.

    Formula cells carry their last calculated value, and their formula beside it.
    Raises: InvalidInput: "file-too-large", "sheet-too-large", "file-unreadable", "file-protected", "file-format",
    "file-empty".
    """
    check_size(len(content))
    if not content.strip():
        raise InvalidInput("file-empty", N_("文件是空的；请核对所选文件"))
    if content.startswith(_ZIP_MAGIC):
        return _read_zipped(content)
    if content.startswith(xls.MAGIC):
        in_order = xls.unseen_in_order(content)
        return _read_workbook(
            content, lambda index, _: in_order[index] if index < len(in_order) else Unseen(), {}
        )
    if _MARKUP.match(content) or content.startswith((b"%PDF", b"{\\rtf", b"PK")):
        raise unsupported()
    return [read_delimited(content, PurePath(file_name).stem or "CSV")]


def _read_zipped(content: bytes) -> list[Sheet]:
    merged: Mapping[str, Sequence[MergedRange]] = {}
    try:
        with ZipFile(io.BytesIO(content)) as zipped:
            archive = Archive(zipped)
            if "xl/workbook.xml" in archive.names:
                by_name = xlsx.unseen_by_sheet(archive)
            elif "content.xml" in archive.names:
                ods.check_unprotected(archive)
                by_name, merged = ods.tables_of(archive)
            else:
                raise unsupported()
    except DAMAGE as error:
        raise unreadable() from error
    return _read_workbook(content, lambda _, name: by_name.get(name) or Unseen(), merged)


def _read_workbook(
    content: bytes,
    unseen_of: Callable[[int, str], Unseen],
    merged: Mapping[str, Sequence[MergedRange]],
) -> list[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        wanted = [
            (index, sheet.name)
            for index, sheet in enumerate(workbook.sheets_metadata)
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
        ]
        return [
            _sheet(workbook.get_sheet_by_index(index), unseen_of(index, name), merged.get(name, ()))
            for index, name in wanted[:MOST_SHEETS]
        ]
    except CalamineError as error:
        raise unreadable() from error
    except BaseException as error:
        # A damaged file can make the library panic; its exception class cannot be imported, only named.
        if type(error).__name__ == "PanicException":
            raise unreadable() from error
        raise


def _sheet(source: CalamineSheet, unseen: Unseen, spanned: Sequence[MergedRange]) -> Sheet:
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in source.merged_cell_ranges or ()]
    length = 0 if source.end is None else source.end[0] + 1
    return Sheet(
        name=source.name,
        rows=StreamedRows(lambda: _rows(source), length),
        formulas=unseen.formulas,
        hidden_rows=unseen.hidden_rows,
        merged=merged or spanned,
    )


def _rows(source: CalamineSheet) -> Iterator[Cells]:
    """Yield every row from row 1 on, each from column A on; the library leaves out empty columns on the left."""
    left: list[CellValue] = [""] * source.start[1] if source.start else []
    for cells in source.iter_rows():
        yield [*left, *cells] if left else cells
