"""Reading a spreadsheet file into sheets. What a file is, its first bytes say; its name is not believed."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from warrant.adapters.spreadsheet import ods, xls, xlsx
from warrant.adapters.spreadsheet.bounds import (
    LARGEST_UNPACKED_BYTES,
    MOST_SHEETS,
    check_size,
    protected,
    unreadable,
    unsupported,
)
from warrant.adapters.spreadsheet.delimited import read_delimited
from warrant.adapters.spreadsheet.xlsx import Formulas
from warrant.core.errors import N_, InvalidInput
from warrant.core.roster.grid import Sheet

_ZIP_MAGIC = b"PK\x03\x04"
_MARKUP = re.compile(
    rb"^[\xef\xbb\xbf\s]*<(\?xml|!doctype|html|table|meta|head|style|workbook)", re.IGNORECASE
)
_ENCRYPTED_FLAG = 0x1


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
        in_order = xls.formulas_in_order(content)
        return _read_workbook(content, lambda index, _: in_order[index] if index < len(in_order) else {})
    if _MARKUP.match(content) or content.startswith((b"%PDF", b"{\\rtf", b"PK")):
        raise unsupported()
    return [read_delimited(content, PurePath(file_name).stem or "CSV")]


def _read_zipped(content: bytes) -> list[Sheet]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
            names = archive.NameToInfo
            if "xl/workbook.xml" in names:
                by_name = xlsx.formulas_by_sheet(archive)
            elif "content.xml" in names:
                ods.check_unprotected(archive)
                by_name = ods.formulas_by_sheet(archive)
            else:
                raise unsupported()
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise unreadable() from error
    return _read_workbook(content, lambda _, name: by_name.get(name, {}))


def _check_archive(archive: ZipFile) -> None:
    """Refuse an archive that would expand beyond bounds, before any part of it is opened."""
    parts = archive.infolist()
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise protected()
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        raise InvalidInput("file-too-large", N_("文件解压后过大；请用表格软件打开后另存再上传"))


def _read_workbook(content: bytes, formulas_of: Callable[[int, str], Formulas]) -> list[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        wanted = [
            (index, sheet.name)
            for index, sheet in enumerate(workbook.sheets_metadata)
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
        ]
        return [
            _sheet(workbook.get_sheet_by_index(index), formulas_of(index, name))
            for index, name in wanted[:MOST_SHEETS]
        ]
    except CalamineError as error:
        raise unreadable() from error
    except BaseException as error:
        # A damaged file can make the library panic; its exception class cannot be imported, only named.
        if type(error).__name__ == "PanicException":
            raise unreadable() from error
        raise


def _sheet(source: CalamineSheet, formulas: Formulas) -> Sheet:
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in source.merged_cell_ranges or ()]
    return Sheet(
        name=source.name,
        rows=source.to_python(skip_empty_area=False),
        formulas=formulas,
        merged=merged,
    )
