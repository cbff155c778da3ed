"""One person in the registers of two provinces: found when a record arrives, told to both, settled by them.

A pair stands while both records are active and still agree; whatever else happens to either settles it by itself.

Source: 2009 notice, 三(一); ADR-0014.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from warrant.apps.audit.services import record
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.officers.models import NationalDuplicate, Officer, ReportedDuplicate
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import NATIONAL_DUPLICATE, DuplicateGround, NationalDuplicateState, OfficerState

MINISTRY = "ministry"
SHORTEST_TEXT = 5
LONGEST_TEXT = 300
_OPEN = (NationalDuplicateState.FOUND.value, NationalDuplicateState.INFORMED.value)


def compare_across_provinces(officers: Sequence[Officer], *, now: datetime) -> None:
    """Look for further records of these officers in other provinces; set-based, in the running transaction."""
    if not officers:
        return
    _settle_pairs_of(officers, now=now)
    active = [officer for officer in officers if officer.state == OfficerState.ACTIVE]
    grounds = {**_same_name(active), **_same_number(active)}
    if not grounds:
        return
    firsts = {first for first, _second in grounds}
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in NationalDuplicate.objects.select_for_update().filter(first__in=firsts)
    }
    NationalDuplicate.objects.bulk_create(
        [
            NationalDuplicate(first_id=first, second_id=second, ground=ground.value, found_at=now)
            for (first, second), ground in grounds.items()
            if (first, second) not in known
        ]
    )
    for key, ground in grounds.items():
        pair = known.get(key)
        if pair is None:
            continue
        if pair.state == NationalDuplicateState.SETTLED:
            pair.state = NATIONAL_DUPLICATE.next_state("find-again", pair.state).value
            pair.found_at, pair.ended_at = now, None
        pair.ground = ground.value
        pair.save(update_fields=["state", "found_at", "ended_at", "ground"])


def _same_number(officers: Sequence[Officer]) -> dict[tuple[int, int], DuplicateGround]:
    indexes = {bytes(officer.id_number_index) for officer in officers}
    rows = Officer.system.filter(id_number_index__in=indexes, state=OfficerState.ACTIVE.value)
    found: dict[bytes, list[tuple[int, str]]] = {}
    for pk, index, owner in rows.values_list("pk", "id_number_index", "owner_node"):
        found.setdefault(bytes(index), []).append((pk, owner))
    return _pairs(found.values(), DuplicateGround.ID_NUMBER)


def _same_name(officers: Sequence[Officer]) -> dict[tuple[int, int], DuplicateGround]:
    wanted = {(officer.name, officer.birth_on) for officer in officers}
    rows = Officer.system.filter(
        name__in={name for name, _day in wanted},
        birth_on__in={day for _name, day in wanted},
        state=OfficerState.ACTIVE.value,
    )
    found: dict[object, list[tuple[int, str]]] = {}
    for pk, name, birth_on, owner in rows.values_list("pk", "name", "birth_on", "owner_node"):
        if (name, birth_on) in wanted:
            found.setdefault((name, birth_on), []).append((pk, owner))
    return _pairs(found.values(), DuplicateGround.NAME_AND_BIRTH)


def _pairs(
    groups: Iterable[list[tuple[int, str]]], ground: DuplicateGround
) -> dict[tuple[int, int], DuplicateGround]:
    """Every two records of a group that different nodes write, the lower id first."""
    pairs = {}
    for group in groups:
        ordered = sorted(group)
        for position, (first, owner) in enumerate(ordered):
            for second, other_owner in ordered[position + 1 :]:
                if owner != other_owner:
                    pairs[first, second] = ground
    return pairs


def _settle_pairs_of(officers: Sequence[Officer], *, now: datetime) -> None:
    pks = [officer.pk for officer in officers]
    pairs = NationalDuplicate.objects.select_related("first", "second").filter(state__in=_OPEN)
    for pair in pairs.filter(Q(first__in=pks) | Q(second__in=pks)):
        if not _still_stands(pair):
            pair.state = NATIONAL_DUPLICATE.next_state("settle", pair.state).value
            pair.ended_at = now
            pair.save(update_fields=["state", "ended_at"])


def _still_stands(pair: NationalDuplicate) -> bool:
    first, second = pair.first, pair.second
    if first.state != OfficerState.ACTIVE or second.state != OfficerState.ACTIVE:
        return False
    has_same_number = bytes(first.id_number_index) == bytes(second.id_number_index)
    return has_same_number or (first.name, first.birth_on) == (second.name, second.birth_on)


def _locked_pair(actor: Actor, pk: int) -> NationalDuplicate:
    require(actor, Permission.DUPLICATE_REPORT, NATION)
    pairs = NationalDuplicate.objects.select_for_update(of=("self",))
    pair = pairs.select_related("first__agency__province", "second__agency__province").filter(pk=pk).first()
    if pair is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return pair


def _checked_text(text: str, place: str) -> str:
    cleaned = text.strip()
    if len(cleaned) < SHORTEST_TEXT:
        raise InvalidInput(
            "text-too-short", N_("请写明情况，至少 %(least)s 个字"), place=place, least=SHORTEST_TEXT
        )
    if len(cleaned) > LONGEST_TEXT:
        raise InvalidInput("text-too-long", N_("最多 %(most)s 个字；请精简"), place=place, most=LONGEST_TEXT)
    return cleaned


@transaction.atomic
def inform_provinces(actor: Actor, pk: int, note: str, *, now: datetime) -> NationalDuplicate:
    """Tell both provinces of a pair; each gets it as work to answer.

    Raises: InvalidInput ``text-too-short``, ``text-too-long`` with place ``note``; Conflict if it is not open.
    """
    pair = _locked_pair(actor, pk)
    pair.state = NATIONAL_DUPLICATE.next_state("inform", pair.state).value
    pair.note = _checked_text(note, "note")
    pair.informed_by_id, pair.informed_at = actor.account_id, now
    pair.save(update_fields=["state", "note", "informed_by", "informed_at"])
    record(
        actor,
        "national-duplicate.informed",
        _subject(pair),
        _names(pair),
        now=now,
        detail={"note": pair.note},
    )
    sides = [(pair.first, pair.second), (pair.second, pair.first)]
    # By node: every transaction takes the locks of the logs in the same order.
    for own, other in sorted(sides, key=lambda side: side[0].owner_node):
        publish(
            own.owner_node,
            "duplicate.found",
            f"duplicate:{pair.uid}",
            {
                "uid": str(pair.uid),
                "officer": str(own.uid),
                "ground": pair.ground,
                "other_name": other.name,
                "other_unit": other.agency.name,
                "other_province": other.agency.province.name if other.agency.province else "",
                "other_state": other.state,
                "note": pair.note,
            },
            now=now,
        )
    return pair


@transaction.atomic
def dismiss_pair(actor: Actor, pk: int, reason: str, *, now: datetime) -> NationalDuplicate:
    """Find that two records are two persons.

    Raises: InvalidInput ``text-too-short``, ``text-too-long`` with place ``note``; Conflict if it is not open.
    """
    pair = _locked_pair(actor, pk)
    pair.state = NATIONAL_DUPLICATE.next_state("dismiss", pair.state).value
    pair.reason = _checked_text(reason, "note")
    pair.ended_at = now
    pair.save(update_fields=["state", "reason", "ended_at"])
    record(
        actor,
        "national-duplicate.dismissed",
        _subject(pair),
        _names(pair),
        now=now,
        detail={"reason": pair.reason},
    )
    return pair


def _subject(pair: NationalDuplicate) -> str:
    return f"national-duplicate:{pair.pk}"


def _names(pair: NationalDuplicate) -> str:
    return f"{pair.first.name}（{pair.first.owner_node}）{pair.second.name}（{pair.second.owner_node}）"


def receive_duplicate_found(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep what the ministry tells of one of this province's officers: handler of ``duplicate.found``.

    Raises: InvalidInput ``duplicate-content-invalid``; Conflict ``officer-unknown``.
    """
    told = {name: received.event.data.get(name) for name in ("uid", "officer", "ground", *_TEXTS)}
    try:
        uid, officer_uid = UUID(str(told["uid"])), UUID(str(told["officer"]))
        ground = DuplicateGround(str(told["ground"]))
    except ValueError as error:
        raise _bad_content() from error
    texts = {name: told[name] for name in _TEXTS}
    if any(not isinstance(text, str) or len(text) > _TEXTS[name] for name, text in texts.items()):
        raise _bad_content()
    officer = Officer.system.filter(uid=officer_uid, owner_node="").first()
    if officer is None:
        raise Conflict("officer-unknown", N_("本节点没有这名执法人员"))
    row = ReportedDuplicate(uid=uid, officer=officer, ground=ground.value, received_at=now, **texts)
    row.put_at(officer.place)
    row.save()
    record(
        None, "duplicate.reported", f"officer:{officer.pk}", f"{officer.name} {row.other_province}", now=now
    )


