"""Who changed what when, as differences; and the record as it was on any day.

Two questions are kept apart: what was true on a day, as we know today (a change counts from the day on which it took
effect), and what the register said on that day (a change counts from the moment in which it was recorded).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.officers.models import Officer, OfficerVersion
from warrant.apps.officers.selectors.listing_columns import (
    CERTIFICATE_STATE_WORDS,
    LEAVING_WORDS,
    OFFICER_STATE_WORDS,
)
from warrant.apps.officers.selectors.register import category_names, code_name, date_as_known, is_own
from warrant.apps.officers.types import Panel
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

Content = Mapping[str, Any]
"""The columns of one version as it keeps them."""

CHANGE_NAMES: Mapping[str, str] = {
    ChangeKind.ENTERED.value: N_("登记入册"),
    ChangeKind.IMPORTED.value: N_("由花名册导入"),
    ChangeKind.CHANGED.value: N_("修改基本信息"),
    ChangeKind.PHOTO_SET.value: N_("更换照片"),
    ChangeKind.EDUCATION_ADDED.value: N_("登记学历"),
    ChangeKind.ENTRY_ADDED.value: N_("登记附加信息"),
    ChangeKind.ENTRY_WITHDRAWN.value: N_("撤销附加信息"),
    ChangeKind.ID_NUMBER_CORRECTED.value: N_("更正身份证号码"),
    ChangeKind.TRANSFERRED.value: N_("调动"),
    ChangeKind.LEFT.value: N_("离职"),
    ChangeKind.CAME_BACK.value: N_("恢复在职"),
    ChangeKind.DELETED.value: N_("删除"),
    ChangeKind.RESTORED.value: N_("恢复记录"),
    ChangeKind.MERGED.value: N_("合并"),
    ChangeKind.CERTIFICATE_CHANGED.value: N_("证件变动"),
    ChangeKind.REVIEWED.value: N_("年审"),
    ChangeKind.PROPOSAL_ACCEPTED.value: N_("采纳本人更正"),
    ChangeKind.UNIT_MOVED.value: N_("机构变动"),
}
"""How each kind of change is called."""

LATEST_SHOWN = 6

_TONES = {
    ChangeKind.ENTERED.value: "valid",
    ChangeKind.IMPORTED.value: "valid",
    ChangeKind.RESTORED.value: "valid",
    ChangeKind.DELETED.value: "broken",
    ChangeKind.ENTRY_WITHDRAWN.value: "attention",
    ChangeKind.ID_NUMBER_CORRECTED.value: "attention",
}


@dataclass(frozen=True)
class RecordField:
    """One thing that a record says. ``text`` words it from a version's content and the names of units."""

    label: str
    columns: tuple[str, ...]
    text: Callable[[Content, Mapping[int, str]], str]


def _plain(column: str) -> Callable[[Content, Mapping[int, str]], str]:
    return lambda content, _units: str(content.get(column) or "")


def _code(column: str, table: CodeTable) -> Callable[[Content, Mapping[int, str]], str]:
    return lambda content, _units: code_name(table, content.get(column) or "")


def _partial(column: str) -> Callable[[Content, Mapping[int, str]], str]:
    def text(content: Content, _units: Mapping[int, str]) -> str:
        value = content.get(f"{column}_on")
        on = date.fromisoformat(value) if value else None
        return date_as_known(on, content.get(f"{column}_precision") or Officer.Precision.DAY)

    return text


def _word(column: str, words: Mapping[str, Any]) -> Callable[[Content, Mapping[int, str]], str]:
    def text(content: Content, _units: Mapping[int, str]) -> str:
        value = content.get(column) or ""
        found = words.get(value, value)
        word = found[0] if isinstance(found, tuple) else found
        return _(word) if word and value else ""

    return text


def _unit(content: Content, units: Mapping[int, str]) -> str:
    return units.get(content.get("agency_id") or 0, "")


def _categories(content: Content, _units: Mapping[int, str]) -> str:
    return category_names(Officer(categories=content.get("categories") or ""))


def _photo(content: Content, _units: Mapping[int, str]) -> str:
    number = content.get("photo_id")
    return _("有（第 %(number)s 号文件）") % {"number": number} if number else ""


def _legal(content: Content, _units: Mapping[int, str]) -> str:
    return _("有") if content.get("has_legal_qualification") else _("没有")


