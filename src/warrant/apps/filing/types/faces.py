"""How the states of a filing and the decisions on it are called and coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warrant.core.errors import N_
from warrant.core.lifecycle import FILING, FilingRequestState, FilingState


@dataclass(frozen=True)
class StateFace:
    """A state in words: ``word`` is a msgid, ``tone`` one of the five tones."""

    word: str
    tone: str


FILING_FACES: Mapping[FilingState, StateFace] = {
    FilingState.RECEIVED: StateFace(N_("待审查"), "waiting"),
    FilingState.GRANTED: StateFace(N_("准予备案"), "valid"),
    FilingState.RETURNED: StateFace(N_("已退回补正"), "attention"),
    FilingState.REFUSED: StateFace(N_("不予备案"), "broken"),
}

REQUEST_FACES: Mapping[FilingRequestState, StateFace] = {
    FilingRequestState.REQUESTED: StateFace(N_("待部级审查"), "waiting"),
    FilingRequestState.GRANTED: StateFace(N_("已备案"), "valid"),
    FilingRequestState.RETURNED: StateFace(N_("被退回补正"), "attention"),
    FilingRequestState.REFUSED: StateFace(N_("不予备案"), "broken"),
}


@dataclass(frozen=True)
class ActionFace:
    """One decision of the reviewer: all texts are msgids; ``question`` and ``done`` have the place ``%(name)s``."""

    label: str
    question: str
    consequences: tuple[str, ...]
    done: str
    icon: str
    is_dangerous: bool = False


ACTION_FACES: Mapping[str, ActionFace] = {
    "grant": ActionFace(
        FILING.transition("grant").label,
        N_("准予%(name)s的资格申请备案"),
        (
            N_("生成备案号并签入日志，签名回执随即送达该省。"),
            N_("该省收到回执后即可制卡发证；决定不能撤销。"),
        ),
        N_("已准予%(name)s备案，备案号 %(number)s，回执已发往%(province)s。"),
        "stamp",
    ),
    "return": ActionFace(
        FILING.transition("return").label,
        N_("退回%(name)s的备案申请，由该省补正"),
        (N_("申请回到省级审批，补正后须重新报送。"), N_("理由随回执送达该省。")),
        N_("已将%(name)s的备案申请退回%(province)s补正。"),
        "undo-2",
    ),
    "refuse": ActionFace(
        FILING.transition("refuse").label,
        N_("对%(name)s的资格申请不予备案"),
        (N_("申请就此终结，不能制卡。"), N_("理由随回执送达该省；决定不能撤销。")),
        N_("已对%(name)s的资格申请不予备案，决定已发往%(province)s。"),
        "circle-x",
        is_dangerous=True,
    ),
}
