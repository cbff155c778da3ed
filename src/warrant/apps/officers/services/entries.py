"""Adding, correcting and withdrawing additional data; nothing recorded is ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from warrant.apps.audit.services import record
from warrant.apps.officers.models import AdditionalEntry, Document, EntryProof, Officer
from warrant.apps.officers.selectors.entries import Standing, chinese_summary, standings
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.correcting import correction_reason, lock_to_correct
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import ChangeKind
from warrant.core.record import KINDS, CheckedEntry, EntryKind, EntryRejected, Kind, check_entry
from warrant.core.standards.id_number import without_id_numbers

MOST_PROOFS = 8
LONGEST_REASON = 200

Upload = tuple[bytes, str]
"""A file as it came: its bytes and its name."""


def _officer_to_record(actor: Actor, pk: int) -> Officer:
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    if is_own(actor, officer):
        raise NotPermitted("own-record", N_("不能登记本人的附加信息，请由其他登记员办理"))
    return officer


def kind_of(text: str) -> Kind:
    """Return the kind of that name.

    Raises:
        NotFound: there is none.
    """
    try:
        return KINDS[EntryKind(text)]
    except ValueError as error:
        raise NotFound("not-found", N_("没有这一类附加信息")) from error


def _refuse_twice(
    officer: Officer, kind: Kind, checked: CheckedEntry, corrected: AdditionalEntry | None
) -> None:
    rows = list(officer.entries.filter(kind=kind.kind.value))
    found = standings(rows)
    for row in rows:
        if row == corrected or found[row.pk] is not Standing.VALID:
            continue
        if all(row.content.get(name) == checked.content.get(name) for name in kind.once_by):
            raise InvalidInput(
                "already-recorded",
                N_("同样的条目已于 %(day)s 登记；如内容有误，请在该条目上办理更正"),
                place=kind.once_by[0],
                day=timezone.localdate(row.recorded_at).isoformat(),
            )


def _store_proofs(
    actor: Actor, officer: Officer, proofs: Sequence[Upload], *, now: datetime
) -> list[Document]:
    if len(proofs) > MOST_PROOFS:
        raise InvalidInput(
            "too-many-files", N_("一次最多上传 %(most)s 个文件"), place="proofs", most=MOST_PROOFS
        )
    stored = []
    for raw, file_name in proofs:
        try:
            stored.append(
                store_document(actor, raw, file_name, officer.place, now=now, officer_uid=officer.uid)
            )
        except InvalidInput as error:
            error.place = "proofs"
            error.fields = {**error.fields, "file_name": file_name[:60]}
            raise
    return stored


def _reviewed_years(officer: Officer) -> list[int]:
    """Return the years whose review was passed by an entry that counts."""
    rows = list(officer.entries.filter(kind=EntryKind.ANNUAL_REVIEW.value))
    found = standings(rows)
    return [
        int(row.content["year"])
        for row in rows
        if found[row.pk] is Standing.VALID and row.content["result"] == "passed"
    ]


def _standing_values(officer: Officer, kind: Kind) -> dict[str, Any]:
    """Return what the officer's own columns say after the entries of a kind changed."""
    if kind.kind is EntryKind.LEGAL_QUALIFICATION:
        rows = list(officer.entries.filter(kind=kind.kind.value))
        return {"has_legal_qualification": Standing.VALID in standings(rows).values()}
    if kind.kind is EntryKind.ANNUAL_REVIEW:
        reviews = officer.versions.filter(kind=ChangeKind.REVIEWED.value).order_by("-revision")
        kept = reviews.values_list("content__reviewed_year", flat=True).first() or 0
        return {"reviewed_year": max([kept, *_reviewed_years(officer)])}
    return {}


def _ask_guards(
    officer: Officer,
    kind: Kind,
    content: Mapping[str, str],
    entry: AdditionalEntry | None,
    *,
    now: datetime,
) -> None:
    """Let the apps above refuse what comes out of a procedure of theirs: ``settings.WARRANT_ENTRY_GUARDS``.

    ``content`` is empty for a withdrawal; ``entry`` is what is corrected or withdrawn. A guard raises.
    """
    for path in getattr(settings, "WARRANT_ENTRY_GUARDS", ()):
        import_string(path)(officer, kind.kind, content, entry, now=now)


def _check(kind: Kind, typed: Mapping[str, str], officer: Officer, on: date) -> CheckedEntry:
    return check_entry(kind, typed, birth_on=officer.birth_on, on=on)


@transaction.atomic
def add_entry(
    actor: Actor,
    officer_pk: int,
    kind_name: str,
    typed: Mapping[str, str],
    proofs: Sequence[Upload],
    *,
    on: date,
    now: datetime,
) -> AdditionalEntry:
    """Add an entry; ``typed`` is text by field of the kind.

    Raises:
        EntryRejected: fields are wrong; each is told.
        InvalidInput: it stands there already, or a proof is missing or cannot be taken (place ``proofs``).
    """
    kind = kind_of(kind_name)
    officer = _officer_to_record(actor, officer_pk)
    checked = _check(kind, typed, officer, on)
    _ask_guards(officer, kind, checked.content, None, now=now)
    return _keep(actor, officer, kind, checked, proofs, now=now)


