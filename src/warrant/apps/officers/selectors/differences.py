"""What is different between two versions of a record, in words: for the feed, and wherever a version is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from warrant.apps.officers.selectors.listing_columns import (
    CERTIFICATE_STATE_WORDS,
    LEAVING_WORDS,
    OFFICER_STATE_WORDS,
)
from warrant.apps.officers.selectors.register import code_name, date_as_known
from warrant.core.errors import N_
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

K = ChangeKind
KIND_WORDS: Mapping[str, tuple[str, str]] = {
    K.ENTERED.value: (N_("登记入册"), "valid"),
    K.IMPORTED.value: (N_("由花名册导入"), "valid"),
    K.CHANGED.value: (N_("修改信息"), "waiting"),
    K.PHOTO_SET.value: (N_("更换照片"), "waiting"),
    K.EDUCATION_ADDED.value: (N_("登记学历"), "waiting"),
    K.ENTRY_ADDED.value: (N_("登记附加信息"), "waiting"),
    K.ENTRY_WITHDRAWN.value: (N_("撤回附加信息"), "attention"),
    K.ID_NUMBER_CORRECTED.value: (N_("更正身份证号码"), "attention"),
    K.TRANSFERRED.value: (N_("调动"), "waiting"),
    K.LEFT.value: (N_("离职"), "ended"),
    K.CAME_BACK.value: (N_("恢复在职"), "valid"),
    K.DELETED.value: (N_("删除"), "broken"),
    K.RESTORED.value: (N_("恢复记录"), "valid"),
    K.MERGED.value: (N_("合并记录"), "attention"),
    K.CERTIFICATE_CHANGED.value: (N_("证件变化"), "attention"),
    K.REVIEWED.value: (N_("年审"), "valid"),
    K.PROPOSAL_ACCEPTED.value: (N_("采纳本人更正"), "waiting"),
    K.UNIT_MOVED.value: (N_("随单位调整"), "waiting"),
}
"""Word and tone of each kind of change."""

FIELD_WORDS: Mapping[str, str] = {
    "name": N_("姓名"),
    "sex": N_("性别"),
    "birth_on": N_("出生日期"),
    "ethnicity": N_("民族"),
    "political_status": N_("政治面貌"),
    "education": N_("学历"),
    "degree": N_("学位"),
    "school": N_("毕业院校"),
    "major": N_("所学专业"),
    "agency_id": N_("单位"),
    "categories": N_("执法门类"),
    "post": N_("岗位"),
    "position": N_("职务"),
    "staffing": N_("编制性质"),
    "has_legal_qualification": N_("法律职业资格"),
    "work_started_on": N_("参加工作时间"),
    "enforcement_started_on": N_("从事执法时间"),
    "phone": N_("联系电话"),
    "remark": N_("备注"),
    "photo_id": N_("照片"),
    "state": N_("人员状态"),
    "left_on": N_("离职日期"),
    "left_kind": N_("离职原因"),
    "arrived_on": N_("到本单位日期"),
    "certificate_number": N_("证件编号"),
    "certificate_state": N_("证件状态"),
    "certificate_valid_until": N_("证件有效期至"),
    "reviewed_year": N_("最近年审年度"),
    "trained_year": N_("最近培训达标年度"),
    "examined_year": N_("最近考试合格年度"),
}
"""Columns that people are told of, in the order of the paper form; the others follow from these."""

NUMBER_FIELD = "id_number_index"


@dataclass(frozen=True)
class Difference:
    """One column: what it was, what it is. Empty texts mean that nothing stood there, or that it is not shown."""

    label: str
    before: str
    after: str


def kind_word(kind: str) -> tuple[str, str]:
    """Return word and tone of a kind of change; the kind itself where it is not known here."""
    word, tone = KIND_WORDS.get(kind, (kind, "waiting"))
    return _(word), tone


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], changed: Collection[str], units: Mapping[int, str]
) -> list[Difference]:
    """Return in words what a version changed; ``units`` is the names of units by id."""
    found = [
        Difference(_(label), _text(field, before, units), _text(field, after, units))
        for field, label in FIELD_WORDS.items()
        if field in changed
    ]
    if NUMBER_FIELD in changed:
        found.insert(0, Difference(_("身份证号码"), "", ""))
    return found


def _coded(table: CodeTable) -> Callable[[str], str]:
    return lambda code: code_name(table, code) or code


def _categories(text: str) -> str:
    is_english = (translation.get_language() or "").startswith("en")
    names = [code_name(codes.ENFORCEMENT_CATEGORY, code) or code for code in text.split(",") if code]
    return (", " if is_english else "、").join(names)


_VALUE_WORDS: Mapping[str, Callable[[Any], str]] = {
    "sex": _coded(codes.SEX),
    "ethnicity": _coded(codes.ETHNIC_GROUP),
    "political_status": _coded(codes.POLITICAL_STATUS),
    "education": _coded(codes.EDUCATION),
    "degree": _coded(codes.DEGREE),
    "staffing": _coded(codes.STAFFING),
    "categories": _categories,
    "has_legal_qualification": lambda value: _("有") if value else _("无"),
    "state": lambda value: _(OFFICER_STATE_WORDS[value][0]) if value in OFFICER_STATE_WORDS else value,
    "left_kind": lambda value: _(LEAVING_WORDS[value]) if value in LEAVING_WORDS else value,
    "certificate_state": lambda value: (
        _(CERTIFICATE_STATE_WORDS[value][0]) if value in CERTIFICATE_STATE_WORDS else value
    ),
}


def _text(field: str, content: Mapping[str, Any], units: Mapping[int, str]) -> str:
    value = content.get(field)
    if field == "agency_id":
        return units.get(value or 0, "")
    if field == "photo_id":
        return ""
    if field in ("work_started_on", "enforcement_started_on") and value:
        precision = content.get(field.replace("_on", "_precision"), "day")
        return date_as_known(date.fromisoformat(value), precision)
    if field in _VALUE_WORDS:
        return _VALUE_WORDS[field](value) if value not in (None, "") else ""
    return "" if value in (None, "", 0) else str(value)


__all__ = ["FIELD_WORDS", "KIND_WORDS", "Difference", "differences", "kind_word"]
