"""The checks that a rule can name: the function, the facts it reads, its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from warrant.core.eligibility import person_checks as person
from warrant.core.eligibility import qualification_checks as qualification
from warrant.core.eligibility import standing_checks as standing
from warrant.core.eligibility.facts import FACTS, Known
from warrant.core.eligibility.finding import Finding
from warrant.core.eligibility.parameter_kinds import Parameter, ParameterKind, flag, whole, words
from warrant.core.eligibility.person_checks import Parameters
from warrant.core.errors import N_
from warrant.core.lifecycle import CertificateState
from warrant.core.standards.code_table import load

ASSESSMENT = load("assessment", "年度考核等次")
PUNISHMENT = load("punishment", "惩处种类")


@dataclass(frozen=True)
class Check:
    """One check. ``title`` is a msgid; ``reads`` names every fact that the function looks at."""

    title: str
    run: Callable[[Known, Parameters, date], Finding]
    reads: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def is_of_case(self) -> bool:
        """Tell whether only an application can answer it: apart from one it stays unknown."""
        return any(FACTS[name].is_of_case for name in self.reads)


_EXEMPTIONS: Mapping[str, Parameter] = {
    "law_degree_exempts": flag(N_("法律专业本科以上学位免试")),
    "legal_qualification_exempts": flag(N_("有法律职业资格免试")),
}

CHECKS: Mapping[str, Check] = {
    "in-post": Check(N_("在职"), person.in_post, ("state",)),
    "minimum-age": Check(
        N_("最低年龄"), person.minimum_age, ("birth_on",), {"years": whole(N_("周岁"), 16, 40)}
    ),
    "below-retirement": Check(N_("未达退休年龄"), person.below_retirement, ("birth_on", "sex")),
    "education": Check(
        N_("学历"),
        person.education,
        ("education",),
        {
            "floor": Parameter(
                ParameterKind.CHOICE,
                N_("最低学历"),
                choices={
                    "bachelor": N_("大学本科毕业"),
                    "college": N_("大学专科毕业"),
                    "secondary": N_("高中或中专毕业"),
                },
            )
        },
    ),
    "education-proof": Check(N_("学历证明"), person.education_proof, ("education_proof",)),
    "permitted-staffing": Check(N_("编制性质"), person.permitted_staffing, ("staffing",)),
    "enforcement-post": Check(
        N_("执法岗位"), person.enforcement_post, ("post",), {"not_posts": words(N_("不从事执法的岗位"))}
    ),
    "health": Check(N_("健康状况"), person.health, ("declared_health",)),
    "conduct": Check(N_("品行"), person.conduct, ("declared_conduct",)),
    "clean-record": Check(
        N_("没有刑事处罚和开除公职"),
        person.clean_record,
        ("punishments", "declared_no_crime", "declared_no_dismissal"),
        {
            "punishments": Parameter(
                ParameterKind.CHOICES,
                N_("不能申领的惩处种类"),
                choices={code.code: code.name for code in PUNISHMENT},
            )
        },
    ),
    "statement": Check(
        N_("单位意见"), person.statement, ("statement",), {"characters": whole(N_("最少字数"), 0, 200)}
    ),
    "photo": Check(N_("照片"), person.photo, ("photo",)),
    "unit-time": Check(
        N_("在本单位工作时间"), person.unit_time, ("arrived_on",), {"months": whole(N_("月数"), 1, 120)}
    ),
    "training-hours": Check(
        N_("培训总学时"),
        qualification.training_hours,
        ("training_hours", "degrees"),
        {
            "hours": whole(N_("学时"), 0, 1000),
            "law_degree_hours": whole(N_("法律专业本科以上学位减免学时"), 0, 1000),
        },
    ),
    "training-subjects": Check(
        N_("分科目培训学时"),
        qualification.training_subjects,
        (
            "training_hours_by_subject",
            "training_hours",
            "training_hours_by_day",
            "training_subjects_asked",
            "degrees",
        ),
        {
            "subjects": Parameter(ParameterKind.HOURS, N_("各科目学时（不填表示按培训要求）")),
            "law_degree_exempts": words(N_("法律专业本科以上学位免修的科目")),
            "courses_from": Parameter(
                ParameterKind.DAY, N_("自哪一天起结束的培训须分科目"), may_be_open=True
            ),
        },
    ),
    "in-service-hours": Check(
        N_("在职年度学时"),
        qualification.in_service_hours,
        ("training_hours_by_year", "training_hours_asked"),
        {"hours": whole(N_("每年学时（0 表示按培训要求）"), 0, 1000)},
    ),
    "last-assessment": Check(
        N_("上年度考核"),
        qualification.last_assessment,
        ("assessment_bands",),
        {
            "bands": Parameter(
                ParameterKind.CHOICES,
                N_("不能申领的考核等次"),
                choices={code.code: code.name for code in ASSESSMENT},
            )
        },
    ),
    "special-law-paper": Check(
        N_("专门法律知识考试"),
        qualification.special_law_paper,
        ("examinations", "examinations_claimed", "degrees", "legal_qualification"),
        {"years": whole(N_("成绩有效年数"), 1, 50), **_EXEMPTIONS},
    ),
    "general-law-paper": Check(
        N_("通用法律知识考试"),
        qualification.general_law_paper,
        ("examinations", "examinations_claimed", "degrees", "legal_qualification"),
        {
            "years": whole(N_("成绩有效年数"), 1, 50),
            "after_special_law": flag(N_("须在专门法律知识考试之后")),
            **_EXEMPTIONS,
        },
    ),
    "no-live-certificate": Check(N_("没有在用证件"), standing.no_live_certificate, ("certificates",)),
    "held-certificate": Check(
        N_("持有证件"),
        standing.held_certificate,
        ("certificates",),
        {
            "states": Parameter(
                ParameterKind.CHOICES,
                N_("证件状态"),
                choices={
                    CertificateState.ACTIVE.value: N_("有效"),
                    CertificateState.LOST.value: N_("挂失"),
                    CertificateState.WITHHELD.value: N_("暂扣"),
                    CertificateState.EXPIRED.value: N_("已到期"),
                    CertificateState.CANCELLED.value: N_("已注销"),
                },
            )
        },
    ),
    "revocation-bar": Check(
        N_("证件被吊销后的限制"),
        standing.revocation_bar,
        ("certificates",),
        {"years": whole(N_("限制年数（不填为永久）"), 1, 50, may_be_open=True)},
    ),
    "no-open-application": Check(
        N_("没有其他在办申请"), standing.no_open_application, ("open_applications",)
    ),
    "no-transfer": Check(N_("没有在办调动"), standing.no_transfer, ("transfer",)),
    "no-duplicate": Check(N_("没有待核对的疑似重复"), standing.no_duplicate, ("duplicates",)),
}
"""By the name that a regulation uses. A name once given keeps its meaning, so that kept decisions can be recomputed."""
