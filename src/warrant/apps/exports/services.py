"""Making files of lists: at once or in the background, sealed, audited, and gone after a week."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from types import TracebackType
from typing import BinaryIO, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from warrant.apps.accounts.selectors import actor_of_account
from warrant.apps.audit.services import record
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.selectors import (
    FOLDER,
    LENGTH,
    check_fetchable,
    export_key,
    export_kind,
    export_path,
    frame_place,
    whole_numbers_taken,
)
from warrant.apps.exports.types import (
    CSV,
    FORMATS,
    ID_NUMBER_WORDS,
    PDF,
    XLSX,
    ExportRequest,
    ExportSource,
    IdNumbers,
    Parameters,
)
from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import JobRun, start_job
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.ports import port
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.crypto.sealing import seal
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.ports import PaperPrinter, PaperRoster, Table, TableColumn, TableWriter
from warrant.core.standards.id_number import without_id_numbers

JOB_KIND = "export.table"
DIRECT_ROWS = 5_000
"""More than these are made in the background."""
MOST_ROWS = 1_000_000
"""What a sheet of a workbook holds, almost. Source: ECMA-376 part 1 as Excel limits it (1,048,576)."""
MOST_PAPER_ROWS = 5_000
MOST_WHOLE_A_DAY = 5_000
"""Of so many people a person may take whole ID numbers along within 24 hours."""
KEPT_DAYS = 7
FRAME_BYTES = 256 * 1024
ROWS_A_STEP = 500
ID_NUMBER_WIDTH = 21

Progress = Callable[[int, int], None]


class SealedFile:
    """A file that is sealed piece by piece while it is written; it takes its place when all of it is there."""

    def __init__(self, uid: UUID) -> None:
        self.uid = uid
        self.size = 0
        self._digest = hashlib.sha256()
        self._key = export_key()
        self._waiting = bytearray()
        self._number = 0
        self._path = export_path(uid)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part = self._path.with_suffix(".part")
        handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream = os.fdopen(handle, "wb")

    @property
    def digest(self) -> str:
        """SHA-256 of what was written, hex."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> int:
        """Take the next bytes."""
        self._digest.update(piece)
        self.size += len(piece)
        self._waiting += piece
        while len(self._waiting) > FRAME_BYTES:
            self._seal(bytes(self._waiting[:FRAME_BYTES]), is_last=False)
            del self._waiting[:FRAME_BYTES]
        return len(piece)

    def flush(self) -> None:
        """Keep what waits until its frame is full."""

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        sealed = seal(self._key, piece, frame_place(self.uid, self._number, is_last))
        self._stream.write(LENGTH.pack(len(sealed)) + sealed)
        self._number += 1

    def __enter__(self) -> SealedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stream:
            if kind is None:
                self._seal(bytes(self._waiting), is_last=True)
                self._stream.flush()
                os.fsync(self._stream.fileno())
        if kind is None:
            os.replace(self._part, self._path)
        else:
            self._part.unlink()


def unit_name(actor: Actor) -> str:
    """Return the name of the unit that the actor belongs to."""
    if actor.agency_id is None:
        return ""
    return Agency.objects.filter(pk=actor.agency_id).values_list("name", flat=True).first() or ""


def watermark(actor: Actor, unit: str, purpose: str, *, now: datetime) -> str:
    """Return the line that stands above everything that leaves the system."""
    return _("内部资料，注意保密 · %(person)s（%(unit)s）· %(at)s · 用途：%(purpose)s") % {
        "person": actor.name,
        "unit": unit,
        "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"),
        "purpose": purpose,
    }


