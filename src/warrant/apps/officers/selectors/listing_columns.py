"""The columns that a list of officers can have: what each is called, says, and is ordered by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.listing import ListColumn
from warrant.apps.officers.selectors.register import age_on, date_as_known
from warrant.core.errors import N_
from warrant.core.lifecycle import CertificateState
from warrant.core.lifecycle.officer import LeavingKind, OfficerState
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

OFFICER_STATE_WORDS: Mapping[str, tuple[str, str]] = {
    OfficerState.ACTIVE.value: (N_("在职"), "valid"),
    OfficerState.LEFT.value: (N_("已离职"), "ended"),
    OfficerState.DELETED.value: (N_("已删除"), "ended"),
    OfficerState.MERGED.value: (N_("已合并"), "ended"),
}
"""Word and tone of each state of a person."""

LEAVING_WORDS: Mapping[str, str] = {
    LeavingKind.RETIREMENT.value: N_("退休"),
    LeavingKind.RESIGNATION.value: N_("辞职"),
    LeavingKind.DISMISSAL.value: N_("辞退或开除"),
    LeavingKind.DEATH.value: N_("死亡"),
    LeavingKind.TRANSFER_OUT.value: N_("调出"),
}

C = CertificateState
CERTIFICATE_STATE_WORDS: Mapping[str, tuple[str, str]] = {
    C.AWAITING_PRODUCTION.value: (N_("待制卡"), "waiting"),
    C.PRODUCED.value: (N_("待发放"), "waiting"),
    C.ACTIVE.value: (N_("有效"), "valid"),
    C.LOST.value: (N_("已挂失"), "attention"),
    C.LAPSED.value: (N_("年审逾期失效"), "broken"),
    C.WITHHELD.value: (N_("已暂扣"), "attention"),
    C.CANCELLED.value: (N_("已注销"), "ended"),
    C.REVOKED.value: (N_("已吊销"), "broken"),
    C.EXPIRED.value: (N_("已过期"), "ended"),
    "": (N_("无证件"), "ended"),
}
"""Word and tone of each state of the latest certificate; the empty one is for who never had any."""


_POSTS = {code.name: code.code for code in codes.POST}


@cache
def _names(table: CodeTable, is_english: bool) -> dict[str, str]:
    return {code.code: code.english if is_english else code.name for code in table}


def _is_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def names_of(table: CodeTable) -> Mapping[str, str]:
    """Return code to name of a table in the language of the request."""
    return _names(table, _is_english())


def _code(field: str, table: CodeTable) -> Callable[[Any], str]:
    return lambda row: names_of(table).get(getattr(row, field), "")


def _plain(field: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, field) or "")


def _day(field: str) -> Callable[[Any], str]:
    def text(row: Any) -> str:
        value: date | None = getattr(row, field)
        return value.isoformat() if value else ""

    return text


def _moment(field: str) -> Callable[[Any], str]:
    return lambda row: timezone.localtime(getattr(row, field)).strftime("%Y-%m-%d %H:%M")


def _as_known(field: str) -> Callable[[Any], str]:
    return lambda row: date_as_known(getattr(row, f"{field}_on"), getattr(row, f"{field}_precision"))


def _categories(row: Any) -> str:
    names = names_of(codes.ENFORCEMENT_CATEGORY)
    words = [names[code] for code in row.categories.split(",") if code in names]
    return (", " if _is_english() else "、").join(words)


def _post(row: Any) -> str:
    """Posts stand in records in Chinese; the known ones are said in the language of the request."""
    code = _POSTS.get(row.post)
    return names_of(codes.POST)[code] if code else str(row.post)


def _person_state(row: Any) -> str:
    if row.state == OfficerState.LEFT.value and row.left_kind in LEAVING_WORDS:
        return _(LEAVING_WORDS[row.left_kind])
    return _(OFFICER_STATE_WORDS[row.state][0])


def _column(label: str, field: str, text: Callable[[Any], str] | None = None, **more: Any) -> ListColumn:
    return ListColumn(label, text or _plain(field), (field,), sort=more.pop("sort", field), **more)


COLUMNS: Mapping[str, ListColumn] = {
    "name": _column(N_("姓名"), "name", sort="sort_key", is_default=True),
    "sex": _column(N_("性别"), "sex", _code("sex", codes.SEX), is_default=True),
    "birth": _column(N_("出生日期"), "birth_on", _day("birth_on"), is_varied=True),
    "age": _column(
        N_("年龄"),
        "birth_on",
        lambda row: str(age_on(row.birth_on, clock.today())),
        sort="-birth_on",
        kind="number",
        is_default=True,
    ),
    "agency": ListColumn(
        N_("单位"), _plain("agency_name"), ("agency_name",), sort="agency_id", is_default=True, kind="clip"
    ),
    "categories": _column(N_("执法门类"), "categories", _categories, is_default=True, kind="clip"),
    "post": _column(N_("岗位"), "post", _post, is_default=True),
    "state": ListColumn(
        N_("人员状态"),
        _person_state,
        ("state", "left_kind"),
        sort="state",
        is_default=True,
        kind="state",
        tone=lambda row: "" if row.state == OfficerState.ACTIVE.value else OFFICER_STATE_WORDS[row.state][1],
    ),
    "certificate": _column(
        N_("证件状态"),
        "certificate_state",
        lambda row: _(CERTIFICATE_STATE_WORDS[row.certificate_state][0]),
        is_default=True,
        kind="state",
        tone=lambda row: CERTIFICATE_STATE_WORDS[row.certificate_state][1],
    ),
    "valid_until": _column(
        N_("证件有效期至"), "certificate_valid_until", _day("certificate_valid_until"), is_default=True
    ),
    "certificate_number": _column(N_("证件编号"), "certificate_number", is_default=True, is_varied=True),
    "position": _column(N_("职务"), "position", is_varied=True),
    "education": _column(
        N_("学历"), "education", _code("education", codes.EDUCATION), is_default=True, kind="clip"
    ),
    "degree": _column(N_("学位"), "degree", _code("degree", codes.DEGREE)),
    "school": _column(N_("毕业院校"), "school", kind="clip"),
    "major": _column(N_("所学专业"), "major", kind="clip"),
    "staffing": _column(N_("编制性质"), "staffing", _code("staffing", codes.STAFFING)),
    "ethnicity": _column(N_("民族"), "ethnicity", _code("ethnicity", codes.ETHNIC_GROUP)),
    "political": _column(
        N_("政治面貌"), "political_status", _code("political_status", codes.POLITICAL_STATUS)
    ),
    "legal": _column(
        N_("法律职业资格"),
        "has_legal_qualification",
        lambda row: _("有") if row.has_legal_qualification else "",
    ),
    "work_started": ListColumn(
        N_("参加工作时间"),
        _as_known("work_started"),
        ("work_started_on", "work_started_precision"),
        sort="work_started_on",
    ),
    "enforcement_started": ListColumn(
        N_("从事执法时间"),
        _as_known("enforcement_started"),
        ("enforcement_started_on", "enforcement_started_precision"),
        sort="enforcement_started_on",
    ),
    "arrived": _column(N_("到现单位日期"), "arrived_on", _day("arrived_on"), is_varied=True),
    "phone": _column(N_("联系电话"), "phone", sort=None, is_varied=True),
    "left": _column(N_("离职日期"), "left_on", _day("left_on"), is_varied=True),
    "reviewed": _column(N_("最近年审年度"), "reviewed_year", kind="number"),
    "trained": _column(N_("学时达标年度"), "trained_year", kind="number"),
    "examined": _column(N_("考试合格年度"), "examined_year", kind="number"),
    "entered": _column(N_("入册时间"), "entered_at", _moment("entered_at"), is_varied=True),
    "changed": _column(N_("最后修改"), "changed_at", _moment("changed_at"), is_varied=True),
}
"""Every column by its key, in the order in which the chooser offers them."""

DEFAULT_COLUMNS = tuple(key for key, column in COLUMNS.items() if column.is_default)
