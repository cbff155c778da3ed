"""Merging two records of one person: proposed by one, confirmed by another, nothing lost.

The record that goes stays in the register, hidden, with its versions and a pointer to the one that was kept.
Source: ADR-0011.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.services import set_officer_account_open
from warrant.apps.audit.services import record
from warrant.apps.officers.models import (
    AdditionalEntry,
    Document,
    DuplicatePair,
    EducationRecord,
    Officer,
    Proposal,
    RecordRequest,
    Transfer,
)
from warrant.apps.officers.selectors.following import obstacles_of
from warrant.apps.officers.selectors.pairs import COLUMNS_OF_FIELD, FIELD_NAMES, reaches
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.sealing import (
    id_number_index,
    id_number_of,
    id_tail_index,
    seal_id_number,
)
from warrant.apps.officers.selectors.transfers import open_transfer_of
from warrant.apps.officers.services.following import follow_merge
from warrant.apps.officers.services.pairs import locked_pair, move_pair, require_both_seen
from warrant.apps.officers.services.reasons import checked_reason
from warrant.apps.officers.services.register import subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import OFFICER, ChangeKind, ProposalState, RecordRequestState
from warrant.core.standards.id_number import check

LONGEST_REASON = 300


@transaction.atomic
def propose_merge(
    actor: Actor, pk: int, kept_pk: int, taken: Mapping[str, int], reason: str, *, now: datetime
) -> DuplicatePair:
    """Propose to keep one of the two; ``taken`` says for each field of ``FIELD_NAMES`` from which record it comes.

    Raises:
        NotFound, NotPermitted: neither in reach, one not seen, or the own record.
        Conflict: decided already; both have a certificate in use or an open application; a transfer is open.
        InvalidInput: the choice names another record; no reason.
    """
    pair = locked_pair(actor, pk)
    require_both_seen(actor, pair)
    _refuse_own(actor, pair)
    officers = {pair.first_id: pair.first, pair.second_id: pair.second}
    if kept_pk not in officers:
        raise InvalidInput("unknown-record", N_("请选择保留哪一份档案"), place="kept")
    _require_mergeable(pair)
    pair.kept_id = kept_pk
    pair.choices = {
        "taken": sorted(
            field for field, source in taken.items() if field in FIELD_NAMES and source != kept_pk
        ),
        "revisions": {str(key): officer.revision for key, officer in officers.items()},
    }
    move_pair(pair, "propose-merge", actor, checked_reason(reason), now=now)
    return pair


@transaction.atomic
def refuse_merge(actor: Actor, pk: int, reason: str, *, now: datetime) -> DuplicatePair:
    """Send a proposal back. Raises: NotPermitted, Conflict, InvalidInput ``reason-missing``."""
    pair = locked_pair(actor, pk)
    _require_second(actor, pair)
    pair.kept, pair.choices = None, {}
    move_pair(pair, "refuse-merge", actor, checked_reason(reason), now=now)
    return pair


@transaction.atomic
def confirm_merge(actor: Actor, pk: int, *, now: datetime) -> Officer:
    """Carry the proposal out, as the second person; returns the record that was kept.

    Raises:
        NotPermitted: the right is not held over both records, or the person proposed it.
        Conflict: a record changed since, or something stands in the way.
    """
    pair = locked_pair(actor, pk)
    _require_second(actor, pair)
    _refuse_own(actor, pair)
    _require_mergeable(pair)
    kept, gone = (pair.first, pair.second) if pair.kept_id == pair.first_id else (pair.second, pair.first)
    seen = pair.choices.get("revisions", {})
    if any(seen.get(str(officer.pk)) != officer.revision for officer in (kept, gone)):
        raise Conflict("changed-meanwhile", N_("其中一份档案在提出合并之后有改动；请退回，核对后重新提出"))
    taken = pair.choices.get("taken", [])
    why = pair.reason
    move_pair(pair, "merge", actor, why, now=now)
    values = _values(kept, gone, taken)
    write_change(
        gone,
        {"state": OFFICER.next_state("merge", gone.state).value, "merged_into_id": kept.pk},
        ChangeKind.MERGED,
        actor,
        now=now,
        reason=why,
    )
    if "id_number" in taken:
        values |= _swapped_numbers(kept, gone)
    if "agency" in taken:
        kept.agency = gone.agency
    write_change(kept, values, ChangeKind.MERGED, actor, now=now, reason=why, is_always_kept=True)
    _re_point(actor, kept, gone, now=now)
    follow_merge(kept, gone, actor=actor, now=now)
    for officer in (kept, gone):
        record(
            actor,
            "officer.merged",
            subject_of(officer),
            f"{gone.name}（{gone.agency.name}）→ {kept.name}（{kept.agency.name}）",
            now=now,
            detail={"kept": kept.pk, "gone": gone.pk, "taken": list(taken), "reason": why},
        )
    return kept


def _refuse_own(actor: Actor, pair: DuplicatePair) -> None:
    if is_own(actor, pair.first) or is_own(actor, pair.second):
        raise NotPermitted("own-case", N_("这是您本人的记录，不能由您办理"))


def _require_second(actor: Actor, pair: DuplicatePair) -> None:
    if not all(reaches(actor, officer, Permission.OFFICER_CONFIRM) for officer in (pair.first, pair.second)):
        raise NotPermitted("not-permitted-over-both", N_("合并须由对两份档案都有确认权限的人办理"))
    if pair.decided_by_id == actor.account_id:
        raise NotPermitted("second-person", N_("合并由您提出，须由另一人确认"))


def _require_mergeable(pair: DuplicatePair) -> None:
    for officer in (pair.first, pair.second):
        OFFICER.next_state("merge", officer.state)
        transfer = open_transfer_of(officer)
        if transfer is not None:
            raise Conflict(
                "transfer-open",
                N_("%(name)s已有未办结的调动（调往%(unit)s）；请先办结或撤回"),
                name=officer.name,
                unit=transfer.to_agency.name,
            )
        if RecordRequest.system.filter(officer=officer, state=RecordRequestState.WAITING.value).exists():
            raise Conflict(
                "request-open",
                N_("%(name)s还有待确认的删除或号码更正；请先办结"),
                name=officer.name,
            )
    first = {obstacle.kind: obstacle for obstacle in obstacles_of(pair.first)}
    second = {obstacle.kind: obstacle for obstacle in obstacles_of(pair.second)}
    for kind in sorted(first.keys() & second.keys()):
        raise Conflict(
            "both-have-one",
            N_("两份档案各自%(one)s；%(other)s"),
            one=first[kind].text,
            other=second[kind].text,
        )


def _values(kept: Officer, gone: Officer, taken: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in taken:
        for column in COLUMNS_OF_FIELD.get(field, (field,)):
            values[column] = getattr(gone, column)
    for column in ("reviewed_year", "trained_year", "examined_year"):
        values[column] = max(getattr(kept, column), getattr(gone, column))
    return values


def _swapped_numbers(kept: Officer, gone: Officer) -> dict[str, Any]:
    """Give each record the other's ID number; the one that goes steps aside first, because numbers are unique."""
    right, wrong = id_number_of(gone), id_number_of(kept)
    Officer.system.filter(pk=gone.pk).update(id_number_index=os.urandom(16))
    read = check(right)
    changed: dict[str, Any] = {
        "id_number_sealed": seal_id_number(kept.uid, right),
        "id_number_index": id_number_index(right),
        "id_tail_index": id_tail_index(right),
        "birth_on": read.born_on,
        "sex": read.sex_code,
    }
    Officer.system.filter(pk=kept.pk).update(id_number_index=changed["id_number_index"])
    Officer.system.filter(pk=gone.pk).update(
        id_number_sealed=seal_id_number(gone.uid, wrong),
        id_number_index=id_number_index(wrong),
        id_tail_index=id_tail_index(wrong),
    )
    return changed


def _re_point(actor: Actor, kept: Officer, gone: Officer, *, now: datetime) -> None:
    """Let everything that this app keeps about the record that goes belong to the one that stays."""
    for model in (EducationRecord, AdditionalEntry):
        model.objects.filter(officer=gone).update(officer=kept)
    Proposal.system.filter(officer=gone, state=ProposalState.OPEN.value).update(
        state=ProposalState.WITHDRAWN.value
    )
    for scoped in (Transfer, Proposal, RecordRequest):
        scoped.system.filter(officer=gone).update(officer=kept)
    place = kept.place
    Document.system.filter(officer_uid__in=(gone.uid, kept.uid)).update(
        officer_uid=kept.uid,
        province_unit=place.province_id,
        city_unit=place.city_id,
        county_unit=place.county_id,
        agency_unit=place.agency_id,
    )
    gone.name_tokens.all().delete()
    if Account.objects.filter(officer_uid=kept.uid).exists():
        set_officer_account_open(actor, gone.uid, is_open=False, now=now)
    else:
        Account.objects.filter(officer_uid=gone.uid).update(officer_uid=kept.uid)
