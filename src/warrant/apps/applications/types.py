"""How the states of an application and the acts on it are called and coloured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from warrant.apps.officers.types import Panel
from warrant.core.access import Actor
from warrant.core.errors import N_, NotPermitted
from warrant.core.lifecycle import ApplicationState, Transition

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
    S.WITHDRAWN: StateFace(N_("已撤回"), "ended", N_("申请已撤回；需要时可以重新申请。")),
    S.REFUSED: StateFace(N_("未通过"), "broken", N_("申请未获通过；理由见办理经过。")),
}

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
    "refuse": ActionFace(
        N_("不予通过%(name)s的资格申请 %(number)s。本申请终结，不能恢复。"),
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
    "refuse": (N_("不予通过"), "broken"),
    "record-filing": (N_("备案同意"), "valid"),
    "filing-returned": (N_("备案退回"), "attention"),
    "filing-refused": (N_("不予备案"), "broken"),
}
"""Every action that an opinion can carry: word (msgid) and tone."""

MINISTRY_NAME = N_("交通运输部")


@dataclass(frozen=True)
class AllowedAction:
    """One act that the viewer's role allows in the present state; ``bar`` says why this person may not all the same."""

    transition: Transition
    face: ActionFace
    bar: NotPermitted | None = None


ApplicationPanelProvider = Callable[[Actor, Any], Panel | None]
"""Takes the viewer and the ``Application``. Named in ``settings.WARRANT_APPLICATION_PANELS``; ``template`` gets ``application``."""
