"""What is known of one officer on a day: each fact with the record that it comes from and the day of that record.

A fact that nobody gave, or whose value is ``None``, is *not known*, and never counts as met. Facts say nothing that
would tell who the person is: no name, no ID number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from warrant.core.errors import N_


class Paper(StrEnum):
    """The two papers of the examination; the value is stored and sent."""

    SPECIAL_LAW = "special-law"
    GENERAL_LAW = "general-law"


class ExaminationFact(NamedTuple):
    """One result. ``score`` and ``pass_mark`` are points of 100."""

    paper: str
    sat_on: date
    score: Decimal
    pass_mark: Decimal

    @property
    def is_passed(self) -> bool:
        """Tell whether the score reaches the mark that was needed."""
        return self.score >= self.pass_mark


class CertificateFact(NamedTuple):
    """One certificate as it stood; ``ended_on`` is the day on which it was cancelled, revoked or ran out."""

    number: str
    state: str
    valid_until: date
    ended_on: date | None = None


class PunishmentFact(NamedTuple):
    """One punishment: a code of the table of punishments, and the last day of its effect where it has one."""

    punishment: str
    decided_on: date
    until_on: date | None = None


class WaiverFact(NamedTuple):
    """One condition that was waived for this person: by which waiver, and the last day on which it counts."""

    rule_id: str
    waiver: int
    from_on: date
    until_on: date


Value = (
    str
    | bool
    | int
    | date
    | tuple[str, ...]
    | tuple[tuple[str, int], ...]
    | tuple[tuple[str, str], ...]
    | tuple[ExaminationFact, ...]
    | tuple[CertificateFact, ...]
    | tuple[PunishmentFact, ...]
    | tuple[WaiverFact, ...]
    | None
)
"""What a fact can say. Every value can be hashed: results are remembered by the values that a rule reads."""


class FactType(StrEnum):
    """How a fact's value is written."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DAY = "day"
    TEXTS = "texts"
    COUNTS = "counts"
    WORDS = "words"
    EXAMINATIONS = "examinations"
    CERTIFICATES = "certificates"
    PUNISHMENTS = "punishments"
    WAIVERS = "waivers"


class Source(StrEnum):
    """The record that a fact comes from; the value is stored."""

    OFFICER = "officer"
    EDUCATION = "education"
    TRAINING = "training"
    EXAMINATION = "examination"
    ENTRY = "entry"
    CERTIFICATE = "certificate"
    APPLICATION = "application"
    TRANSFER = "transfer"
    DUPLICATE = "duplicate"
    WAIVER = "waiver"
    FILING = "filing"


SOURCE_NAMES: Mapping[Source, str] = {
    Source.OFFICER: N_("基本信息"),
    Source.EDUCATION: N_("教育经历"),
    Source.TRAINING: N_("培训记录"),
    Source.EXAMINATION: N_("考试成绩"),
    Source.ENTRY: N_("附加信息"),
    Source.CERTIFICATE: N_("证件记录"),
    Source.APPLICATION: N_("资格申请"),
    Source.TRANSFER: N_("调动记录"),
    Source.DUPLICATE: N_("疑似重复"),
    Source.WAIVER: N_("条件豁免"),
    Source.FILING: N_("备案材料"),
}


@dataclass(frozen=True)
class FactKind:
    """One name that rules may read. ``label`` is a msgid; ``is_of_case``: only an application can tell it."""

    type: FactType
    label: str
    is_of_case: bool = False


_T = FactType

