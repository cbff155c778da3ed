"""The kinds of entries as data: which fields each has, and what must be true of them.

Source: 2009 notice, 三(一): education, training, examination, rewards, punishments, annual review; posts held,
assessments and further certificates from the officer's record sheet in use (assumption).
Education, training and examinations have records of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from warrant.core.errors import N_
from warrant.core.record import tables
from warrant.core.standards.code_table import CodeTable


class EntryKind(StrEnum):
    """What an entry is about; the value is stored."""

    SERVICE = "service"
    REWARD = "reward"
    PUNISHMENT = "punishment"
    ASSESSMENT = "assessment"
    ANNUAL_REVIEW = "annual-review"
    LEGAL_QUALIFICATION = "legal-qualification"
    OTHER_CERTIFICATE = "other-certificate"


class FieldType(StrEnum):
    """How a field is written and read; the stored value is text in each case."""

    TEXT = "text"
    DAY = "day"
    YEAR = "year"
    CODE = "code"


@dataclass(frozen=True)
class EntryField:
    """One field. ``may_lie_ahead`` allows a day in the future; ``longest`` counts characters."""

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    is_required: bool = True
    longest: int = 80
    table: CodeTable | None = None
    may_lie_ahead: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of entry.

    ``from_field`` names the day from which the entry holds, ``until_field`` the last day if the kind has one;
    ``summary`` the fields that say in one line what it is; ``once_by`` those of which two entries may not agree.
    """

    kind: EntryKind
    title: str
    fields: tuple[EntryField, ...]
    from_field: str
    until_field: str = ""
    summary: tuple[str, ...] = ()
    once_by: tuple[str, ...] = ()
    needs_proof: bool = True
    proof_hint: str = ""

    def field(self, name: str) -> EntryField:
        """Return the field of that name; KeyError if there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


_T = FieldType

_ALL = (
    Kind(
        EntryKind.SERVICE,
        N_("任职经历"),
        (
            EntryField("from_on", N_("任职日期"), _T.DAY),
            EntryField("until_on", N_("免职日期"), _T.DAY, is_required=False, hint=N_("现任的留空")),
            EntryField("unit", N_("任职单位"), longest=120),
            EntryField("post", N_("岗位"), is_required=False, longest=40),
            EntryField("position", N_("职务职级"), longest=40),
            EntryField("document_number", N_("任免文号"), is_required=False, longest=60),
        ),
        from_field="from_on",
        until_field="until_on",
        summary=("unit", "position"),
        once_by=("from_on", "unit", "position"),
        proof_hint=N_("任免文件扫描件"),
    ),
    Kind(
        EntryKind.REWARD,
        N_("奖励"),
        (
            EntryField("reward", N_("奖励种类"), _T.CODE, table=tables.REWARD),
            EntryField("title", N_("奖励名称"), longest=120),
            EntryField("decided_by", N_("批准机关"), longest=120),
            EntryField("decided_on", N_("批准日期"), _T.DAY),
            EntryField("document_number", N_("文号"), is_required=False, longest=60),
        ),
        from_field="decided_on",
        summary=("reward", "title"),
        once_by=("decided_on", "title"),
        proof_hint=N_("奖励决定或证书扫描件"),
    ),
    Kind(
        EntryKind.PUNISHMENT,
        N_("惩处"),
        (
            EntryField("punishment", N_("惩处种类"), _T.CODE, table=tables.PUNISHMENT),
            EntryField("cause", N_("事由"), longest=200),
            EntryField("decided_by", N_("决定机关"), longest=120),
            EntryField("decided_on", N_("决定日期"), _T.DAY),
            EntryField(
                "until_on",
                N_("影响期截止"),
                _T.DAY,
                is_required=False,
                may_lie_ahead=True,
                hint=N_("没有影响期的留空"),
            ),
            EntryField("document_number", N_("文号"), is_required=False, longest=60),
        ),
        from_field="decided_on",
        until_field="until_on",
        summary=("punishment", "cause"),
        once_by=("decided_on", "punishment"),
        proof_hint=N_("惩处决定扫描件"),
    ),
    Kind(
        EntryKind.ASSESSMENT,
        N_("年度考核"),
        (
            EntryField("year", N_("考核年度"), _T.YEAR),
            EntryField("band", N_("考核等次"), _T.CODE, table=tables.ASSESSMENT),
            EntryField("decided_by", N_("考核单位"), longest=120),
            EntryField("decided_on", N_("确定日期"), _T.DAY),
        ),
        from_field="decided_on",
        summary=("year", "band"),
        once_by=("year",),
        proof_hint=N_("考核登记表扫描件"),
    ),
    Kind(
        EntryKind.ANNUAL_REVIEW,
        N_("历年年审"),
        (
            EntryField("year", N_("年审年度"), _T.YEAR),
            EntryField("result", N_("年审结果"), _T.CODE, table=tables.REVIEW_RESULT),
            EntryField("reviewed_by", N_("年审机关"), longest=120),
            EntryField("reviewed_on", N_("年审日期"), _T.DAY),
            EntryField("certificate_number", N_("当时的证件编号"), is_required=False, longest=40),
        ),
        from_field="reviewed_on",
        summary=("year", "result"),
        once_by=("year",),
        proof_hint=N_("年审记录或证件年审页扫描件"),
    ),
    Kind(
        EntryKind.LEGAL_QUALIFICATION,
        N_("法律职业资格"),
        (
            EntryField("number", N_("资格证书编号"), longest=40),
            EntryField("grade", N_("资格类别"), _T.CODE, table=tables.LEGAL_GRADE),
            EntryField("issued_by", N_("发证机关"), longest=120),
            EntryField("issued_on", N_("发证日期"), _T.DAY),
        ),
        from_field="issued_on",
        summary=("grade", "number"),
        once_by=("number",),
        proof_hint=N_("资格证书扫描件"),
    ),
    Kind(
        EntryKind.OTHER_CERTIFICATE,
        N_("其他执法证件"),
        (
            EntryField("family", N_("证件种类"), _T.CODE, table=tables.OTHER_CERTIFICATE),
            EntryField("number", N_("证件编号"), longest=40),
            EntryField("issued_by", N_("发证机关"), longest=120),
            EntryField("scope", N_("执法类别和区域"), is_required=False, longest=120),
            EntryField("valid_from", N_("有效期起"), _T.DAY),
            EntryField("valid_until", N_("有效期止"), _T.DAY, is_required=False, may_lie_ahead=True),
        ),
        from_field="valid_from",
        until_field="valid_until",
        summary=("family", "number"),
        once_by=("family", "number"),
        proof_hint=N_("证件内页扫描件"),
    ),
)

KINDS: Mapping[EntryKind, Kind] = {kind.kind: kind for kind in _ALL}
"""Every kind, in the order of the page."""
