"""How the states of a certificate are called and coloured, and what a person may do with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle import CertificateState

C = CertificateState


@dataclass(frozen=True)
class StateFace:
    """A state in words: ``word`` and ``explanation`` are msgids, ``tone`` is one of the five tones."""

    word: str
    tone: str
    explanation: str


STATE_FACES: Mapping[CertificateState, StateFace] = {
    C.AWAITING_PRODUCTION: StateFace(N_("待制卡"), "waiting", N_("备案已获同意，等待制卡中心制卡。")),
    C.PRODUCED: StateFace(N_("待发放"), "waiting", N_("证卡已制成，等待发放给本人。")),
    C.ACTIVE: StateFace(N_("有效"), "valid", N_("持证人可以在载明的门类和区域内执法。")),
    C.LOST: StateFace(N_("已挂失"), "attention", N_("证件已挂失，在解挂或补发之前不得执法。")),
    C.WITHHELD: StateFace(N_("已暂扣"), "attention", N_("证件被暂扣，在发还之前不得执法。")),
    C.LAPSED: StateFace(
        N_("年审逾期失效"), "broken", N_("没有在截止日前通过年审，证件自行失效；通过年审后恢复。")
    ),
    C.CANCELLED: StateFace(N_("已注销"), "ended", N_("证件已注销，不再恢复。")),
    C.REVOKED: StateFace(N_("已吊销"), "broken", N_("证件已吊销，不再恢复。")),
    C.EXPIRED: StateFace(N_("已过期"), "ended", N_("证件已过有效期。")),
}


@dataclass(frozen=True)
class ActionFace:
    """An act of a person on a certificate: all texts are msgids.

    ``question`` and ``done`` have the places ``%(name)s`` and ``%(number)s``; ``consequences`` follow at once.
    """

    label: str
    question: str
    consequences: tuple[str, ...]
    done: str
    icon: str
    is_dangerous: bool = False
    is_for_own_record: bool = False


ACTION_FACES: Mapping[str, ActionFace] = {
    "report-lost": ActionFace(
        N_("挂失证件"),
        N_("挂失%(name)s的执法证件 %(number)s"),
        (N_("公众核验立即显示“挂失”。"), N_("解挂之前，持证人不得使用此证执法。")),
        N_("已挂失%(name)s的证件 %(number)s，公众核验已显示“挂失”。"),
        "search-x",
        is_for_own_record=True,
    ),
    "cancel-loss-report": ActionFace(
        N_("解除挂失"),
        N_("解除%(name)s的执法证件 %(number)s 的挂失"),
        (N_("公众核验立即恢复为“有效”。"), N_("请先确认证件已经找回并在本人手中。")),
        N_("已解除%(name)s的证件 %(number)s 的挂失，公众核验已恢复为“有效”。"),
        "undo-2",
        is_for_own_record=True,
    ),
    "withhold": ActionFace(
        N_("暂扣证件"),
        N_("暂扣%(name)s的执法证件 %(number)s"),
        (N_("公众核验立即显示“暂扣”。"), N_("发还之前，持证人不得执法。")),
        N_("已暂扣%(name)s的证件 %(number)s，公众核验已显示“暂扣”。"),
        "hand",
        is_dangerous=True,
    ),
    "return": ActionFace(
        N_("发还证件"),
        N_("发还%(name)s的执法证件 %(number)s"),
        (N_("证件恢复到暂扣之前的状态。"), N_("公众核验立即随之改变。")),
        N_("已发还%(name)s的证件 %(number)s。"),
        "undo-2",
    ),
    "cancel": ActionFace(
        N_("注销证件"),
        N_("注销%(name)s的执法证件 %(number)s"),
        (N_("公众核验立即显示“注销”。"), N_("注销后不能恢复；需要时重新申领。")),
        N_("已注销%(name)s的证件 %(number)s，公众核验已显示“注销”。"),
        "circle-minus",
        is_dangerous=True,
    ),
    "revoke": ActionFace(
        N_("吊销证件"),
        N_("吊销%(name)s的执法证件 %(number)s"),
        (
            N_("公众核验立即显示“吊销”。"),
            N_("吊销是惩戒性终结，不能恢复，并限制再次申领。"),
        ),
        N_("已吊销%(name)s的证件 %(number)s，公众核验已显示“吊销”。"),
        "circle-x",
        is_dangerous=True,
    ),
}
"""The acts that people decide on here; production and hand-over belong to the card centre, expiry to the calendar."""

ENTRY_LABELS: Mapping[str, str] = {
    "prepare": N_("备案同意，生成证件"),
    "record-production": N_("制卡完成"),
    "hand-over": N_("发放"),
    "expire": N_("到期"),
    "lapse": N_("年审逾期失效"),
    "reinstate": N_("通过年审，恢复有效"),
    **{action: face.label for action, face in ACTION_FACES.items()},
}


@dataclass(frozen=True)
class NoticeKind:
    """A notice that follows acts: its title (a msgid), the acts, and who may issue it where the act's own right is not meant."""

    title: str
    actions: frozenset[str]
    permission: Permission
    is_for_own_record: bool = False


RECEIPT = "receipt"
NOTICES: Mapping[str, NoticeKind] = {
    "withholding": NoticeKind(
        N_("执法证件暂扣决定书"), frozenset({"withhold"}), Permission.CERTIFICATE_WITHHOLD
    ),
    "return": NoticeKind(N_("执法证件发还通知书"), frozenset({"return"}), Permission.CERTIFICATE_WITHHOLD),
    "cancellation": NoticeKind(
        N_("执法证件注销通知书"), frozenset({"cancel"}), Permission.CERTIFICATE_CANCEL
    ),
    "revocation": NoticeKind(N_("执法证件吊销决定书"), frozenset({"revoke"}), Permission.CERTIFICATE_CANCEL),
    "declaration": NoticeKind(
        N_("执法证件遗失声明"),
        frozenset({"report-lost"}),
        Permission.CERTIFICATE_REPORT_LOST,
        is_for_own_record=True,
    ),
    "cancelled-loss": NoticeKind(
        N_("执法证件解除挂失通知书"),
        frozenset({"cancel-loss-report"}),
        Permission.CERTIFICATE_REPORT_LOST,
        is_for_own_record=True,
    ),
    RECEIPT: NoticeKind(
        N_("执法证件收回回执"),
        frozenset({"withhold", "cancel", "revoke"}),
        Permission.CERTIFICATE_REPORT_LOST,
    ),
}
"""Every act has one notice of its own; the receipt for the card that was handed in stands beside it."""


class CertificateCards(Protocol):
    """What the list asks the app that makes cards. Its class is named in ``settings.WARRANT_CERTIFICATE_CARDS``."""

    def states(self) -> list[tuple[str, str]]:
        """Return the states that can be asked for, each with its word."""

    def narrow(self, rows: Any, state: str) -> Any:
        """Keep the certificates whose card is in the state."""

    def cells(self, certificates: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return word and tone of the card of each of these certificates (ids) that has one."""