_TEXTS = {"other_name": 60, "other_unit": 120, "other_province": 120, "other_state": 12, "note": LONGEST_TEXT}


@transaction.atomic
def answer_duplicate(actor: Actor, pk: int, answer: str, *, now: datetime) -> ReportedDuplicate:
    """Answer the ministry what became of a report; once.

    Raises: NotFound, NotPermitted; InvalidInput ``text-too-short``, ``text-too-long`` with place ``answer``;
    Conflict ``answered-already``.
    """
    row = (
        ReportedDuplicate.system.select_for_update(of=("self",))
        .select_related("officer")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.OFFICER_CONFIRM, row.officer.place)
    if row.answered_at is not None:
        raise Conflict("answered-already", N_("已有人答复过；请打开查看"))
    row.answer = _checked_text(answer, "answer")
    row.answered_by_id, row.answered_at = actor.account_id, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record(actor, "duplicate.answered", f"officer:{row.officer_id}", row.answer, now=now)
    publish(
        MINISTRY,
        "duplicate.answered",
        f"duplicate:{row.uid}",
        {"uid": str(row.uid), "officer": str(row.officer.uid), "answer": row.answer},
        now=now,
    )
    return row


def receive_duplicate_answered(received: ReceivedEvent, *, now: datetime) -> None:
    """Put a province's answer to its side of the pair: handler of ``duplicate.answered``.

    Raises: InvalidInput ``duplicate-content-invalid``; Conflict ``duplicate-unknown``.
    """
    content = received.event.data
    answer = content.get("answer")
    if not isinstance(answer, str) or not 0 < len(answer) <= LONGEST_TEXT:
        raise _bad_content()
    try:
        uid = UUID(str(content.get("uid")))
    except ValueError as error:
        raise _bad_content() from error
    pair = (
        NationalDuplicate.objects.select_for_update(of=("self",))
        .select_related("first", "second")
        .filter(uid=uid)
    ).first()
    if pair is None or received.node not in {pair.first.owner_node, pair.second.owner_node}:
        raise Conflict("duplicate-unknown", N_("没有这项重复核实"))
    side = "first_answer" if received.node == pair.first.owner_node else "second_answer"
    setattr(pair, side, answer)
    pair.save(update_fields=[side])
    record(None, "national-duplicate.answered", _subject(pair), f"{received.node}：{answer}", now=now)


def _bad_content() -> InvalidInput:
    return InvalidInput("duplicate-content-invalid", N_("重复核实事件的内容不符合规定，已拒收"))


__all__ = [
    "answer_duplicate",
    "compare_across_provinces",
    "dismiss_pair",
    "inform_provinces",
    "receive_duplicate_answered",
    "receive_duplicate_found",
]
