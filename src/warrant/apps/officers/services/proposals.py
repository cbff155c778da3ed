"""What officers propose to correct in their own records, and the unit's answer field by field.

Source: 2009 notice, 三(一); the form is our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer, Proposal, ProposedField
from warrant.apps.officers.selectors.proposals import (
    PROPOSED_FIELDS,
    open_proposal_of,
    proposal_for,
    proposed_values,
    shown,
)
from warrant.apps.officers.selectors.register import described, is_own
from warrant.apps.officers.selectors.sealing import id_number_of
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.entering import basic_fields, examine_entry
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.reasons import checked_reason
from warrant.apps.officers.services.register import subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import PROPOSAL, ChangeKind, OfficerState
from warrant.core.roster.checking import RosterRow

WITHOUT_PROOF = frozenset({"phone", "post", "position"})
"""What the unit knows better than any paper does."""

_COLUMNS = {
    "work_started": ("work_started_on", "work_started_precision"),
    "enforcement_started": ("enforcement_started_on", "enforcement_started_precision"),
}


@dataclass(frozen=True)
class FieldAnswer:
    """The answer to one field; ``reason`` is needed for a refusal."""

    is_accepted: bool
    reason: str = ""


def subject_of_proposal(proposal: Proposal) -> str:
    """Return how the audit ledger names a proposal."""
    return f"proposal:{proposal.pk}"


@transaction.atomic
def propose_correction(
    actor: Actor,
    values: Mapping[str, str],
    reason: str,
    proof: tuple[bytes, str] | None,
    *,
    on: date,
    now: datetime,
) -> Proposal:
    """Propose to correct the own record; ``values`` are texts by field of ``PROPOSED_FIELDS``, whole or in part.

    Raises:
        NotFound: the account belongs to no officer.
        Conflict: a proposal waits for its answer; the officer has left.
        EntryRefused, InvalidInput: what is proposed cannot be so; nothing differs; reason or proof is missing.
    """
    officer = _own_officer(actor)
    if officer.state != OfficerState.ACTIVE:
        raise Conflict("not-in-post", N_("您的档案已登记离职，请直接联系原单位"))
    if open_proposal_of(officer) is not None:
        raise Conflict("proposal-open", N_("您已有一份更正申请在等待答复；要改动请先撤回"))
    current = proposed_values(officer)
    changes = {
        field: values[field].strip()
        for field in PROPOSED_FIELDS
        if field in values and values[field].strip() != current[field]
    }
    if not changes:
        raise InvalidInput("nothing-different", N_("与现有记录没有不同；请先改动要更正的栏目"))
    _examined(officer, changes, on)
    text = checked_reason(reason)
    if proof is None and not changes.keys() <= WITHOUT_PROOF:
        raise InvalidInput(
            "proof-missing", N_("请附证明材料（身份证、毕业证书等的扫描件或照片）"), place="proof"
        )
    proposal = Proposal(
        officer=officer,
        reason=text,
        proposed_by_id=actor.account_id,
        proposed_at=now,
    )
    if proof is not None:
        try:
            proposal.proof = store_document(actor, *proof, officer.place, now=now, officer_uid=officer.uid)
        except InvalidInput as error:
            error.place = "proof"
            raise
    proposal.put_at(officer.place)
    proposal.save()
    ProposedField.objects.bulk_create(
        [
            ProposedField(proposal=proposal, field=field, before=current[field], after=after)
            for field, after in changes.items()
        ]
    )
    names = "、".join(PROPOSED_FIELDS[field] for field in changes)
    record(actor, "proposal.made", subject_of_proposal(proposal), f"{officer.name}：{names}", now=now)
    return proposal


@transaction.atomic
def withdraw_proposal(actor: Actor, pk: int, *, now: datetime) -> Proposal:
    """Take the own proposal back before it was answered. Raises: NotFound, NotPermitted, Conflict."""
    proposal = _locked(actor, pk)
    if not is_own(actor, proposal.officer):
        raise NotPermitted("not-your-own", N_("只有本人可以撤回更正申请"))
    proposal.state = PROPOSAL.next_state("withdraw", proposal.state).value
    proposal.save(update_fields=["state"])
    record(actor, "proposal.withdrawn", subject_of_proposal(proposal), proposal.officer.name, now=now)
    return proposal


@transaction.atomic
def answer_proposal(
    actor: Actor, pk: int, answers: Mapping[str, FieldAnswer], *, on: date, now: datetime
) -> Proposal:
    """Answer every field; what is accepted is written into the record at once.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
        Conflict: answered or withdrawn already.
        InvalidInput: a field without an answer, a refusal without a reason (``place`` is the field).
        EntryRefused: what would be written cannot be so any more.
    """
    proposal = _locked(actor, pk)
    officer = proposal.officer
    require(actor, Permission.OFFICER_EDIT, officer.place)
    if is_own(actor, officer):
        raise NotPermitted("own-case", N_("这是您本人的记录，不能由您办理"))
    state = PROPOSAL.next_state("answer", proposal.state)
    rows = list(proposal.fields.all())
    for row in rows:
        answer = answers.get(row.field)
        if answer is None:
            raise InvalidInput("answer-missing", N_("请逐项选择采纳或不采纳"), place=row.field)
        row.answer = ProposedField.Answer.ACCEPTED if answer.is_accepted else ProposedField.Answer.REFUSED
        is_reason_due = not answer.is_accepted or answer.reason.strip() != ""
        row.answer_reason = checked_reason(answer.reason, row.field) if is_reason_due else ""
    ProposedField.objects.bulk_update(rows, ["answer", "answer_reason"])
    proposal.state = state.value
    proposal.answered_by_id, proposal.answered_at = actor.account_id, now
    proposal.save(update_fields=["state", "answered_by", "answered_at"])
    accepted = {row.field: row.after for row in rows if row.answer == ProposedField.Answer.ACCEPTED}
    _write(actor, proposal, accepted, on=on, now=now)
    record(
        actor,
        "proposal.answered",
        subject_of_proposal(proposal),
        f"{officer.name}：采纳 {len(accepted)} 项，未采纳 {len(rows) - len(accepted)} 项",
        now=now,
        detail={row.field: row.answer for row in rows},
    )
    return proposal


def _write(actor: Actor, proposal: Proposal, accepted: Mapping[str, str], *, on: date, now: datetime) -> None:
    officer = proposal.officer
    if not accepted:
        return
    entry = _examined(officer, accepted, on).entry
    possible = {"name": entry.name, **basic_fields(entry)}
    columns = {column for field in accepted for column in _COLUMNS.get(field, (field,))}
    before = proposed_values(officer)
    values = {column: possible[column] for column in columns}
    write_change(officer, values, ChangeKind.PROPOSAL_ACCEPTED, actor, now=now, reason=proposal.reason)
    record(
        actor,
        "officer.proposal-accepted",
        subject_of(officer),
        "；".join(
            f"{PROPOSED_FIELDS[field]}：{shown(field, before[field]) or '—'} → {shown(field, after) or '—'}"
            for field, after in accepted.items()
        ),
        now=now,
        detail={"proposal": proposal.pk},
    )


def _examined(officer: Officer, changes: Mapping[str, str], on: date) -> RosterRow:
    """Judge the record with the changes by the rules of every entry. Raises: EntryRefused."""
    values = {**described(officer), **changes}
    values |= {"id_number": id_number_of(officer), "agency": officer.agency.name}
    return examine_entry(values, on, lambda _name: officer.agency.code)


def _own_officer(actor: Actor) -> Officer:
    pk = None
    if actor.officer_uid and actor.has_anywhere(Permission.OWN_RECORD):
        pk = Officer.system.filter(uid=actor.officer_uid).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound("no-own-record", N_("您的账号没有对应的执法人员记录；请联系本单位登记员"))
    return lock_officers([pk])[pk]


def _locked(actor: Actor, pk: int) -> Proposal:
    """Lock the officer, then the proposal."""
    seen = proposal_for(actor, pk)
    officer = lock_officers([seen.officer_id])[seen.officer_id]
    proposal = Proposal.system.select_for_update(of=("self",)).get(pk=pk)
    proposal.officer = officer
    return proposal
