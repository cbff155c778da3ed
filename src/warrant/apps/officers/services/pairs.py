"""Finding pairs of records that may be one person, and saying what they are."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import JobRun, start_job
from warrant.apps.foundation.models import Job
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.officers.selectors.pairs import (
    near_registered,
    pair_for,
    reaches,
    same_name_and_birth,
    sees,
)
from warrant.apps.officers.selectors.sealing import field_key, id_number_of
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.reasons import checked_reason
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.crypto.sealing import open_sealed
from warrant.core.errors import N_, Conflict, NotPermitted
from warrant.core.lifecycle import DUPLICATE, DuplicateRule, DuplicateState, OfficerState
from warrant.core.lifecycle.duplicate import RULE_SCORES, SAME_NAME_SCORE
from warrant.core.standards.near_id_numbers import pairs_one_digit_off, pairs_two_swapped

SCAN = "duplicates.scan"
_ROWS_AT_ONCE = 1000
_READ_AT_ONCE = 5000
_PASSES = 17 + 16
_HIDDEN = (OfficerState.DELETED.value, OfficerState.MERGED.value)


def subject_of_pair(pair: DuplicatePair) -> str:
    """Return how the audit ledger names a pair."""
    return f"duplicate:{pair.pk}"


def score_of(rules: Iterable[DuplicateRule], *, is_same_name: bool) -> int:
    """Return how likely two records are one person; 100 at most."""
    points = sum(RULE_SCORES[rule] for rule in set(rules))
    return min(100, points + (SAME_NAME_SCORE if is_same_name else 0))


def keep_pairs(
    found: dict[tuple[int, int], set[DuplicateRule]], names: dict[int, str], *, now: datetime
) -> int:
    """Keep pairs that are not known yet (the lower key first); returns how many are new. Decided ones stay decided."""
    known: set[tuple[int, int]] = set()
    keys = sorted(found)
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        firsts = [first for first, _second in keys[start : start + _ROWS_AT_ONCE]]
        known.update(DuplicatePair.objects.filter(first__in=firsts).values_list("first_id", "second_id"))
    fresh = [
        DuplicatePair(
            first_id=first,
            second_id=second,
            rules=",".join(sorted(rule.value for rule in found[first, second])),
            score=score_of(found[first, second], is_same_name=names.get(first) == names.get(second)),
            found_at=now,
        )
        for first, second in keys
        if (first, second) not in known
    ]
    DuplicatePair.objects.bulk_create(fresh, batch_size=_ROWS_AT_ONCE, ignore_conflicts=True)
    return len(fresh)


@transaction.atomic
def look_for_pairs(officer: Officer, *, now: datetime) -> list[tuple[Officer, str]]:
    """Look for records like this new or changed one, keep the pairs, and return the others with the reason in words.

    The reasons are msgids; deleted records are told but make no pair.
    """
    found: dict[tuple[int, int], set[DuplicateRule]] = {}
    names = {officer.pk: officer.name}
    told: dict[int, tuple[Officer, DuplicateRule]] = {}
    near = near_registered(id_number_of(officer), besides=officer.pk)
    alike = [(other, DuplicateRule.SAME_NAME_AND_BIRTH) for _one, other in same_name_and_birth([officer])]
    for other, rule in [*near, *alike]:
        told.setdefault(other.pk, (other, rule))
        names[other.pk] = other.name
        if other.state not in _HIDDEN:
            found.setdefault(_key(officer.pk, other.pk), set()).add(rule)
    keep_pairs(found, names, now=now)
    return [(other, rule.value) for other, rule in told.values()]


def _key(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


@transaction.atomic
def start_scan(actor: Actor, *, now: datetime) -> Job:
    """Start looking through the whole register in the background.

    Raises:
        NotFound, NotPermitted: only for those who may see duplicates over the whole node.
    """
    require(actor, Permission.DUPLICATE_VIEW, NATION)
    job = start_job(actor, SCAN, {}, _("全省查重"), now=now)
    record(actor, "duplicate.scan-started", f"job:{job.pk}", "", now=now)
    return job


def run_scan(run: JobRun) -> None:
    """Look through the whole register: ID numbers in memory, as whole numbers; nothing of them is kept.

    All-or-nothing: begun again it finds the same pairs, and known ones are left alone.
    """
    pks, bodies, names = array("q"), array("q"), {}
    alike: dict[int, int] = {}
    found: dict[tuple[int, int], set[DuplicateRule]] = {}
    total = Officer.system.exclude(state__in=_HIDDEN).count()
    key = field_key()
    for pk, uid, sealed, name, birth_on in _read():
        text = open_sealed(key, bytes(sealed), f"officer:{uid}".encode()).decode()
        pks.append(pk)
        bodies.append(int(text[:17]))
        person = hash((name, birth_on))
        other = alike.setdefault(person, pk)
        if other != pk:
            found.setdefault(_key(other, pk), set()).add(DuplicateRule.SAME_NAME_AND_BIRTH)
        if len(pks) % _READ_AT_ONCE == 0:
            run.progress(len(pks) // 2, max(total, 1))
    passes = (
        (DuplicateRule.ONE_DIGIT_OFF, pairs_one_digit_off(bodies)),
        (DuplicateRule.TWO_SWAPPED, pairs_two_swapped(bodies)),
    )
    done = 0
    for rule, pairs in passes:
        for place, i, j in pairs:
            found.setdefault(_key(pks[i], pks[j]), set()).add(rule)
            done = max(done, place + (17 if rule is DuplicateRule.TWO_SWAPPED else 0))
            run.progress(total // 2 + total * done // (2 * _PASSES), max(total, 1))
    names = _names_of({pk for pair in found for pk in pair})
    _drop_chance_matches(found, names)
    with transaction.atomic():
        fresh = keep_pairs(found, names, now=clock.now())
    run.progress(max(total, 1), max(total, 1))
    run.result_url = reverse("duplicate-list")
    run.result_text = _("查对 %(count)s 人，新发现 %(fresh)s 对") % {"count": len(pks), "fresh": fresh}


def _read() -> Iterator[tuple[int, object, bytes, str, object]]:
    """Yield the rows in keys' order, in short queries, so that no reader stands in anybody's way."""
    last = 0
    columns = ("pk", "uid", "id_number_sealed", "name", "birth_on")
    while True:
        rows = Officer.system.exclude(state__in=_HIDDEN).filter(pk__gt=last).order_by("pk")
        batch = list(rows.values_list(*columns)[:_READ_AT_ONCE])
        if not batch:
            return
        yield from batch
        last = batch[-1][0]


def _names_of(pks: set[int]) -> dict[int, str]:
    names: dict[int, str] = {}
    wanted = sorted(pks)
    for start in range(0, len(wanted), _ROWS_AT_ONCE):
        rows = Officer.system.filter(pk__in=wanted[start : start + _ROWS_AT_ONCE])
        names.update(rows.values_list("pk", "name"))
    return names


def _drop_chance_matches(found: dict[tuple[int, int], set[DuplicateRule]], names: dict[int, str]) -> None:
    """A hash of name and birth date may fit by chance: what has other names is no such pair."""
    rule = DuplicateRule.SAME_NAME_AND_BIRTH
    for (first, second), rules in list(found.items()):
        if rule in rules and names.get(first) != names.get(second):
            rules.discard(rule)
            if not rules:
                del found[first, second]


def locked_pair(actor: Actor, pk: int) -> DuplicatePair:
    """Return a pair in the actor's reach, locked after both officers."""
    seen = pair_for(actor, pk)
    officers = lock_officers([seen.first_id, seen.second_id])
    pair = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pk)
    pair.first, pair.second = officers[pair.first_id], officers[pair.second_id]
    return pair


