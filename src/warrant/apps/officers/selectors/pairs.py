"""Reading pairs of records that may be one person: the queue, one pair side by side, and who is near a new number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.ports import key_vault
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.officers.selectors.moving import leaving_name
from warrant.apps.officers.selectors.register import described
from warrant.apps.officers.selectors.sealing import BLIND_INDEX_KEY, KEY_LENGTH, id_number_of
from warrant.core.access import Actor, Level, Permission, is_permitted
from warrant.core.crypto.digest import blind_index
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import DUPLICATE, DuplicateRule, DuplicateState, OfficerState
from warrant.core.standards.id_number import check
from warrant.core.standards.near_id_numbers import one_digit_off, two_swapped

STATE_FACES = {
    DuplicateState.OPEN: (N_("待核查"), "waiting"),
    DuplicateState.DISTINCT: (N_("不是同一人"), "ended"),
    DuplicateState.MERGE_PROPOSED: (N_("待确认合并"), "attention"),
    DuplicateState.MERGED: (N_("已合并"), "valid"),
}
RULE_NAMES = {
    DuplicateRule.ONE_DIGIT_OFF: N_("身份证号码仅差一位"),
    DuplicateRule.TWO_SWAPPED: N_("身份证号码相邻两位颠倒"),
    DuplicateRule.SAME_NAME_AND_BIRTH: N_("姓名与出生日期相同"),
}
FIELD_NAMES = {
    "name": N_("姓名"),
    "id_number": N_("身份证号码"),
    "ethnicity": N_("民族"),
    "political_status": N_("政治面貌"),
    "education": N_("学历"),
    "degree": N_("学位"),
    "school": N_("毕业院校"),
    "major": N_("所学专业"),
    "agency": N_("单位"),
    "categories": N_("执法门类"),
    "post": N_("岗位"),
    "position": N_("职务"),
    "staffing": N_("编制性质"),
    "work_started": N_("参加工作时间"),
    "enforcement_started": N_("从事执法时间"),
    "phone": N_("联系电话"),
    "remark": N_("备注"),
    "photo": N_("照片"),
}
"""What is compared, in the order of the form; each may be chosen from either record."""

COLUMNS_OF_FIELD = {
    "work_started": ("work_started_on", "work_started_precision"),
    "enforcement_started": ("enforcement_started_on", "enforcement_started_precision"),
    "agency": ("agency_id", "province_unit", "city_unit", "county_unit", "agency_unit", "arrived_on"),
    "photo": ("photo_id",),
    "id_number": (),
}
"""Columns that go together; a field that is not named here is one column of the same name."""


def state_face(pair: DuplicatePair) -> dict[str, str]:
    """Return how the state is called and coloured."""
    word, tone = STATE_FACES[DuplicateState(pair.state)]
    return {"word": _(word), "tone": tone}


def rule_text(pair: DuplicatePair) -> str:
    """Return by what rules the pair was found, in words."""
    return "；".join(_(RULE_NAMES[DuplicateRule(rule)]) for rule in pair.rule_names)


def _in_scope(viewer: Actor, permission: Permission, prefix: str) -> Q:
    condition = Q(pk__in=[])
    for grant in viewer.grants_for(permission):
        if grant.level is Level.MINISTRY or grant.is_node_wide:
            return ~Q(pk__in=[])
        condition |= Q(**{f"{prefix}__{grant.level.value}_unit": grant.unit_id})
    return condition


def pairs_for(viewer: Actor, state: str = "") -> QuerySet[DuplicatePair]:
    """Return the pairs of which the viewer reaches at least one record."""
    right = Permission.DUPLICATE_VIEW
    rows = DuplicatePair.objects.filter(
        _in_scope(viewer, right, "first") | _in_scope(viewer, right, "second")
    )
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("first__agency", "second__agency")


def pair_for(viewer: Actor, pk: int) -> DuplicatePair:
    """Return one pair of which the viewer reaches at least one record.

    Raises:
        NotFound: there is none, or neither is in reach.
    """
    pair = pairs_for(viewer).filter(pk=pk).select_related("kept", "decided_by").first()
    if pair is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return pair


def reaches(viewer: Actor, officer: Officer, permission: Permission = Permission.DUPLICATE_VIEW) -> bool:
    """Tell whether the viewer holds ``permission`` where the officer is."""
    return is_permitted(viewer, permission, officer.place)


def sees(viewer: Actor, pair: DuplicatePair) -> tuple[bool, bool]:
    """Tell for each of the two whether the viewer sees its content: in reach, or opened by its unit."""
    return (
        reaches(viewer, pair.first) or pair.opened_by_first,
        reaches(viewer, pair.second) or pair.opened_by_second,
    )


@dataclass(frozen=True)
class ComparedField:
    """One line of the comparison; texts as shown, ID numbers masked."""

    field: str
    label: str
    first: str
    second: str

    @property
    def is_different(self) -> bool:
        """Tell whether the two records say something different."""
        return self.first != self.second


def compared(pair: DuplicatePair, *, shows_first: bool, shows_second: bool) -> list[ComparedField]:
    """Return both records field by field; a record that is not shown is empty. Different ID numbers never look alike."""
    texts = []
    for officer, is_shown in ((pair.first, shows_first), (pair.second, shows_second)):
        if not is_shown:
            texts.append(dict.fromkeys(FIELD_NAMES, ""))
            continue
        texts.append(
            {
                **described(officer),
                "agency": officer.agency.name,
                "id_number": check(id_number_of(officer)).masked,
                "photo": _("有照片") if officer.photo_id else "",
            }
        )
    first, second = texts
    if shows_first and shows_second:
        _mark_difference(pair, first, second)
    return [ComparedField(key, _(name), first[key], second[key]) for key, name in FIELD_NAMES.items()]


def _mark_difference(pair: DuplicatePair, first: dict[str, str], second: dict[str, str]) -> None:
    """Say where two masked ID numbers differ: the places, never the digits; and that two photos are not one."""
    one, other = id_number_of(pair.first), id_number_of(pair.second)
    places = [str(place) for place in range(1, 18) if one[place - 1] != other[place - 1]]
    if places:
        note = _("（第 %(places)s 位不同）") % {"places": "、".join(places)}
        first["id_number"] += note
        second["id_number"] += note + " "  # so that the line counts as different
    if pair.first.photo_id and pair.second.photo_id and pair.first.photo_id != pair.second.photo_id:
        second["photo"] += " "


def state_of_person(officer: Officer) -> str:
    """Return the state of the person in words."""
    if officer.state == OfficerState.LEFT:
        return _("离职（%(kind)s）") % {"kind": leaving_name(officer)}
    words = {
        OfficerState.ACTIVE: N_("在职"),
        OfficerState.DELETED: N_("已删除"),
        OfficerState.MERGED: N_("已合并"),
    }
    return _(words[OfficerState(officer.state)])


def allowed_acts(viewer: Actor, pair: DuplicatePair) -> dict[str, bool]:
    """Tell for each act of the table, and for opening the own record to the other side, whether it is possible now."""
    shows = sees(viewer, pair)
    edits = [reaches(viewer, officer, Permission.OFFICER_EDIT) for officer in (pair.first, pair.second)]
    confirms = [reaches(viewer, officer, Permission.OFFICER_CONFIRM) for officer in (pair.first, pair.second)]
    is_second = pair.decided_by_id != viewer.account_id
    possible = {row.action for row in DUPLICATE.actions_from(DuplicateState(pair.state))}
    may = {
        "tell-apart": any(edits) and all(shows),
        "look-again": any(edits) and all(shows),
        "propose-merge": any(edits) and all(shows),
        "refuse-merge": all(confirms) and is_second,
        "merge": all(confirms) and is_second,
    }
    allowed = {action: may[action] and action in possible for action in may}
    allowed["open"] = pair.state == DuplicateState.OPEN and (
        (edits[0] and not edits[1] and not pair.opened_by_first)
        or (edits[1] and not edits[0] and not pair.opened_by_second)
    )
    return allowed


def near_registered(id_number: str, besides: int | None = None) -> list[tuple[Officer, DuplicateRule]]:
    """Return the records whose ID number a slip makes of this one: about 170 blind indexes, one query."""
    key = key_vault().secret(BLIND_INDEX_KEY, KEY_LENGTH)
    rules: dict[bytes, DuplicateRule] = {}
    for rule, numbers in (
        (DuplicateRule.ONE_DIGIT_OFF, one_digit_off(id_number)),
        (DuplicateRule.TWO_SWAPPED, two_swapped(id_number)),
    ):
        rules |= {blind_index(key, number): rule for number in numbers}
    rows = Officer.system.filter(id_number_index__in=list(rules)).exclude(state=OfficerState.MERGED.value)
    found = rows.exclude(pk=besides or 0).select_related("agency")[:10]
    return [(officer, rules[bytes(officer.id_number_index)]) for officer in found]


def same_name_and_birth(officers: Iterable[Officer]) -> list[tuple[Officer, Officer]]:
    """Return pairs of one of ``officers`` and another record of the same name and birth date: one query."""
    known = {(officer.name, officer.birth_on): officer for officer in officers}
    condition = Q(pk__in=[])
    for name, birth_on in known:
        condition |= Q(name=name, birth_on=birth_on)
    rows = Officer.system.filter(condition).exclude(
        state__in=(OfficerState.MERGED.value, OfficerState.DELETED.value)
    )
    pairs = []
    for row in rows.select_related("agency")[:100]:
        officer = known[row.name, row.birth_on]
        if officer.pk != row.pk:
            pairs.append((officer, row))
    return pairs


def work_queues(viewer: Actor) -> list[Queue]:
    """Return merges that wait for this second person, and pairs that wait for the registrar, likeliest first."""
    condition = Q(pk__in=[])
    if viewer.has_anywhere(Permission.OFFICER_CONFIRM):
        right = Permission.OFFICER_CONFIRM
        both = _in_scope(viewer, right, "first") & _in_scope(viewer, right, "second")
        proposed = Q(state=DuplicateState.MERGE_PROPOSED.value) & ~Q(decided_by_id=viewer.account_id)
        condition |= both & proposed
    if viewer.has_anywhere(Permission.OFFICER_EDIT):
        right = Permission.OFFICER_EDIT
        either = _in_scope(viewer, right, "first") | _in_scope(viewer, right, "second")
        condition |= either & Q(state=DuplicateState.OPEN.value, score__gte=50)
    if condition == Q(pk__in=[]):
        return []
    people = ("first__name", "first__agency__name", "second__agency__name")
    fields = ("pk", "state", "decided_at", "found_at", *people)
    # merges that wait for somebody sort before open pairs: m before o
    rows = DuplicatePair.objects.filter(condition).order_by("state", "-score", "id")
    return [Queue(rows, fields, _item, most=8)]


def _item(pair: DuplicatePair) -> WorkItem:
    is_open = pair.state == DuplicateState.OPEN
    title = _("%(name)s：可能重复登记") if is_open else _("%(name)s：待确认合并")
    return WorkItem(
        kind="duplicate",
        title=title % {"name": pair.first.name},
        detail=f"{pair.first.agency.name} / {pair.second.agency.name}",
        url=reverse("duplicate-detail", args=[pair.pk]),
        waiting_since=pair.decided_at or pair.found_at,
    )


def kept_instead_of(pk: int) -> int | None:
    """Return the record that was kept where ``pk`` was merged away, followed to the end; nothing for others."""
    seen: set[int] = set()
    found: Any = Officer.system.filter(pk=pk).values_list("merged_into_id", flat=True).first()
    kept = None
    while found is not None and found not in seen:
        seen.add(found)
        kept = int(found)
        found = Officer.system.filter(pk=kept).values_list("merged_into_id", flat=True).first()
    return kept
