"""What the selectors of regulations hand out, and the words of states and acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from warrant.core.errors import N_
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import Content, RegulationKind


@dataclass(frozen=True)
class VersionLabel:
    """One confirmed version as it is named: ``jurisdiction`` is a province code or empty for the nation."""

    pk: int
    jurisdiction: str
    number: int
    valid_from: date
    content_digest: str


@dataclass(frozen=True)
class InForce:
    """What counts in one province on one day.

    ``digest`` is that of ``content``, the layers laid over one another; ``document`` is what the kind's own module parsed of it;
    ``layers`` are the versions that it stands on, the nation first. Without a version of the nation the shipped content counts.
    """

    kind: RegulationKind
    digest: str
    content: Content
    document: Any
    layers: tuple[VersionLabel, ...] = ()


@dataclass(frozen=True)
class StateFace:
    """How a state is called and coloured."""

    word: str
    tone: str


STATE_FACES: Mapping[RegulationState, StateFace] = {
    RegulationState.DRAFT: StateFace(N_("草案"), "waiting"),
    RegulationState.PROPOSED: StateFace(N_("待核对"), "attention"),
    RegulationState.CONFIRMED: StateFace(N_("已发布"), "valid"),
    RegulationState.WITHDRAWN: StateFace(N_("已撤销"), "ended"),
}


@dataclass(frozen=True)
class ActionFace:
    """One act on a version: ``question`` is asked before it, ``consequences`` follow from it, ``done`` says what happened."""

    label: str
    icon: str
    question: str
    done: str
    consequences: tuple[str, ...] = ()
    is_dangerous: bool = False


ACTION_FACES: Mapping[str, ActionFace] = {
    "propose": ActionFace(
        N_("提交核对"),
        "send",
        N_("把“%(title)s”提交给另一名规则管理员核对？"),
        N_("已提交“%(title)s”，等待另一名规则管理员核对确认"),
        (N_("提交后不能再修改；核对人退回后可以继续修改"),),
    ),
    "confirm": ActionFace(
        N_("确认发布"),
        "badge-check",
        N_("确认“%(title)s”，自 %(valid_from)s 起生效？"),
        N_("已发布“%(title)s”，自 %(valid_from)s 起生效"),
        (
            N_("发布后文本不能再改；要改只能另起草新版"),
            N_("生效日起的办理按新版；此前的决定仍按当时的规则，可随时复核"),
        ),
    ),
    "send-back": ActionFace(
        N_("退回修改"),
        "undo-2",
        N_("把“%(title)s”退回起草人修改？"),
        N_("已退回“%(title)s”，起草人会在待办中看到理由"),
    ),
    "withdraw": ActionFace(
        N_("撤销草案"),
        "trash-2",
        N_("撤销草案“%(title)s”？"),
        N_("已撤销草案“%(title)s”"),
        (N_("撤销后草案仍可查看，不能再修改或提交"),),
        is_dangerous=True,
    ),
}

COMMON_LABELS: Mapping[str, str] = {
    "title": N_("名称"),
    "basis": N_("依据"),
    "cure": N_("补正办法"),
    "zh": N_("中文"),
    "en": N_("英文"),
    "check": N_("核对方法"),
    "kind": N_("种类"),
    "kinds": N_("适用的申请"),
    "categories": N_("适用的门类"),
    "valid_from": N_("自何日起"),
    "valid_until": N_("至何日止"),
    "is_assumption": N_("推定"),
    "is_waivable": N_("可以豁免"),
    "is_asked": N_("启用"),
    "name": N_("名称"),
    "hours": N_("学时"),
    "years": N_("年数"),
    "limit": N_("时限（工作日）"),
    "warning": N_("提前预警（工作日）"),
    "state": N_("环节"),
    "at": N_("办理层级"),
    "steps": N_("办理环节"),
    "origin": N_("起办层级"),
}
"""How a value is called where the kind's own module does not say it."""