@transaction.atomic
def record_assessment(
    actor: Actor,
    officer: Officer,
    content: Mapping[str, str],
    *,
    corrected: AdditionalEntry | None = None,
    reason: str = "",
    on: date,
    now: datetime,
) -> AdditionalEntry:
    """Record the outcome of a yearly assessment that two people made; ``content`` by field of the kind.

    The caller has locked the officer and checked the right and the second person at the place of the assessment:
    the officer may have moved on since. ``corrected`` is the outcome that was wrong. The score sheet is the proof.

    Raises:
        InvalidInput: the year stands there already, or the content will not do.
        Conflict: ``corrected`` no longer counts.
    """
    kind = KINDS[EntryKind.ASSESSMENT]
    if corrected is not None:
        found = standings(officer.entries.filter(kind=kind.kind.value))
        if found.get(corrected.pk) is not Standing.VALID:
            raise Conflict("entry-not-valid", N_("该条目已被更正或撤销；请刷新页面，在有效的条目上办理"))
    checked = _check(kind, content, officer, on)
    return _keep(
        actor, officer, kind, checked, (), corrected=corrected, reason=reason, is_proved=True, now=now
    )


@transaction.atomic
def correct_entry(
    actor: Actor,
    pk: int,
    typed: Mapping[str, str],
    proofs: Sequence[Upload],
    reason: str,
    *,
    on: date,
    now: datetime,
) -> AdditionalEntry:
    """Add an entry in the place of another, which stays readable; its proofs count for the new one too.

    Raises:
        EntryRejected: fields are wrong; each is told.
        InvalidInput: no reason, nothing is different, or a proof cannot be taken.
        Conflict: it was corrected or withdrawn in the meantime.
    """
    officer, entry = lock_to_correct(actor, AdditionalEntry, pk, Permission.OFFICER_EDIT)
    kind = kind_of(entry.kind)
    problems: list[InvalidInput] = []
    checked = None
    said = ""
    try:
        checked = _check(kind, typed, officer, on)
    except EntryRejected as rejected:
        problems.extend(rejected.problems)
    try:
        said = correction_reason(reason)
    except InvalidInput as missing:
        problems.append(missing)
    if problems or checked is None:
        raise EntryRejected(problems)
    if checked.content == entry.content and not proofs:
        raise InvalidInput("nothing-different", N_("与原条目没有差别；请改正有误的项目"))
    _ask_guards(officer, kind, checked.content, entry, now=now)
    return _keep(
        actor,
        officer,
        kind,
        checked,
        proofs,
        corrected=entry,
        reason=said,
        now=now,
    )


def _keep(
    actor: Actor,
    officer: Officer,
    kind: Kind,
    checked: CheckedEntry,
    proofs: Sequence[Upload],
    *,
    corrected: AdditionalEntry | None = None,
    reason: str = "",
    is_proved: bool = False,
    now: datetime,
) -> AdditionalEntry:
    _refuse_twice(officer, kind, checked, corrected)
    if kind.needs_proof and not proofs and not is_proved and corrected is None:
        raise InvalidInput("proof-missing", N_("请上传证明材料"), place="proofs")
    documents = _store_proofs(actor, officer, proofs, now=now)
    entry = AdditionalEntry.objects.create(
        officer=officer,
        kind=kind.kind.value,
        content=checked.content,
        from_on=checked.from_on,
        until_on=checked.until_on,
        corrects=corrected,
        correction_reason=reason,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    kept = [proof.document for proof in corrected.proofs.select_related("document")] if corrected else []
    EntryProof.objects.bulk_create(
        EntryProof(entry=entry, document=document) for document in [*kept, *documents]
    )
    values = _standing_values(officer, kind)
    summary = chinese_summary(kind, checked.content)
    write_change(
        officer,
        values,
        ChangeKind.ENTRY_ADDED,
        actor,
        now=now,
        effective_on=checked.from_on,
        reason=(f"{summary}（更正：{reason}）" if corrected else summary)[:300],
        is_always_kept=True,
    )
    record(
        actor,
        "officer.entry-corrected" if corrected else "officer.entry-added",
        subject_of(officer),
        summary,
        now=now,
        detail={
            "entry": entry.pk,
            "corrects": corrected.pk if corrected else None,
            "reason": reason,
            "proofs": [document.digest for document in documents],
        },
    )
    return entry


@transaction.atomic
def withdraw_entry(actor: Actor, pk: int, reason: str, *, now: datetime) -> AdditionalEntry:
    """Take an entry back; it stays readable, and what it had corrected counts again.

    Raises:
        InvalidInput: no reason.
        Conflict: it was corrected or withdrawn in the meantime.
    """
    officer, entry = lock_to_correct(actor, AdditionalEntry, pk, Permission.OFFICER_EDIT)
    reason = without_id_numbers(reason.strip())
    if not reason:
        raise InvalidInput("reason-missing", N_("请写明撤销的理由"), place="reason")
    _ask_guards(officer, kind_of(entry.kind), {}, entry, now=now)
    entry.withdrawn_by_id = actor.account_id
    entry.withdrawn_at = now
    entry.withdrawal_reason = reason[:LONGEST_REASON]
    entry.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    kind = kind_of(entry.kind)
    summary = chinese_summary(kind, entry.content)
    write_change(
        officer,
        _standing_values(officer, kind),
        ChangeKind.ENTRY_WITHDRAWN,
        actor,
        now=now,
        effective_on=entry.from_on,
        reason=f"{summary}：{reason}"[:300],
        is_always_kept=True,
    )
    record(
        actor,
        "officer.entry-withdrawn",
        subject_of(officer),
        f"{summary}：{reason}"[:300],
        now=now,
        detail={"entry": entry.pk},
    )
    return entry