def _checked(source: ExportSource, wanted: ExportRequest, formats: Sequence[str]) -> ExportRequest:
    if wanted.format not in formats:
        raise InvalidInput("format-unknown", N_("请选择一种文件格式"), place="format")
    columns = tuple(key for key in wanted.columns if key in source.columns)
    if wanted.format == PDF and source.paper_columns:
        columns = tuple(source.paper_columns)
    if not columns:
        raise InvalidInput("no-columns", N_("请至少选择一栏"), place="columns")
    id_numbers = wanted.id_numbers if source.has_id_numbers else IdNumbers.NONE
    if wanted.format == PDF and source.count > MOST_PAPER_ROWS:
        raise InvalidInput(
            "too-many-for-paper",
            N_("名册共 %(count)s 行，超过打印上限 %(most)s 行；请按单位分别打印，或改用 Excel"),
            place="format",
            count=source.count,
            most=MOST_PAPER_ROWS,
        )
    return ExportRequest(wanted.format, columns, wanted.purpose, id_numbers, wanted.reason)


def check_whole_numbers(
    actor: Actor, wanted: ExportRequest, count: int, *, may_unmask: bool, now: datetime
) -> None:
    """Return if the actor may take the ID numbers of ``count`` people along as wanted.

    Raises:
        NotPermitted: whole ones are wanted, and the actor may not unmask.
        InvalidInput: without a reason, or of more people than a day allows.
    """
    if wanted.id_numbers is not IdNumbers.WHOLE:
        return
    if not may_unmask:
        raise NotPermitted(
            "not-permitted",
            N_("您没有这项权限（%(permission)s），请与本单位系统管理员联系"),
            permission=Permission.OFFICER_UNMASK.value,
        )
    if not wanted.reason.strip():
        raise InvalidInput("reason-missing", N_("导出完整身份证号码须写明理由"), place="reason")
    taken = whole_numbers_taken(actor, now=now)
    if taken + count > MOST_WHOLE_A_DAY:
        raise InvalidInput(
            "too-many-whole-numbers",
            N_(
                "24 小时内最多导出 %(most)s 人的完整身份证号码，您已导出 %(taken)s 人；请改为部分隐藏，或缩小范围"
            ),
            place="id_numbers",
            most=MOST_WHOLE_A_DAY,
            taken=taken,
        )


def export_list(
    actor: Actor, key: str, parameters: Parameters, wanted: ExportRequest, *, now: datetime
) -> ExportFile | Job:
    """Make a file of a list: at once, or by a job where it is long. Either way it can be fetched for a week.

    Raises:
        NotPermitted: the actor lacks the list's permission, or wants whole ID numbers without theirs.
        InvalidInput: nothing is in the list, or what is wanted cannot be had; ``place`` names the field.
    """
    kind = export_kind(key)
    source = kind.open(actor, parameters)
    if source.count > MOST_ROWS:
        raise InvalidInput(
            "too-many-rows",
            N_("共 %(count)s 行，超过一个文件的上限 %(most)s 行；请缩小范围，分几次导出"),
            count=source.count,
            most=MOST_ROWS,
        )
    if not source.count:
        raise InvalidInput("nothing-to-export", N_("没有符合条件的记录，没有内容可以导出"))
    wanted = _checked(source, wanted, kind.formats)
    check_whole_numbers(actor, wanted, source.count, may_unmask=source.may_unmask, now=now)
    if source.count <= DIRECT_ROWS:
        return _write_list(actor, key, source, wanted, now=now)
    with transaction.atomic():
        return start_job(
            actor,
            JOB_KIND,
            {"key": key, "parameters": parameters, "wanted": wanted.as_json()},
            _("导出%(title)s") % {"title": source.title},
            now=now,
        )


def run_export(run: JobRun) -> None:
    """Make the file that a job was started for; the rights are those of this moment."""
    made = ExportFile.objects.filter(job_id=run.job.pk).first()
    if made is None:
        actor = actor_of_account(run.account_id)
        key = run.parameters["key"]
        kind = export_kind(key)
        source = kind.open(actor, run.parameters["parameters"])
        wanted = _checked(source, ExportRequest.from_json(run.parameters["wanted"]), kind.formats)
        now = clock.now()
        check_whole_numbers(actor, wanted, source.count, may_unmask=source.may_unmask, now=now)
        made = _write_list(actor, key, source, wanted, now=now, progress=run.progress, job_id=run.job.pk)
    run.result_url = f"/exports/{made.pk}/"
    run.result_text = ngettext("已导出 %(count)s 行", "已导出 %(count)s 行", made.row_count) % {
        "count": made.row_count
    }