FIELDS: Mapping[str, RecordField] = {
    "name": RecordField(N_("姓名"), ("name",), _plain("name")),
    "sex": RecordField(N_("性别"), ("sex",), _code("sex", codes.SEX)),
    "birth": RecordField(N_("出生日期"), ("birth_on",), _plain("birth_on")),
    "ethnicity": RecordField(N_("民族"), ("ethnicity",), _code("ethnicity", codes.ETHNIC_GROUP)),
    "political": RecordField(
        N_("政治面貌"), ("political_status",), _code("political_status", codes.POLITICAL_STATUS)
    ),
    "education": RecordField(N_("学历"), ("education",), _code("education", codes.EDUCATION)),
    "degree": RecordField(N_("学位"), ("degree",), _code("degree", codes.DEGREE)),
    "school": RecordField(N_("毕业院校"), ("school",), _plain("school")),
    "major": RecordField(N_("所学专业"), ("major",), _plain("major")),
    "unit": RecordField(N_("单位"), ("agency_id",), _unit),
    "categories": RecordField(N_("执法门类"), ("categories",), _categories),
    "post": RecordField(N_("岗位"), ("post",), _plain("post")),
    "position": RecordField(N_("职务"), ("position",), _plain("position")),
    "staffing": RecordField(N_("编制性质"), ("staffing",), _code("staffing", codes.STAFFING)),
    "legal": RecordField(N_("法律职业资格"), ("has_legal_qualification",), _legal),
    "work": RecordField(
        N_("参加工作时间"), ("work_started_on", "work_started_precision"), _partial("work_started")
    ),
    "enforcement": RecordField(
        N_("从事执法时间"),
        ("enforcement_started_on", "enforcement_started_precision"),
        _partial("enforcement_started"),
    ),
    "phone": RecordField(N_("联系电话"), ("phone",), _plain("phone")),
    "remark": RecordField(N_("备注"), ("remark",), _plain("remark")),
    "photo": RecordField(N_("照片"), ("photo_id",), _photo),
    "state": RecordField(N_("人员状态"), ("state",), _word("state", OFFICER_STATE_WORDS)),
    "left": RecordField(N_("离职日期"), ("left_on",), _plain("left_on")),
    "left_kind": RecordField(N_("离职原因"), ("left_kind",), _word("left_kind", LEAVING_WORDS)),
    "arrived": RecordField(N_("到现单位日期"), ("arrived_on",), _plain("arrived_on")),
    "certificate": RecordField(N_("证件编号"), ("certificate_number",), _plain("certificate_number")),
    "certificate_state": RecordField(
        N_("证件状态"), ("certificate_state",), _word("certificate_state", CERTIFICATE_STATE_WORDS)
    ),
    "valid_until": RecordField(
        N_("证件有效期至"), ("certificate_valid_until",), _plain("certificate_valid_until")
    ),
    "reviewed": RecordField(N_("最近年审年度"), ("reviewed_year",), _plain("reviewed_year")),
    "trained": RecordField(N_("学时达标年度"), ("trained_year",), _plain("trained_year")),
    "examined": RecordField(N_("考试合格年度"), ("examined_year",), _plain("examined_year")),
}
"""What differences are told in, in the order of the page; the columns of the scope follow the unit."""


@dataclass(frozen=True)
class Difference:
    """One field of a change, in words; an empty text is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One version as the history shows it. ``is_backdated``: it took effect before it was recorded."""

    version: OfficerVersion
    title: str
    tone: str
    person: str
    unit: str
    differences: tuple[Difference, ...]
    is_backdated: bool


def versions_of(officer: Officer) -> list[OfficerVersion]:
    """Return every version, oldest first; the caller has checked that the viewer may see them."""
    return list(
        OfficerVersion.system.filter(officer=officer).select_related("account__agency").order_by("revision")
    )


def unit_names(contents: Sequence[Content]) -> dict[int, str]:
    """Return the present names of all units that versions speak of."""
    units = {content["agency_id"] for content in contents if content.get("agency_id")}
    return dict(Agency.objects.filter(pk__in=units).values_list("pk", "name"))


def differences_between(before: Content, after: Content, units: Mapping[int, str]) -> tuple[Difference, ...]:
    """Return what two contents say differently, in words, in the order of :data:`FIELDS`."""
    found = []
    for field in FIELDS.values():
        if all(before.get(column) == after.get(column) for column in field.columns):
            continue
        old, new = field.text(before, units), field.text(after, units)
        if old != new:
            found.append(Difference(_(field.label), old, new))
    return tuple(found)


