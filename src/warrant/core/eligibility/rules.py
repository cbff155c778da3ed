"""The conditions of the qualification as a dated table: each line says what is asked, by which text, since when.

Most texts behind the lines were not found in the original; those lines are marked ``is_assumption`` and listed in
docs/assumptions.md. A changed condition is a new line with its own days, so that an old case stays explainable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from warrant.core.eligibility import checks
from warrant.core.eligibility.facts import Facts
from warrant.core.eligibility.finding import Finding, Outcome
from warrant.core.errors import N_

ORDER_16 = N_("交通运输行政执法证件管理规定（2011年第16号令），申领条件")
COURSE = N_("交通运输行政执法证件管理规定（2011年第16号令），岗前培训")
EXAMINATION = N_("省级行政执法资格考试办法")
ORDER_2009 = N_("2009年通知，三（一）")
ONE_CERTIFICATE = N_("2009年通知，三（二）")
RETIREMENT = N_("国务院关于渐进式延迟法定退休年龄的办法")


@dataclass(frozen=True)
class Rule:
    """One condition, valid in ``[valid_from, valid_until)``; ``None`` is open.

    ``title``, ``basis`` and ``cure`` are msgids; ``basis`` is the text by which it is asked, ``is_assumption`` that the
    text or the number could not be read in the original.
    """

    rule_id: str
    title: str
    basis: str
    cure: str
    check: Callable[[Facts, Mapping[str, int], date], Finding]
    parameters: Mapping[str, int] = field(default_factory=dict)
    is_assumption: bool = True
    valid_from: date = date(2009, 11, 25)
    valid_until: date | None = None

    def counts_on(self, day: date) -> bool:
        """Tell whether the line counts on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class RuleResult:
    """One condition with what was found; ``cure`` is empty where it is met."""

    rule_id: str
    title: str
    basis: str
    is_assumption: bool
    outcome: Outcome
    found: Finding
    cure: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether the condition holds for certain."""
        return self.outcome is Outcome.MET


RULES: tuple[Rule, ...] = (
    Rule(
        "age",
        N_("年满十八周岁"),
        ORDER_16,
        N_("核对出生日期；未满十八周岁的不能申领"),
        checks.minimum_age,
        {"years": 18},
    ),
    Rule(
        "retirement",
        N_("未达退休年龄"),
        RETIREMENT,
        N_("核对出生日期；已退休的不能申领"),
        checks.below_retirement,
    ),
    Rule(
        "education",
        N_("大专以上学历"),
        ORDER_16,
        N_("更正学历，或取得大专以上学历后再申领"),
        checks.college_graduate,
    ),
    Rule(
        "education-proof",
        N_("学历证明"),
        ORDER_16,
        N_("登记教育经历并上传毕业证书"),
        checks.education_proof,
    ),
    Rule(
        "staffing",
        N_("在编在职"),
        ORDER_16,
        N_("更正编制性质；合同制、劳务派遣、借调等人员不能申领"),
        checks.permitted_staffing,
    ),
    Rule("photo", N_("照片"), ORDER_2009, N_("上传符合要求的照片"), checks.photo, is_assumption=False),
    Rule(
        "training",
        N_("岗前培训满六十学时"),
        COURSE,
        N_("登记培训并上传证明"),
        checks.training_hours,
        {"hours": 60},
    ),
    Rule(
        "examination-special-law",
        N_("专门法律知识考试合格（五年内）"),
        EXAMINATION,
        N_("登记考试成绩并上传证明"),
        checks.special_law_paper,
        {"years": 5},
    ),
    Rule(
        "examination-general-law",
        N_("通用法律知识考试合格（五年内，在专门法律之后）"),
        EXAMINATION,
        N_("登记考试成绩并上传证明"),
        checks.general_law_paper,
        {"years": 5},
    ),
    Rule(
        "statement",
        N_("品行和健康状况的单位意见"),
        ORDER_16,
        N_("填写单位意见"),
        checks.statement,
        {"characters": 10},
    ),
    Rule(
        "live-certificate",
        N_("没有在用证件"),
        ONE_CERTIFICATE,
        N_("在用证件注销后再申领；遗失的办理补发"),
        checks.no_live_certificate,
    ),
    Rule(
        "revoked-certificate",
        N_("没有被吊销过证件"),
        ORDER_16,
        N_("证件被吊销的人员不能再次申领"),
        checks.no_revoked_certificate,
    ),
    Rule(
        "open-application",
        N_("没有其他未办结的申请"),
        ORDER_2009,
        N_("先办结或撤回其他申请"),
        checks.no_open_application,
    ),
)
"""In the order in which officials ask."""
