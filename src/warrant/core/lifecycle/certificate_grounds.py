"""What people declare about a certificate: on which ground, with which documents, and what becomes of the card.

One table for the page, the service and the tests. A ground counts from a day to a day, so that a new text of law ends
one and begins another without touching what stands on record.

Source: 2009 notice, 三(二); Order 16 of 2011 from memory, docs/assumptions.md C11 to C13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle.certificate import CertificateState

ORDER_16_FROM = date(2011, 3, 1)
"""From when the shipped grounds count; no case of this register is older than its first certificate."""
LOSS_TERM = timedelta(days=3)
"""Within which a loss is to be published (assumption C12)."""
LONGEST_WITHHOLDING = timedelta(days=366)
"""No withholding is declared for longer; a further one needs a decision of its own (assumption C13)."""

_LOSS = N_("《交通运输行政执法证件管理规定》关于遗失的规定")
_WITHHOLDING = N_("《交通运输行政执法证件管理规定》关于暂扣的规定")
_ENDING = N_("《交通运输行政执法证件管理规定》关于注销的规定")
_REVOKING = N_("《交通运输行政执法证件管理规定》关于吊销的规定")
_NOTICE = N_("2009 年通知第三条第二项")


@dataclass(frozen=True)
class CertificateGround:
    """One coded ground. ``name`` and ``basis`` are msgids; it counts from ``counts_from`` to ``counts_until``.

    ``asks_training``: a certificate withheld on it is returned after training only, and a return on it rests on that.
    ``lifts_training``: a return on it needs none, whatever the withholding asked for.
    """

    code: str
    name: str
    basis: str
    counts_from: date = ORDER_16_FROM
    counts_until: date | None = None
    asks_training: bool = False
    lifts_training: bool = False

    def counts_on(self, day: date) -> bool:
        """Tell whether a decision of ``day`` may rest on this ground."""
        return self.counts_from <= day and (self.counts_until is None or day <= self.counts_until)


@dataclass(frozen=True)
class Declaration:
    """One row: the grounds of an act, the documents kept with it, what happens to the card (all texts msgids)."""

    grounds: tuple[CertificateGround, ...]
    documents: tuple[str, ...]
    card: str
    asks_until: bool = False


G = CertificateGround

DECLARATIONS: Mapping[str, Declaration] = {
    "report-lost": Declaration(
        (G("lost", N_("遗失"), _LOSS), G("stolen", N_("被盗、被抢"), _LOSS)),
        (N_("遗失情况说明"),),
        N_("证卡停用；找到后须解挂才能使用。"),
    ),
    "cancel-loss-report": Declaration(
        (G("found", N_("证件已找回"), _NOTICE), G("mistaken", N_("误报"), _NOTICE)),
        (N_("证件已在本人手中的说明"),),
        N_("证卡恢复使用。"),
    ),
    "withhold": Declaration(
        (
            G("assessment-failed", N_("年度考核不合格"), _WITHHOLDING, asks_training=True),
            G("training-refused", N_("无正当理由不参加培训或者考核"), _WITHHOLDING, asks_training=True),
            G("altered-or-lent", N_("涂改、转借证件"), _WITHHOLDING),
            G("under-investigation", N_("涉嫌违法违纪，正在调查"), _WITHHOLDING),
        ),
        (N_("暂扣决定"), N_("事实的证明")),
        N_("证卡由作出决定的单位保管，发还前停用。"),
        asks_until=True,
    ),
    "return": Declaration(
        (
            G("trained", N_("离岗培训合格"), _WITHHOLDING, asks_training=True),
            G("cleared", N_("调查结束，不予处理"), _WITHHOLDING, lifts_training=True),
            G("period-over", N_("暂扣期满"), _WITHHOLDING),
            G("withheld-wrongly", N_("暂扣有误"), _WITHHOLDING, lifts_training=True),
        ),
        (N_("培训或者调查的结论"),),
        N_("证卡交还本人，恢复到暂扣之前的状态。"),
    ),
    "cancel": Declaration(
        (
            G("left-post", N_("调离、辞职或者不再执法"), _ENDING),
            G("retired", N_("退休"), _ENDING),
            G("died", N_("死亡或者丧失行为能力"), _ENDING),
            G("card-replaced", N_("遗失、损坏，另行补发"), _ENDING),
            G("agency-closed", N_("执法单位撤销"), _ENDING),
            G("issued-wrongly", N_("发证有误"), _ENDING),
        ),
        (N_("注销事由的证明"), N_("收回的证卡（遗失的除外）")),
        N_("证卡失效，收回后销毁；证件编号不再使用。"),
    ),
    "revoke": Declaration(
        (
            G("criminal-penalty", N_("受刑事处罚"), _REVOKING),
            G("detained", N_("受行政拘留"), _REVOKING),
            G("dismissed", N_("被开除"), _REVOKING),
            G("obtained-by-fraud", N_("以欺骗手段取得证件"), _REVOKING),
            G("withheld-repeatedly", N_("两年内两次被暂扣"), _REVOKING),
        ),
        (N_("吊销决定"), N_("处罚或者处分文书"), N_("收回的证卡（遗失的除外）")),
        N_("证卡失效，收回后销毁；证件编号不再使用。"),
    ),
}
"""What people declare, by the action of the certificate's machine; renewal, change and replacement are applications."""