FACTS: Mapping[str, FactKind] = {
    "state": FactKind(_T.TEXT, N_("人员状态")),
    "birth_on": FactKind(_T.DAY, N_("出生日期")),
    "sex": FactKind(_T.TEXT, N_("性别")),
    "education": FactKind(_T.TEXT, N_("学历")),
    "degrees": FactKind(_T.TEXTS, N_("学位")),
    "education_proof": FactKind(_T.FLAG, N_("学历证明")),
    "staffing": FactKind(_T.TEXT, N_("编制性质")),
    "post": FactKind(_T.TEXT, N_("岗位")),
    "categories": FactKind(_T.TEXTS, N_("执法门类")),
    "legal_qualification": FactKind(_T.FLAG, N_("法律职业资格")),
    "photo": FactKind(_T.FLAG, N_("照片")),
    "arrived_on": FactKind(_T.DAY, N_("到现单位日期")),
    "training_hours": FactKind(_T.NUMBER, N_("培训学时")),
    "training_hours_by_subject": FactKind(_T.COUNTS, N_("分科目学时")),
    "training_hours_by_year": FactKind(_T.COUNTS, N_("各年度学时")),
    "training_hours_asked": FactKind(_T.COUNTS, N_("各年度要求的学时")),
    "training_hours_by_day": FactKind(_T.COUNTS, N_("按结束日期的学时")),
    "training_subjects_asked": FactKind(_T.COUNTS, N_("各科目要求的学时")),
    "examinations": FactKind(_T.EXAMINATIONS, N_("考试成绩")),
    "examinations_claimed": FactKind(_T.TEXTS, N_("等待确认的考试成绩")),
    "punishments": FactKind(_T.PUNISHMENTS, N_("惩处")),
    "assessment_bands": FactKind(_T.WORDS, N_("各年度考核等次")),
    "certificates": FactKind(_T.CERTIFICATES, N_("证件")),
    "transfer": FactKind(_T.TEXT, N_("在办调动")),
    "duplicates": FactKind(_T.NUMBER, N_("待核对的疑似重复")),
    "open_applications": FactKind(_T.TEXTS, N_("其他在办申请")),
    "waivers": FactKind(_T.WAIVERS, N_("条件豁免")),
    "statement": FactKind(_T.TEXT, N_("单位意见"), is_of_case=True),
    "declared_health": FactKind(_T.FLAG, N_("健康状况声明"), is_of_case=True),
    "declared_conduct": FactKind(_T.FLAG, N_("品行声明"), is_of_case=True),
    "declared_no_crime": FactKind(_T.FLAG, N_("未受刑事处罚声明"), is_of_case=True),
    "declared_no_dismissal": FactKind(_T.FLAG, N_("未被开除公职声明"), is_of_case=True),
}
"""Every fact. A name once given never gets a second meaning: kept decisions are read by it.

``sex`` is GB/T 2261.1, ``education`` GB/T 4658, ``degrees`` GB/T 6864, ``staffing``, ``categories`` and the bands and
punishments codes of our own tables; ``training_hours`` are class hours finished so far, ``training_hours_by_subject`` and
``training_hours_by_year`` pairs of subject or year and hours, in the order of their names, ``training_hours_asked`` what
the regulation of training asks of the day's year and the one before; ``training_hours_by_day`` the hours of the courses
that ended on a day, ``training_subjects_asked`` what that regulation asks of each subject before the post; ``examinations_claimed`` the papers of which a result
waits for a second person; ``transfer`` the unit that
the person is on the way to, ``open_applications`` the numbers of other cases on their way, both empty where there is none.
"""


class Fact(NamedTuple):
    """One thing known: the value, the record it comes from, and the day since which (or of which) that record says so."""

    value: Value
    source: Source
    as_of: date


Facts = Mapping[str, Fact]


class Known:
    """The values of a person's facts as checks read them: of the wrong type is as good as not known."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        """Return a text; empty is a known nothing."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def day(self, name: str) -> date | None:
        """Return a day."""
        value = self._values.get(name)
        return value if isinstance(value, date) else None

    def flag(self, name: str) -> bool | None:
        """Return whether it is so."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return several texts."""
        value = self._values.get(name)
        return value if isinstance(value, tuple) else None

    def counts(self, name: str) -> dict[str, int] | None:
        """Return numbers by name."""
        value = self._values.get(name)
        return dict(value) if isinstance(value, tuple) else None

    def words(self, name: str) -> dict[str, str] | None:
        """Return texts by name."""
        value = self._values.get(name)
        return dict(value) if isinstance(value, tuple) else None

    def examinations(self) -> tuple[ExaminationFact, ...] | None:
        """Return the results."""
        value = self._values.get("examinations")
        return value if isinstance(value, tuple) else None

    def certificates(self) -> tuple[CertificateFact, ...] | None:
        """Return the certificates, latest first."""
        value = self._values.get("certificates")
        return value if isinstance(value, tuple) else None

    def punishments(self) -> tuple[PunishmentFact, ...] | None:
        """Return the punishments."""
        value = self._values.get("punishments")
        return value if isinstance(value, tuple) else None

    def waivers(self) -> tuple[WaiverFact, ...]:
        """Return the waivers; none where nothing is known of any."""
        value = self._values.get("waivers")
        return value if isinstance(value, tuple) else ()


def values_of(facts: Facts) -> dict[str, Value]:
    """Return the bare values, by name."""
    return {name: fact.value for name, fact in facts.items()}
