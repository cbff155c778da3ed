"""How large a file may be, and the refusals. A file from outside is measured before anything expands it."""

from __future__ import annotations

from warrant.core.errors import N_, InvalidInput

LARGEST_FILE_BYTES = 32 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 300 * 1024 * 1024
LARGEST_SIDE_PART_BYTES = 16 * 1024 * 1024
"""Of everything in an archive that is neither sheet nor shared text: styles, names, relations."""

MOST_ROWS = 200_000
MOST_COLUMNS = 256
MOST_CELLS = 3_600_000
"""In the rectangle around the filled cells of all sheets: the reading library holds it whole, 32 bytes a cell."""

MOST_SHARED_TEXTS = 2_500_000
LARGEST_TEXT_BYTES = 150 * 1024 * 1024
"""Of the text in all cells, a text that stands in many cells counted as often."""

MOST_SHEETS = 100
MOST_FORMULAS = 500_000


def check_size(size_bytes: int) -> None:
    """Raises: InvalidInput("file-too-large")."""
    if size_bytes > LARGEST_FILE_BYTES:
        raise InvalidInput(
            "file-too-large",
            N_("文件超过 %(limit)s MB；请分成几个文件上传"),
            limit=LARGEST_FILE_BYTES // 1024 // 1024,
        )


def check_place(row: int, column: int) -> None:
    """Check one zero-based place. Raises: InvalidInput("sheet-too-large")."""
    if row >= MOST_ROWS or column >= MOST_COLUMNS:
        raise InvalidInput(
            "sheet-too-large",
            N_("工作表超过 %(rows)s 行或 %(columns)s 列；请删除多余的行列，或分成几个文件上传"),
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
        )


class Extent:
    """How far the filled cells of a file reach, sheet by sheet; refuses what would not fit into memory."""

    def __init__(self) -> None:
        self._cells_before = 0
        self._last_row = -1
        self._last_column = -1

    @property
    def cells(self) -> int:
        """How many cells the rectangles around all filled cells have."""
        return self._cells_before + (self._last_row + 1) * (self._last_column + 1)

    def next_sheet(self) -> None:
        """Begin another sheet."""
        self._cells_before = self.cells
        self._last_row = self._last_column = -1

    def reach(self, row: int, column: int) -> None:
        """Note a filled cell at zero-based indexes. Raises: InvalidInput("sheet-too-large")."""
        if row <= self._last_row and column <= self._last_column:
            return
        check_place(row, column)
        self._last_row, self._last_column = max(row, self._last_row), max(column, self._last_column)
        if self.cells > MOST_CELLS:
            raise InvalidInput(
                "sheet-too-large",
                N_("工作表共有 %(cells)s 万个以上单元格；请删除多余的行列，或分成几个文件上传"),
                cells=MOST_CELLS // 10_000,
            )


def unreadable() -> InvalidInput:
    """Return the refusal of a file that is damaged or not what it seems."""
    return InvalidInput(
        "file-unreadable",
        N_("文件无法读取：可能已损坏，或不是电子表格；请用表格软件打开后另存为 .xlsx 再上传"),
    )


def protected() -> InvalidInput:
    """Return the refusal of a file that needs a password."""
    return InvalidInput("file-protected", N_("文件设有打开密码；请取消密码后另存再上传"))


def unsupported() -> InvalidInput:
    """Return the refusal of a format that is not read."""
    return InvalidInput("file-format", N_("不支持该文件格式；请另存为 .xlsx、.xls、.ods 或 .csv 后上传"))
