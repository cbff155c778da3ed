"""Reading exports: a person's own files and their bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.audit.selectors import audit_rows
from warrant.apps.audit.types import ACTION_NAMES
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.types import ExportKind, ExportSource, IdNumbers, Parameters, RowsOf
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission
from warrant.core.crypto.sealing import open_sealed
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted, Unavailable
from warrant.core.ports import CellKind, TableColumn
from warrant.core.standards.id_number import without_id_numbers

EXPORT_KEY = "export-key"
KEY_LENGTH = 32
FOLDER = "exports"
ROWS_A_PIECE = 1000
LENGTH = struct.Struct(">I")


def export_key() -> Secret:
    """Return the key that seals exported files of this node."""
    return key_vault().secret(EXPORT_KEY, KEY_LENGTH)


def export_path(uid: UUID) -> Path:
    """Return where the sealed bytes lie."""
    return Path(settings.WARRANT_DOCUMENT_ROOT) / FOLDER / str(uid)


def frame_place(uid: UUID, number: int, is_last: bool) -> bytes:
    """Return what ties one frame of a sealed file to its place; a file cut short has no last frame."""
    return f"export:{uid}:{number}:{'last' if is_last else 'more'}".encode()


def export_kind(key: str) -> ExportKind:
    """Return a kind of export that this node offers.

    Raises:
        NotFound: it has none of that name.
    """
    path = settings.WARRANT_EXPORTS.get(key)
    if path is None:
        raise NotFound("export-unknown", N_("本节点没有这种导出"))
    kind: ExportKind = import_string(path)
    return kind


def exports_of(viewer: Actor) -> QuerySet[ExportFile]:
    """Return the viewer's own files, newest first; nobody sees another's."""
    return ExportFile.objects.filter(owner_id=viewer.account_id).order_by("-pk")


def export_for(viewer: Actor, pk: int) -> ExportFile:
    """Return one file of the viewer.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = exports_of(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("export-not-found", N_("没有这个导出文件，或者不是您导出的"))
    return found


def check_fetchable(viewer: Actor, found: ExportFile, *, now: datetime) -> None:
    """Return if the viewer may still fetch the own file.

    Raises:
        NotPermitted: the right to the list has been taken away since.
        Conflict: its seven days are over.
    """
    if not viewer.has_anywhere(Permission(found.permission)):
        raise NotPermitted("export-right-lost", N_("您已没有导出这份名册的权限，文件不能再下载"))
    if found.removed_at is not None or now >= found.expires_at:
        raise Conflict("export-expired", N_("文件只保留七天，已经清除；需要时请重新导出"))


Readers = Mapping[str, Callable[[Any], object]]
"""Key of a column to what reads its cell from a row."""


def rows_piece_by_piece(rows: QuerySet[Any], order: str, readers: Readers) -> RowsOf:
    """Return what reads ``rows`` for a file a thousand at a time, each time through their conditions."""

    def read(keys: Sequence[str], id_numbers: IdNumbers) -> Iterator[Sequence[object]]:
        wanted = [readers[key] for key in keys]
        pks = list(rows.order_by(order, "pk").values_list("pk", flat=True))
        for start in range(0, len(pks), ROWS_A_PIECE):
            piece = pks[start : start + ROWS_A_PIECE]
            found = {row.pk: row for row in rows.filter(pk__in=piece)}
            yield from ([cell(found[pk]) for cell in wanted] for pk in piece if pk in found)

    return read


def local_moment(at: datetime | None) -> datetime | None:
    """Return an instant as files hold it: the node's wall clock, without a zone."""
    return None if at is None else timezone.localtime(at).replace(tzinfo=None)


_AUDIT_READERS: Readers = {
    "at": lambda row: local_moment(row.at),
    "person": lambda row: _("系统") if row.account_id is None else row.account_name,
    "action": lambda row: _(ACTION_NAMES.get(row.action, row.action)),
    "subject": lambda row: row.subject,
    "summary": lambda row: row.summary,
    "number": lambda row: row.pk,
}


def _read_audit_filter(fields: QueryDict) -> Parameters:
    given = {name: fields.get(name, "").strip()[:80] for name in ("subject", "account_name")}
    return {name: [text] for name, text in given.items() if text}


def _open_audit(actor: Actor, parameters: Parameters) -> ExportSource:
    chosen = {name: values[0] for name, values in parameters.items()}
    rows = audit_rows(actor, **chosen)
    labels = {"subject": _("对象编号"), "account_name": _("操作人姓名")}
    address = reverse("audit-list")
    return ExportSource(
        title=_("审计记录"),
        count=rows.order_by().count(),
        columns={
            "at": TableColumn(_("时间"), CellKind.INSTANT, 18),
            "person": TableColumn(_("操作人"), width=12),
            "action": TableColumn(_("操作"), width=18),
            "subject": TableColumn(_("对象编号"), width=20),
            "summary": TableColumn(_("内容"), width=60),
            "number": TableColumn(_("流水号"), CellKind.NUMBER, 10),
        },
        chosen=tuple(_AUDIT_READERS),
        described=[(labels[name], text) for name, text in chosen.items()] or [(_("范围"), _("全部审计记录"))],
        rows=rows_piece_by_piece(rows, "-entry_id", _AUDIT_READERS),
        back_url=f"{address}?{urlencode(chosen)}" if chosen else address,
        paper_columns=("at", "person", "action", "subject", "summary"),
        signatures=(_("审计管理员（签字）："),),
    )


AUDIT = ExportKind(Permission.AUDIT_VIEW, _read_audit_filter, _open_audit)
"""The ledger itself, for whoever may read it: the audit app stands below this one and cannot offer it."""


def whole_numbers_taken(viewer: Actor, *, now: datetime) -> int:
    """Return of how many people the viewer took whole ID numbers along in the last 24 hours."""
    rows = ExportFile.objects.filter(
        owner_id=viewer.account_id, id_numbers=IdNumbers.WHOLE.value, made_at__gt=now - timedelta(days=1)
    )
    total: dict[str, Any] = rows.aggregate(total=Sum("row_count"))
    return int(total["total"] or 0)


def content_of(found: ExportFile) -> Iterator[bytes]:
    """Yield the file's bytes piece by piece; the caller has checked that the viewer may have them.

    Raises:
        Unavailable: the file is not in the store, or was cut short.
    """
    key = export_key()
    try:
        stream = export_path(found.uid).open("rb")
    except OSError as error:
        raise _missing() from error
    with stream:
        head = stream.read(LENGTH.size)
        number = 0
        while head:
            sealed = stream.read(LENGTH.unpack(head)[0])
            head = stream.read(LENGTH.size)
            yield open_sealed(key, sealed, frame_place(found.uid, number, is_last=not head))
            number += 1
        if not number:
            raise _missing()


def _missing() -> Unavailable:
    return Unavailable("export-missing", N_("导出文件暂时无法读取，请告知系统管理员"))


def text_and_state(fields: QueryDict, states: Collection[str], longest_text: int) -> Parameters:
    """Return the two filters that lists of cases and certificates share, as an address gives them.

    Raises:
        InvalidInput: an ID number stands in the text, or the state is none of ``states``.
    """
    text, state = fields.get("text", "").strip()[:longest_text], fields.get("state", "")
    if without_id_numbers(text) != text:
        raise InvalidInput("id-number-in-list", N_("这里不要写身份证号码"), place="text")
    if state and state not in states:
        raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place="state")
    return {name: [value] for name, value in (("text", text), ("state", state)) if value}