def changes_of(versions: Sequence[OfficerVersion], *, field: str = "", kind: str = "") -> list[Change]:
    """Return the changes, newest first, of one field or one kind where that is asked for."""
    units = unit_names([version.content for version in versions])
    changes = []
    before: Content = {}
    for version in versions:
        is_wanted = (not kind or version.kind == kind) and (
            field not in FIELDS or _differs(before, version.content, FIELDS[field])
        )
        if is_wanted:
            changes.append(_change(version, before, units))
        before = version.content
    return changes[::-1]


def _differs(before: Content, after: Content, field: RecordField) -> bool:
    return any((before.get(column) or None) != (after.get(column) or None) for column in field.columns)


def _change(version: OfficerVersion, before: Content, units: Mapping[int, str]) -> Change:
    account = version.account
    is_first = not before
    return Change(
        version=version,
        title=_(CHANGE_NAMES.get(version.kind, version.kind)),
        tone=_TONES.get(version.kind, "waiting"),
        person=version.account_name or _("系统"),
        unit=version.account_unit or (account.agency.name if account is not None else ""),
        differences=() if is_first else differences_between(before, version.content, units),
        is_backdated=version.effective_on < timezone.localdate(version.recorded_at),
    )


def true_on(versions: Sequence[OfficerVersion], on: date) -> dict[str, Any] | None:
    """Return what was true on a day as we know today; nothing before the first version took effect.

    Each column has the value of the latest recorded of the changes that had taken effect; ``versions`` are oldest
    first. A correction with an early effective date counts from that date on, and leaves later changes of other
    columns to their own day.
    """
    if not versions or versions[0].effective_on > on:
        return None
    content = dict(versions[0].content)
    for version in versions[1:]:
        if version.effective_on <= on:
            content.update(
                {
                    column: version.content[column]
                    for column in version.changed_fields
                    if column in version.content
                }
            )
    return content


_DAYS = frozenset(
    {
        "birth_on",
        "work_started_on",
        "enforcement_started_on",
        "left_on",
        "arrived_on",
        "certificate_valid_until",
    }
)


def officer_of(content: Content) -> Officer:
    """Return an unsaved officer with the columns of a version, to be worded like one."""
    values = {
        column: date.fromisoformat(value) if column in _DAYS and value else value
        for column, value in content.items()
    }
    return Officer(**values)


def end_of(on: date) -> datetime:
    """Return the first instant after a day, in the node's time zone."""
    return timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))


def said_on(versions: Sequence[OfficerVersion], on: date) -> dict[str, Any] | None:
    """Return what the register said at the end of a day; nothing if it did not know the person yet."""
    known = [version for version in versions if version.recorded_at < end_of(on)]
    return dict(known[-1].content) if known else None


@dataclass(frozen=True)
class FieldOnDay:
    """One field on a day: what was so, and what the register said, where that was something else."""

    label: str
    text: str
    said: str
    differs: bool


@dataclass(frozen=True)
class RecordOnDay:
    """The record on a day. ``is_known`` tells whether anything is known of that day, ``was_registered`` whether the
    register knew the person then."""

    on: date
    is_known: bool
    was_registered: bool
    known_from: date | None
    fields: tuple[FieldOnDay, ...]

    @property
    def differs(self) -> bool:
        """Tell whether the register said anything else on that day."""
        return any(field.differs for field in self.fields)


def record_on(versions: Sequence[OfficerVersion], on: date) -> RecordOnDay:
    """Return the record as it was on a day, beside what the register said on that day."""
    was, said = true_on(versions, on), said_on(versions, on)
    units = unit_names([content for content in (was, said) if content])
    fields = []
    for field in FIELDS.values():
        text = field.text(was, units) if was else ""
        words = field.text(said, units) if said else ""
        fields.append(FieldOnDay(_(field.label), text, words, bool(was and said) and text != words))
    first = versions[0].effective_on if versions else None
    return RecordOnDay(on, was is not None, said is not None, first, tuple(fields))


def history_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box with the latest changes and the way to all of them."""
    is_mine = is_own(viewer, officer)
    if not (is_mine or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    versions = versions_of(officer)
    return Panel(
        title=_("变更记录"),
        template="officers/latest_changes.jinja",
        context={
            "changes": changes_of(versions)[:LATEST_SHOWN],
            "history_url": reverse("own-history") if is_mine else history_url(officer),
        },
        order=60,
        count=len(versions),
        anchor="changes",
    )


def history_url(officer: Officer) -> str:
    """Return where all changes of an officer stand."""
    return reverse("officer-history", args=[officer.pk])