GROUND_NAMES: Mapping[tuple[str, str], CertificateGround] = {
    (action, ground.code): ground for action, row in DECLARATIONS.items() for ground in row.grounds
}


@dataclass(frozen=True)
class Declared:
    """What somebody declares: the facts in words, the code of the ground, and until when where the act asks it."""

    reason: str
    ground: str
    until: date | None = None


def grounds_on(action: str, day: date) -> tuple[CertificateGround, ...]:
    """Return the grounds on which ``action`` may rest on ``day``, in table order. Raises: KeyError."""
    return tuple(ground for ground in DECLARATIONS[action].grounds if ground.counts_on(day))


def check_declared(action: str, declared: Declared, on: date) -> None:
    """Return if ground and term fit ``action`` on the day.

    Raises: KeyError for an act that nobody declares; InvalidInput ``ground-unknown``, ``until-missing``,
    ``until-out-of-range``.
    """
    if declared.ground not in {ground.code for ground in grounds_on(action, on)}:
        raise InvalidInput("ground-unknown", N_("请从列表中选择事由"), place="ground")
    if not DECLARATIONS[action].asks_until:
        return
    if declared.until is None:
        raise InvalidInput("until-missing", N_("请写明暂扣到哪一天"), place="until")
    if not on < declared.until <= on + LONGEST_WITHHOLDING:
        raise InvalidInput(
            "until-out-of-range",
            N_("暂扣期限须在 %(first)s 至 %(last)s 之间"),
            place="until",
            first=(on + timedelta(days=1)).isoformat(),
            last=(on + LONGEST_WITHHOLDING).isoformat(),
        )


def due_on(state: CertificateState, until: date | None, on: date) -> date | None:
    """Return by when a certificate that came into ``state`` on a day has to be dealt with; ``None`` if never."""
    if state is CertificateState.LOST:
        return on + LOSS_TERM
    return until if state is CertificateState.WITHHELD else None


def asks_training(withheld_on: str) -> bool:
    """Tell whether a certificate withheld on this ground (its code) is to be returned after training only."""
    ground = GROUND_NAMES.get(("withhold", withheld_on))
    return ground is not None and ground.asks_training


def check_return(withheld_on: str, returned_on: str, *, is_trained: bool) -> None:
    """Return if a certificate may be returned on this ground; ``is_trained``: a course begun since was completed.

    Raises: InvalidInput ``training-unfinished``.
    """
    ground = GROUND_NAMES.get(("return", returned_on))
    if is_trained or ground is None or ground.lifts_training:
        return
    if ground.asks_training or asks_training(withheld_on):
        raise InvalidInput(
            "training-unfinished",
            N_("没有暂扣以后开始并完成的培训记录，不能以此事由发还；请先登记培训"),
            place="ground",
        )


LEAST_WHERE, MOST_WHERE = 2, 120
"""Characters that name the paper or the site in which a loss was published."""


def check_notice(where: str, published_on: date, *, in_use_from: date, on: date) -> None:
    """Return if a notice of loss can be right: it names where, and lies between the day of use and today.

    Raises: InvalidInput ``where-length``, ``in-the-future``, ``before-the-loss``.
    """
    if not LEAST_WHERE <= len(where) <= MOST_WHERE:
        raise InvalidInput(
            "where-length",
            N_("请填写 %(shortest)s 至 %(longest)s 个字"),
            place="where",
            shortest=LEAST_WHERE,
            longest=MOST_WHERE,
        )
    if published_on > on:
        raise InvalidInput("in-the-future", N_("日期不能晚于今天"), place="happened_on")
    if published_on < in_use_from:
        raise InvalidInput(
            "before-the-loss",
            N_("证件 %(day)s 还在使用，声明不能更早；以前的遗失声明不能再用"),
            place="happened_on",
            day=in_use_from.isoformat(),
        )