def _write_list(
    actor: Actor,
    key: str,
    source: ExportSource,
    wanted: ExportRequest,
    *,
    now: datetime,
    progress: Progress | None = None,
    job_id: int | None = None,
) -> ExportFile:
    unit = unit_name(actor)
    columns = [source.columns[column] for column in wanted.columns]
    if wanted.id_numbers is not IdNumbers.NONE:
        columns.append(TableColumn(_("身份证号码"), width=ID_NUMBER_WIDTH))
    counted = 0

    def rows() -> Iterator[Sequence[object]]:
        nonlocal counted
        waiting = source.rows(wanted.columns, wanted.id_numbers)
        while step := list(islice(waiting, ROWS_A_STEP)):
            if progress is not None:
                progress(counted, source.count)
            counted += len(step)
            yield from step

    described = [*source.described, (_("身份证号码"), _(ID_NUMBER_WORDS[wanted.id_numbers]))]

    def about() -> list[tuple[str, str]]:
        return [
            (_("名称"), source.title),
            *described,
            (_("行数"), str(counted)),
            (_("导出人"), actor.name),
            (_("单位"), unit),
            (_("导出时间"), timezone.localtime(now).strftime("%Y-%m-%d %H:%M")),
            (_("用途"), wanted.purpose),
            (_("来源节点"), _(settings.WARRANT_NODE.name)),
        ]

    mark = watermark(actor, unit, wanted.purpose, now=now)
    is_paper = wanted.format == PDF
    table = Table(
        title=(source.paper_title or source.title) if is_paper else source.title,
        watermark=mark,
        columns=columns,
        rows=rows(),
        about=about,
        about_title=_("导出说明"),
    )

    def write(target: BinaryIO) -> int:
        if is_paper:
            _print(table, source, unit, mark, target, now=now)
        elif wanted.format == XLSX:
            _writer().write_workbook(table, target)
        else:
            _writer().write_delimited(table, target, FORMATS[wanted.format].encoding)
        return counted

    return keep_file(
        actor,
        key,
        source.title,
        wanted,
        permission=export_kind(key).permission,
        described=described,
        write=write,
        now=now,
        job_id=job_id,
    )


def _writer() -> TableWriter:
    return cast(TableWriter, port("table_writer"))


def paper_printer() -> PaperPrinter:
    """Return what draws paper forms."""
    return cast(PaperPrinter, port("paper_printer"))


def _print(
    table: Table, source: ExportSource, unit: str, mark: str, target: BinaryIO, *, now: datetime
) -> None:
    day = timezone.localtime(now).date().isoformat()
    paper_printer().print_roster(
        PaperRoster(
            table=table,
            facts=[
                _("填报单位：%(unit)s") % {"unit": unit},
                *(f"{term}：{text}" for term, text in source.described),
                _("制表日期：%(day)s") % {"day": day},
            ],
            signatures=source.signatures,
            foot=mark,
            page_label=_("第 %(page)s 页，共 %(pages)s 页"),
            number_label=_("序号"),
        ),
        target,
    )


def keep_file(
    actor: Actor,
    kind: str,
    title: str,
    wanted: ExportRequest,
    *,
    permission: Permission,
    described: Sequence[tuple[str, str]],
    write: Callable[[BinaryIO], int],
    now: datetime,
    job_id: int | None = None,
) -> ExportFile:
    """Let ``write`` fill a sealed file (it returns how many rows it wrote), and note and audit it in one transaction.

    The caller has checked that the actor may have what is written.
    """
    uid = uuid4()
    with SealedFile(uid) as sealed:
        row_count = write(cast(BinaryIO, sealed))
    file_format = FORMATS[wanted.format]
    stamp = timezone.localtime(now).strftime("%Y%m%d-%H%M")
    safe_title = "".join(
        character for character in title if character.isprintable() and character not in '\\/:*?"<>|'
    )
    try:
        with transaction.atomic():
            made = ExportFile.objects.create(
                uid=uid,
                owner_id=actor.account_id,
                permission=permission.value,
                kind=kind,
                title=title[:120],
                file_name=f"{safe_title[:80]}-{stamp}.{file_format.suffix}",
                format=wanted.format,
                media_type=file_format.media_type,
                size=sealed.size,
                digest=sealed.digest,
                row_count=row_count,
                id_numbers=wanted.id_numbers.value,
                purpose=wanted.purpose[:80],
                described=[list(pair) for pair in described],
                job_id=job_id,
                made_at=now,
                expires_at=now + timedelta(days=KEPT_DAYS),
            )
            _audit(actor, made, wanted, now=now)
    except BaseException:
        export_path(uid).unlink(missing_ok=True)
        raise
    return made


