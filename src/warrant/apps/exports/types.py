"""What an export is made of: a kind, what was asked for, and the source of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.http import QueryDict

from warrant.core.access import Actor, Permission
from warrant.core.errors import N_
from warrant.core.ports import TableColumn


class IdNumbers(StrEnum):
    """How ID numbers stand in a file."""

    NONE = "none"
    MASKED = "masked"
    WHOLE = "whole"


ID_NUMBER_WORDS: Mapping[IdNumbers, str] = {
    IdNumbers.NONE: N_("不含"),
    IdNumbers.MASKED: N_("部分隐藏"),
    IdNumbers.WHOLE: N_("完整号码"),
}


@dataclass(frozen=True)
class FileFormat:
    """A kind of file. ``encoding`` is of CSV only; ``label`` is a msgid."""

    label: str
    suffix: str
    media_type: str
    encoding: str = ""


XLSX, CSV, CSV_GB18030, PDF = "xlsx", "csv", "csv-gb18030", "pdf"
FORMATS: Mapping[str, FileFormat] = {
    XLSX: FileFormat(
        N_("Excel 工作簿（.xlsx）"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    CSV: FileFormat(N_("CSV，UTF-8 编码"), "csv", "text/csv; charset=utf-8", "utf-8-sig"),
    CSV_GB18030: FileFormat(
        N_("CSV，GB18030 编码（旧系统用）"), "csv", "text/csv; charset=gb18030", "gb18030"
    ),
    PDF: FileFormat(N_("PDF（供打印盖章，A4 横向）"), "pdf", "application/pdf"),
}

Parameters = dict[str, list[str]]
"""What of a form or an address says which rows are meant: field to its values. No ID number stands in it."""


@dataclass(frozen=True)
class ExportRequest:
    """What a person wants: ``columns`` are keys of the source; ``purpose`` stands in the watermark."""

    format: str
    columns: tuple[str, ...]
    purpose: str
    id_numbers: IdNumbers = IdNumbers.NONE
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a job keeps it."""
        return {
            "format": self.format,
            "columns": list(self.columns),
            "purpose": self.purpose,
            "id_numbers": self.id_numbers.value,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ExportRequest:
        """Return what :meth:`as_json` kept."""
        return cls(
            kept["format"],
            tuple(kept["columns"]),
            kept["purpose"],
            IdNumbers(kept["id_numbers"]),
            kept["reason"],
        )


RowsOf = Callable[[Sequence[str], IdNumbers], Iterator[Sequence[object]]]
"""Yields the rows: a value for each of the columns, and the ID number last where one is asked for."""


@dataclass(frozen=True)
class ExportSource:
    """A list that a certain person may take along, in the language of that person.

    ``columns`` are all that can be chosen, ``chosen`` those that are unless told otherwise, ``paper_columns`` those of
    the printed form. ``described`` says the filter in words, as pairs. ``rows`` reads the database piece by piece and
    gives only what the person may see at that moment.
    """

    title: str
    count: int
    columns: Mapping[str, TableColumn]
    chosen: Sequence[str]
    described: Sequence[tuple[str, str]]
    rows: RowsOf
    back_url: str
    has_id_numbers: bool = False
    may_unmask: bool = False
    paper_columns: Sequence[str] = ()
    paper_title: str = ""
    signatures: Sequence[str] = ()


@dataclass(frozen=True)
class ExportKind:
    """One list that can be exported; named in ``settings.WARRANT_EXPORTS`` under its key.

    ``read`` takes what a form or an address holds and returns the part that says which rows are meant, or raises
    ``InvalidInput``; ``open`` returns the source for a person.
    """

    permission: Permission
    read: Callable[[QueryDict], Parameters]
    open: Callable[[Actor, Parameters], ExportSource]
    formats: tuple[str, ...] = field(default=tuple(FORMATS))
