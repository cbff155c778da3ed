"""How the states of an application and the acts on it are called and coloured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from warrant.apps.officers.models import Document
from warrant.apps.officers.types import Panel
from warrant.core.access import Actor
from warrant.core.errors import N_, NotPermitted
from warrant.core.lifecycle import ApplicationKind, ApplicationState, Transition

S = ApplicationState


@dataclass(frozen=True)
class StateFace:
    """A state in words: ``word`` and ``explanation`` are msgids, ``tone`` is one of the five tones."""

    word: str
    tone: str
    explanation: str


STATE_FACES: Mapping[str, StateFace] = {
    S.DRAFT: StateFace(N_("草稿"), "ended", N_("尚未提交。条件齐备并填写单位意见后即可提交。")),
    S.REVIEW: StateFace(N_("审查中"), "waiting", N_("等待审查。")),
    S.VERIFICATION: StateFace(N_("核审中"), "waiting", N_("等待市级核审。")),
    S.APPROVAL: StateFace(N_("审批中"), "waiting", N_("等待省级审批。")),
    S.RETURNED: StateFace(N_("已退回补正"), "attention", N_("按退回理由补正后，由登记员重新提交。")),
    S.FILING: StateFace(N_("备案中"), "waiting", N_("已批准，正在报部备案；收到备案回执后方可制卡。")),
    S.FILED: StateFace(N_("已备案"), "valid", N_("部级备案已获同意，可以制卡。")),
    S.COMPLETED: StateFace(N_("已办结"), "valid", N_("已批准，可以制卡。")),
    S.RECONSIDERATION: StateFace(N_("复核中"), "waiting", N_("等待其他人员复核原决定。")),
    S.UPHELD: StateFace(N_("复核维持"), "broken", N_("复核维持不予通过的决定；理由见办理经过。")),
    S.CANCELLED: StateFace(N_("已终止"), "ended", N_("申请已终止办理；理由见办理经过。")),
    S.WITHDRAWN: StateFace(N_("已撤回"), "ended", N_("申请已撤回；需要时可以重新申请。")),
    S.REFUSED: StateFace(
        N_("未通过"), "broken", N_("申请未获通过；理由和救济途径见办理经过，可以在期限内申请复核。")
    ),
}


@dataclass(frozen=True)
class KindFace:
    """A kind in words: ``word`` and ``explanation`` are msgids."""

    word: str
    explanation: str


K = ApplicationKind

KIND_FACES: Mapping[str, KindFace] = {
    K.FIRST_ISSUE: KindFace(N_("首次申领"), N_("从未持有执法证件的人员申领。")),
    K.ADDITIONAL_CATEGORY: KindFace(N_("增加门类"), N_("在现有证件上增加执法门类，换发新证。")),
    K.CHANGE: KindFace(N_("变更"), N_("单位、岗位、区域、姓名、照片等证载事项变化，换发新证。")),
    K.RENEWAL: KindFace(N_("到期换证"), N_("证件有效期届满前换发新证。")),
    K.REPLACEMENT: KindFace(N_("补发"), N_("证件遗失或损坏，资格不变，补发新证。")),
    K.RE_ENTRY: KindFace(N_("重新申领"), N_("证件已注销、吊销或过期的人员重新申领。")),
}

MARKABLE_FIELDS: Mapping[str, str] = {
    "name": N_("姓名"),
    "birth-date": N_("出生日期"),
    "photo": N_("照片"),
    "education": N_("学历及证明"),
    "staffing": N_("编制性质"),
    "post": N_("岗位和职务"),
    "categories": N_("执法门类"),
    "training": N_("培训记录及证明"),
    "examination": N_("考试成绩及证明"),
    "declarations": N_("品行和健康声明"),
    "statement": N_("单位意见"),
    "grounds": N_("申请事由"),
}
"""What can be marked at a return; msgids."""


DECLARATIONS: Mapping[str, str] = {
    "health": N_("身体健康，适合从事执法工作"),
    "conduct": N_("品行良好，遵纪守法"),
    "no-crime": N_("未受过刑事处罚"),
    "no-dismissal": N_("未被开除过公职"),
}
"""What the unit declares of the applicant, true or false each; msgids."""


@dataclass(frozen=True)
class HeldCertificate:
    """The newest certificate of an officer; ``state`` is its stored state, ``category_codes`` what it covers."""

    number: str
    state: str
    is_live: bool
    category_codes: tuple[str, ...]
    valid_until: date


class KeptProof(Protocol):
    """A proof that is on file: where and when it was given, and the document."""

    where: str
    happened_on: date
    document: Document
    document_id: int
    recorded_by_id: int
    recorded_at: datetime


@dataclass(frozen=True)
class LossStanding:
    """How the loss of a certificate stands, as the app above knows it; ``url`` is where it is dealt with."""

    number: str
    is_reported: bool
    notice: KeptProof | None
    url: str


STEP_NAMES: Mapping[str, str] = {S.REVIEW: N_("审查"), S.VERIFICATION: N_("核审"), S.APPROVAL: N_("审批")}
STEP_ORDER: Mapping[str, int] = {S.REVIEW: 30, S.VERIFICATION: 40, S.APPROVAL: 50}
"""The place of each step's link in an officer's chain."""


@dataclass(frozen=True)
class ActionFace:
    """An act on an application: all texts are msgids with the places ``%(name)s`` and ``%(number)s``."""

    question: str
    done: str
    icon: str
    is_dangerous: bool = False


ACTION_FACES: Mapping[str, ActionFace] = {
    "submit": ActionFace(
        N_("提交%(name)s的资格申请 %(number)s。提交后不能再修改，直到被退回补正。"),
        N_("已提交%(name)s的资格申请 %(number)s"),
        "send",
    ),
    "withdraw": ActionFace(
        N_("撤回%(name)s的资格申请 %(number)s。撤回后本申请终结，需要时另行申请。"),
        N_("已撤回%(name)s的资格申请 %(number)s"),
        "undo-2",
        is_dangerous=True,
    ),
    "pass-review": ActionFace(
        N_("%(name)s的资格申请 %(number)s 审查通过，送下一级办理。"),
        N_("%(name)s的资格申请 %(number)s 已审查通过，送下一级办理"),
        "check",
    ),
    "pass-verification": ActionFace(
        N_("%(name)s的资格申请 %(number)s 核审通过，送省级审批。"),
        N_("%(name)s的资格申请 %(number)s 已核审通过，送省级审批"),
        "check",
    ),
    "approve": ActionFace(
        N_("批准%(name)s的资格申请 %(number)s，并报部备案。"),
        N_("已批准%(name)s的资格申请 %(number)s，正在报部备案"),
        "stamp",
    ),
    "return-for-correction": ActionFace(
        N_("把%(name)s的资格申请 %(number)s 退回登记单位补正。补正后从第一步重新办理。"),
        N_("已把%(name)s的资格申请 %(number)s 退回补正"),
        "undo-2",
    ),
    "return-to-step": ActionFace(
        N_("把%(name)s的资格申请 %(number)s 退回前一环节重新办理。"),
        N_("已把%(name)s的资格申请 %(number)s 退回前一环节"),
        "corner-up-left",
    ),
    "ask-reconsideration": ActionFace(
        N_("为%(name)s的资格申请 %(number)s 申请复核，由未经手的人员重新审查原决定。只能申请一次。"),
        N_("已为%(name)s的资格申请 %(number)s 申请复核"),
        "refresh-ccw",
    ),
    "uphold-refusal": ActionFace(
        N_("维持对%(name)s的资格申请 %(number)s 不予通过的决定。本申请终结。"),
        N_("已维持对%(name)s的资格申请 %(number)s 的原决定"),
        "x",
        is_dangerous=True,
    ),
    "overturn-refusal": ActionFace(
        N_("撤销对%(name)s的资格申请 %(number)s 不予通过的决定，退回原环节由其他人员重新办理。"),
        N_("已撤销对%(name)s的资格申请 %(number)s 的原决定，重新办理"),
        "check",
    ),
    "cancel": ActionFace(
        N_("终止办理%(name)s的资格申请 %(number)s。本申请终结。"),
        N_("已终止办理%(name)s的资格申请 %(number)s"),
        "ban",
        is_dangerous=True,
    ),
    "refuse": ActionFace(
        N_("不予通过%(name)s的资格申请 %(number)s。请写明理由和救济途径；可在期限内申请复核一次。"),
        N_("%(name)s的资格申请 %(number)s 已不予通过"),
        "x",
        is_dangerous=True,
    ),
}
"""The acts of people; the answers of the ministry are applied by the system."""

OPINION_LABELS: Mapping[str, tuple[str, str]] = {
    "submit": (N_("提交"), "ended"),
    "withdraw": (N_("撤回"), "ended"),
    "pass-review": (N_("审查通过"), "valid"),
    "pass-verification": (N_("核审通过"), "valid"),
    "approve": (N_("批准"), "valid"),
    "return-for-correction": (N_("退回补正"), "attention"),
    "return-to-step": (N_("退回上一环节"), "attention"),
    "refuse": (N_("不予通过"), "broken"),
    "ask-reconsideration": (N_("申请复核"), "ended"),
    "uphold-refusal": (N_("维持原决定"), "broken"),
    "overturn-refusal": (N_("撤销原决定，重新办理"), "attention"),
    "cancel": (N_("终止办理"), "ended"),
    "record-filing": (N_("备案同意"), "valid"),
    "filing-returned": (N_("备案退回"), "attention"),
    "filing-refused": (N_("不予备案"), "broken"),
}
"""Every action that an opinion can carry: word (msgid) and tone."""

FREED_WORDS: Mapping[str, str] = {
    "left": N_("账号已停用"),
    "no-role": N_("已不再办理本环节"),
    "on-leave": N_("休假且没有代理"),
}
"""Why a case went back to nobody by itself; msgids."""

MINISTRY_NAME = N_("交通运输部")


@dataclass(frozen=True)
class AllowedAction:
    """One act that the viewer's role allows in the present state; ``bar`` says why this person may not all the same."""

    transition: Transition
    face: ActionFace
    bar: NotPermitted | None = None


@dataclass(frozen=True)
class Condition:
    """One condition as the page shows it: texts are translated, ``outcome`` is met, not-met or unknown."""

    rule_id: str
    title: str
    basis: str
    outcome: str
    found: str
    cure: str = ""
    cure_url: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether nothing is to be done."""
        return self.outcome == "met"


ApplicationPanelProvider = Callable[[Actor, Any], Panel | None]
"""Takes the viewer and the ``Application``. Named in ``settings.WARRANT_APPLICATION_PANELS``; ``template`` gets ``application``."""