def _audit(actor: Actor, made: ExportFile, wanted: ExportRequest, *, now: datetime) -> None:
    """Write the one row of the ledger that an export has: what, how many, masked or not, why, and the file's digest."""
    words = {
        IdNumbers.NONE: "不含身份证号码",
        IdNumbers.MASKED: "身份证号码部分隐藏",
        IdNumbers.WHOLE: "含完整身份证号码",
    }
    summary = f"导出“{made.title}”{made.row_count} 行（{made.format}，{words[wanted.id_numbers]}），用途：{made.purpose}"
    if wanted.reason:
        summary += f"，理由：{wanted.reason}"
    record(
        actor,
        "export.made",
        f"export:{made.pk}",
        without_id_numbers(summary),
        now=now,
        detail={
            "kind": made.kind,
            "filter": made.described,
            "columns": list(wanted.columns),
            "rows": made.row_count,
            "id_numbers": wanted.id_numbers.value,
            "purpose": without_id_numbers(wanted.purpose),
            "reason": without_id_numbers(wanted.reason),
            "sha256": made.digest,
            "size": made.size,
        },
    )


@transaction.atomic
def note_fetched(actor: Actor, made: ExportFile, *, now: datetime) -> None:
    """Check that the owner may still fetch the file, and write it down the first time.

    Raises:
        NotPermitted, Conflict: see ``check_fetchable``.
    """
    check_fetchable(actor, made, now=now)
    if ExportFile.objects.filter(pk=made.pk, fetched_at=None).update(fetched_at=now):
        record(
            actor,
            "export.fetched",
            f"export:{made.pk}",
            f"下载导出文件“{made.title}”（{made.row_count} 行）",
            now=now,
            detail={"sha256": made.digest},
        )


def delete_export(actor: Actor, made: ExportFile, *, now: datetime) -> None:
    """Delete the bytes of the actor's own file before its time.

    Raises:
        Conflict: they are gone already.
    """
    if not ExportFile.objects.filter(pk=made.pk, owner_id=actor.account_id, removed_at=None).update(
        removed_at=now
    ):
        raise Conflict("export-expired", N_("文件只保留七天，已经清除；需要时请重新导出"))
    export_path(made.uid).unlink(missing_ok=True)


def expire_exports(*, now: datetime) -> None:
    """Delete the bytes of files whose time is over, and what a power cut left of unfinished ones."""
    for made in ExportFile.objects.filter(removed_at=None, expires_at__lte=now):
        export_path(made.uid).unlink(missing_ok=True)
        ExportFile.objects.filter(pk=made.pk).update(removed_at=now)
    folder = export_path(UUID(int=0)).parent
    if not folder.is_dir():
        return
    day_ago = (now - timedelta(days=1)).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime >= day_ago:
            continue
        is_known = (
            path.suffix != ".part" and ExportFile.objects.filter(uid=path.name, removed_at=None).exists()
        )
        if not is_known:
            path.unlink(missing_ok=True)


__all__ = [
    "CSV",
    "DIRECT_ROWS",
    "FOLDER",
    "JOB_KIND",
    "MOST_WHOLE_A_DAY",
    "check_whole_numbers",
    "delete_export",
    "expire_exports",
    "export_list",
    "keep_file",
    "note_fetched",
    "paper_printer",
    "run_export",
    "unit_name",
    "watermark",
]