def move_pair(pair: DuplicatePair, action: str, actor: Actor, reason: str, *, now: datetime) -> None:
    """Apply one row of the table to a locked pair and write it to the ledger; the caller saves other columns before."""
    before = pair.state
    pair.state = DUPLICATE.next_state(action, pair.state).value
    pair.reason = reason
    pair.decided_by_id, pair.decided_at = actor.account_id, now
    pair.save(update_fields=["state", "reason", "decided_by", "decided_at", "kept", "choices"])
    record(
        actor,
        f"duplicate.{action}",
        subject_of_pair(pair),
        f"{pair.first.name} / {pair.second.name}",
        now=now,
        detail={"first": pair.first_id, "second": pair.second_id, "from": before, "reason": reason},
    )


def require_both_seen(actor: Actor, pair: DuplicatePair) -> None:
    """Return if the actor edits one of the two and sees both. Raises: NotPermitted ``other-side-closed``."""
    if not any(reaches(actor, officer, Permission.OFFICER_EDIT) for officer in (pair.first, pair.second)):
        raise NotPermitted("not-permitted", N_("您没有修改这两份档案的权限"))
    if not all(sees(actor, pair)):
        raise NotPermitted("other-side-closed", N_("对方单位还没有向您开放它的档案；请等对方开放后再决定"))


@transaction.atomic
def tell_apart(actor: Actor, pk: int, reason: str, *, now: datetime) -> DuplicatePair:
    """Say that the two are different people. Raises: NotFound, NotPermitted, Conflict, InvalidInput."""
    pair = locked_pair(actor, pk)
    require_both_seen(actor, pair)
    move_pair(pair, "tell-apart", actor, checked_reason(reason), now=now)
    return pair


@transaction.atomic
def look_again(actor: Actor, pk: int, reason: str, *, now: datetime) -> DuplicatePair:
    """Take back that the two are different people. Raises: as :func:`tell_apart`."""
    pair = locked_pair(actor, pk)
    require_both_seen(actor, pair)
    move_pair(pair, "look-again", actor, checked_reason(reason), now=now)
    return pair


@transaction.atomic
def open_to_other_side(actor: Actor, pk: int, *, now: datetime) -> DuplicatePair:
    """Let the other unit see the own record of an open pair.

    Raises:
        NotPermitted: the actor edits neither record.
        Conflict: the pair is decided.
    """
    pair = locked_pair(actor, pk)
    if pair.state != DuplicateState.OPEN:
        raise Conflict("wrong-state", N_("这一对已有结论；请刷新页面查看最新状态"))
    opened = []
    for officer, field in ((pair.first, "opened_by_first"), (pair.second, "opened_by_second")):
        if reaches(actor, officer, Permission.OFFICER_EDIT):
            setattr(pair, field, True)
            opened.append(field)
    if not opened:
        raise NotPermitted("not-permitted", N_("您没有修改这两份档案的权限"))
    pair.save(update_fields=opened)
    record(
        actor, "duplicate.opened", subject_of_pair(pair), f"{pair.first.name} / {pair.second.name}", now=now
    )
    return pair
