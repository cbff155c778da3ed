"""How the form of the regulation calls its fields, and what kind each is."""

from __future__ import annotations

from collections.abc import Mapping

from warrant.core.errors import N_
from warrant.core.qualification.assessment.bands import BAND_NAMES, JUDGINGS
from warrant.core.regulation.document import Content
from warrant.core.regulation.fields import Field, FieldKind

LABELS: Mapping[str, str] = {
    "items": N_("考核项目"),
    "points": N_("分值"),
    "judging": N_("评分方式"),
    "vetoes": N_("一票否决事项"),
    "bands": N_("等次"),
    "band": N_("等次"),
    "least": N_("最低分"),
    "best_share_percent": N_("最高等次最多占比（%）"),
    "newcomer_months": N_("不足几个月不考核"),
    "deadline_month": N_("次年上报期限（月）"),
    "deadline_day": N_("次年上报期限（日）"),
    "objection_workdays": N_("结果确认后可申请复核的工作日数"),
    "first_year": N_("从哪一年度起在本系统考核"),
}
CHOICES: Mapping[str, Mapping[str, str]] = {"judging": JUDGINGS, "band": BAND_NAMES}
_TITLE = {"zh": "", "en": ""}
BLANK_ROWS: Mapping[str, Content] = {
    "items": {"id": "", "title": _TITLE, "points": None, "judging": ""},
    "vetoes": {"id": "", "title": _TITLE},
    "bands": {"band": "", "least": None},
}


def describe(_line: Content, names: tuple[str, ...]) -> Field | None:
    """Say what kind of field lies at a path: numbers not filled in yet are numbers, codes are chosen."""
    if not names:
        return None
    if names[-1] in ("points", "least"):
        return Field(FieldKind.WHOLE, may_be_empty=True)
    if names[-1] in CHOICES:
        return Field(FieldKind.CHOICE, choices=CHOICES[names[-1]], may_be_empty=True)
    return None
