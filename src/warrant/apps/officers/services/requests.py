"""Deleting a record and correcting an ID number: one person asks, a second one compares and carries it out.

Source: four eyes ADR-0007; ADR-0010.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from warrant.apps.accounts.services import set_officer_account_open
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer, RecordRequest
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.requests import new_number_of, waiting_request_of
from warrant.apps.officers.selectors.sealing import (
    id_number_index,
    id_number_of,
    id_tail_index,
    seal_id_number,
    unfindable_index,
)
from warrant.apps.officers.selectors.transfers import open_transfer_of
from warrant.apps.officers.selectors.uses import uses_of
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import (
    OFFICER,
    RECORD_REQUEST,
    UNDO_TIME,
    ChangeKind,
    OfficerState,
    RecordRequestKind,
    RecordRequestState,
)
from warrant.core.roster.text import half_width, without_blanks
from warrant.core.standards import id_number

LONGEST_REASON = 200
SHORTEST_REASON = 4


def _reason(text: str, place: str = "reason") -> str:
    reason = id_number.without_id_numbers(" ".join(text.split()))
    if len(reason) < SHORTEST_REASON:
        raise InvalidInput("reason-missing", N_("请写明理由，至少 4 个字"), place=place)
    if len(reason) > LONGEST_REASON:
        raise InvalidInput("too-long", N_("最多 %(most)s 个字"), place=place, most=LONGEST_REASON)
    return reason


def _officer_to_ask_for(actor: Actor, pk: int) -> Officer:
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    if is_own(actor, officer):
        raise NotPermitted("own-record", N_("这是您本人的记录，不能由您办理"))
    if officer.state in (OfficerState.DELETED, OfficerState.MERGED):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if officer.owner_node:
        raise Conflict("kept-elsewhere", N_("该记录由其他节点维护，请在那里办理"))
    return officer


def refuse_if_used(officer: Officer) -> None:
    """Refuse a deletion that would tear something away from under other records.

    Raises:
        Conflict: something stands on the record; says what, and what to do instead.
    """
    uses = list(uses_of([officer.pk]).get(officer.pk, ()))
    if open_transfer_of(officer) is not None:
        uses.append(_("调动未办结"))
    if uses:
        raise Conflict(
            "officer-in-use",
            N_("不能删除%(name)s：%(uses)s。人员离开请办理离职登记；重复登记请办理合并"),
            name=officer.name,
            uses="；".join(uses),
        )


def _new_request(
    actor: Actor, officer: Officer, kind: RecordRequestKind, reason: str, *, now: datetime
) -> RecordRequest:
    if waiting_request_of(officer.pk, kind.value) is not None:
        raise Conflict("already-requested", N_("%(name)s已有同样的请求在等待第二人确认"), name=officer.name)
    request = RecordRequest(
        kind=kind.value,
        officer=officer,
        reason=reason,
        requested_by_id=actor.account_id,
        requested_at=now,
        state_before=officer.state,
    )
    request.put_at(officer.place)
    return request


@transaction.atomic
def request_deletion(actor: Actor, pk: int, reason: str, *, now: datetime) -> RecordRequest:
    """Ask for a record to be deleted.

    Raises:
        InvalidInput: no reason.
        Conflict: something stands on the record, or it is asked for already.
    """
    officer = _officer_to_ask_for(actor, pk)
    refuse_if_used(officer)
    request = _new_request(actor, officer, RecordRequestKind.DELETION, _reason(reason), now=now)
    request.save()
    record(actor, "officer.deletion-requested", subject_of(officer), request.reason, now=now)
    return request


def read_number(text: str) -> id_number.IdNumber:
    """Return a typed ID number in its normal form.

    Raises:
        InvalidInput: it is none; place ``id_number``.
    """
    try:
        return id_number.check(half_width(without_blanks(text)).upper())
    except InvalidInput as error:
        error.place = "id_number"
        raise


def _refuse_taken(officer: Officer, number: str) -> None:
    rows = Officer.system.filter(id_number_index=id_number_index(number), owner_node=officer.owner_node)
    other = rows.exclude(pk=officer.pk).select_related("agency").first()
    if other is not None:
        raise InvalidInput(
            "already-registered",
            N_("该身份证号码已由“%(unit)s”登记（%(name)s）；如为同一人，请在疑似重复中办理合并"),
            place="id_number",
            unit=other.agency.name,
            name=other.name,
        )


@transaction.atomic
def request_id_number_correction(
    actor: Actor, pk: int, number: str, reason: str, proof: tuple[bytes, str] | None, *, now: datetime
) -> RecordRequest:
    """Ask for the ID number of a record to be corrected; the new number is sealed at once.

    Raises:
        InvalidInput: the number is none, is the present one or somebody else's; no reason; no proof.
        Conflict: it is asked for already.
    """
    officer = _officer_to_ask_for(actor, pk)
    read = read_number(number)
    if read.text == id_number_of(officer):
        raise InvalidInput("same-number", N_("与现在登记的号码相同；请核对"), place="id_number")
    _refuse_taken(officer, read.text)
    request = _new_request(actor, officer, RecordRequestKind.ID_NUMBER, _reason(reason), now=now)
    if proof is None:
        raise InvalidInput("proof-missing", N_("请上传证明材料"), place="proof")
    try:
        request.proof = store_document(actor, *proof, officer.place, now=now, officer_uid=officer.uid)
    except InvalidInput as error:
        error.place = "proof"
        raise
    request.number_sealed = seal_id_number(officer.uid, read.text)
    request.save()
    record(
        actor,
        "officer.id-number-correction-requested",
        subject_of(officer),
        request.reason,
        now=now,
        detail={"proof": request.proof.digest},
    )
    return request


def _locked(actor: Actor, pk: int, permission: Permission) -> tuple[RecordRequest, Officer]:
    """Return a request and its officer, both locked, the officer first.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
    """
    known = RecordRequest.system.filter(pk=pk).first()
    if known is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    officer = locked_officer(actor, permission, known.officer_id)
    if is_own(actor, officer):
        raise NotPermitted("own-record", N_("这是您本人的记录，不能由您办理"))
    request = RecordRequest.system.select_for_update(of=("self",)).get(pk=pk)
    request.officer = officer
    return request, officer


def _move(request: RecordRequest, action: str) -> None:
    request.state = RECORD_REQUEST.next_state(action, request.state).value


def _decide(actor: Actor, request: RecordRequest, action: str, opinion: str, *, now: datetime) -> None:
    if RECORD_REQUEST.transition(action).needs_second_person and request.requested_by_id == actor.account_id:
        raise NotPermitted("second-person-needed", N_("请求由您提出，须由另一人核对确认"))
    _move(request, action)
    request.decided_by_id = actor.account_id
    request.decided_at = now
    request.opinion = opinion
    request.save(update_fields=["state", "decided_by", "decided_at", "opinion"])


@transaction.atomic
def apply_request(
    actor: Actor, pk: int, *, number: str = "", opinion: str = "", now: datetime
) -> RecordRequest:
    """Carry out what another person asked for.

    ``number`` is the new ID number as the second person reads it from the proof: the two readings must agree.

    Raises:
        NotPermitted: the person who asked is the same.
        InvalidInput: the number differs from the one asked for, or is somebody else's by now.
        Conflict: decided already; something stands on the record by now.
    """
    request, officer = _locked(actor, pk, Permission.OFFICER_CONFIRM)
    _decide(actor, request, "apply", id_number.without_id_numbers(opinion.strip())[:LONGEST_REASON], now=now)
    if request.kind == RecordRequestKind.DELETION:
        _delete(actor, request, officer, now=now)
    else:
        _correct_number(actor, request, officer, read_number(number).text, now=now)
    return request


def _delete(actor: Actor, request: RecordRequest, officer: Officer, *, now: datetime) -> None:
    refuse_if_used(officer)
    request.state_before = officer.state
    request.save(update_fields=["state_before"])
    write_change(
        officer,
        {
            "state": OFFICER.next_state("delete", officer.state).value,
            "id_number_index": unfindable_index(officer.uid),  # the number may be registered again meanwhile
            "id_tail_index": b"",
        },
        ChangeKind.DELETED,
        actor,
        now=now,
        reason=request.reason,
    )
    waiting = RecordRequest.system.filter(officer=officer, state=RecordRequestState.WAITING.value)
    waiting.update(state=RecordRequestState.WITHDRAWN.value)
    set_officer_account_open(actor, officer.uid, is_open=False, now=now)
    record(
        actor, "officer.deleted", subject_of(officer), request.reason, now=now, detail={"request": request.pk}
    )


def _correct_number(
    actor: Actor, request: RecordRequest, officer: Officer, typed: str, *, now: datetime
) -> None:
    number = new_number_of(request)
    if typed != number:
        raise InvalidInput(
            "number-differs",
            N_("您录入的号码与请求中的不一致；请对照证明材料再录一次，仍不一致的请驳回"),
            place="id_number",
        )
    _refuse_taken(officer, number)
    read = id_number.check(number)
    values = {
        "id_number_sealed": seal_id_number(officer.uid, number),
        "id_number_index": id_number_index(number),
        "id_tail_index": id_tail_index(number),
        "birth_on": read.born_on,
        "sex": read.sex_code,
    }
    try:
        with transaction.atomic():
            write_change(
                officer, values, ChangeKind.ID_NUMBER_CORRECTED, actor, now=now, reason=request.reason
            )
    except IntegrityError as error:
        raise Conflict("registered-meanwhile", N_("该号码刚被他人登记；请刷新页面后再办理")) from error
    record(
        actor,
        "officer.id-number-corrected",
        subject_of(officer),
        request.reason,
        now=now,
        detail={"request": request.pk, "proof": request.proof.digest if request.proof else ""},
    )


@transaction.atomic
def refuse_request(actor: Actor, pk: int, opinion: str, *, now: datetime) -> RecordRequest:
    """Turn a request down.

    Raises:
        InvalidInput: no reason; place ``opinion``.
        NotPermitted: the person who asked is the same.
        Conflict: decided already.
    """
    request, officer = _locked(actor, pk, Permission.OFFICER_CONFIRM)
    _decide(actor, request, "refuse", _reason(opinion, "opinion"), now=now)
    record(
        actor,
        "officer.request-refused",
        subject_of(officer),
        request.opinion,
        now=now,
        detail={"request": request.pk, "kind": request.kind},
    )
    return request


@transaction.atomic
def withdraw_request(actor: Actor, pk: int, *, now: datetime) -> RecordRequest:
    """Take back a request; only the person who asked can.

    Raises:
        Conflict: somebody else asked, or decided already.
    """
    request, officer = _locked(actor, pk, Permission.OFFICER_EDIT)
    if request.requested_by_id != actor.account_id:
        raise Conflict("not-own-request", N_("请求由他人提出，只能由提出人撤回"))
    _move(request, "withdraw")
    request.save(update_fields=["state"])
    record(
        actor,
        "officer.request-withdrawn",
        subject_of(officer),
        request.reason,
        now=now,
        detail={"request": request.pk, "kind": request.kind},
    )
    return request


@transaction.atomic
def undo_deletion(actor: Actor, pk: int, opinion: str, *, now: datetime) -> RecordRequest:
    """Bring a deleted record back within 30 days.

    Raises:
        InvalidInput: no reason.
        Conflict: too late, or the ID number was registered again meanwhile.
    """
    request, officer = _locked(actor, pk, Permission.OFFICER_CONFIRM)
    reason = _reason(opinion, "opinion")
    _move(request, "undo")
    if request.kind != RecordRequestKind.DELETION or request.decided_at is None:
        raise Conflict("not-a-deletion", N_("只有删除可以恢复"))
    if now - request.decided_at >= UNDO_TIME:
        raise Conflict("too-late", N_("删除已满 30 天，记录不能再恢复"))
    number = id_number_of(officer)
    taken = Officer.system.filter(id_number_index=id_number_index(number), owner_node=officer.owner_node)
    other = taken.select_related("agency").first()
    if other is not None:
        raise Conflict(
            "registered-again",
            N_("不能恢复：同一身份证号码在删除之后已由“%(unit)s”重新登记（%(name)s）；请在那份记录上办理"),
            unit=other.agency.name,
            name=other.name,
        )
    request.opinion = reason
    request.save(update_fields=["state", "opinion"])
    write_change(
        officer,
        {
            "state": OFFICER.next_state("restore", officer.state, OfficerState(request.state_before)).value,
            "id_number_index": id_number_index(number),
            "id_tail_index": id_tail_index(number),
        },
        ChangeKind.RESTORED,
        actor,
        now=now,
        reason=reason,
    )
    if request.state_before == OfficerState.ACTIVE:
        set_officer_account_open(actor, officer.uid, is_open=True, now=now)
    record(actor, "officer.restored", subject_of(officer), reason, now=now, detail={"request": request.pk})
    return request
