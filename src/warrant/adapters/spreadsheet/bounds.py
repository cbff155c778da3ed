"""How large a file may be, and the refusals. A file from outside is measured before anything expands it."""

from __future__ import annotations

from warrant.core.errors import N_, InvalidInput

LARGEST_FILE_BYTES = 20 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 300 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 256
MOST_SHEETS = 100


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
