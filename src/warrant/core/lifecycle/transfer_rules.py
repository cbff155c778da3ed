"""What becomes of a certificate when its holder goes to another unit, or leaves.

A certificate says what is printed on its card and filed with the ministry: unit, area, categories. It stays as it is
while all of that stays true; otherwise the card has to be replaced; where no authority remains it is taken back.
Source: ADR-0011; assumptions C8 to C10 in docs/assumptions.md (no public text gives the rule).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from warrant.core.errors import N_
from warrant.core.lifecycle.certificate import CERTIFICATE, CertificateState
from warrant.core.lifecycle.officer import LeavingKind

C = CertificateState
NOT_YET_ISSUED = frozenset({C.AWAITING_PRODUCTION, C.PRODUCED})


class Outcome(StrEnum):
    """What the rule says."""

    NOTHING = "nothing"
    KEPT = "kept"
    CHANGED = "changed"
    TAKEN_BACK = "taken-back"
    TO_REVOKE = "to-revoke"


class Meanwhile(StrEnum):
    """What holds between the transfer and the new card, where the printed content is no longer true."""

    WITHHELD = "withheld"
    KEPT = "kept"


MEANWHILE: Mapping[date, Meanwhile] = {date(2009, 11, 25): Meanwhile.WITHHELD}
"""By the first day on which it applies. Source: assumption."""


def meanwhile_on(day: date) -> Meanwhile:
    """Return what holds for transfers of ``day``."""
    return MEANWHILE[max((first for first in MEANWHILE if first <= day), default=min(MEANWHILE))]


@dataclass(frozen=True)
class Printed:
    """What a card says of its holder's authority. ``authority_id``: the competent authority above the unit."""

    unit_name: str
    area_code: str
    categories: frozenset[str]
    authority_id: int | None


@dataclass(frozen=True)
class Verdict:
    """What becomes of the certificate, and why: ``reasons`` are msgids, the first one decides."""

    outcome: Outcome
    reasons: tuple[str, ...]


def verdict_at_transfer(state: CertificateState | None, printed: Printed, true_now: Printed) -> Verdict:
    """Judge a certificate in ``state`` that says ``printed`` when ``true_now`` holds after the transfer.

    ``state`` is ``None`` for an officer without a certificate.
    """
    if state is None or state in CERTIFICATE.final:
        return Verdict(Outcome.NOTHING, (N_("没有在用的执法证件"),))
    if not printed.categories & true_now.categories:
        return Verdict(Outcome.TAKEN_BACK, (N_("调动后不再从事证件载明的任何执法门类，证件注销、证卡交回"),))
    differences = tuple(
        text
        for differs, text in (
            (printed.unit_name != true_now.unit_name, N_("证面载明的执法单位改变")),
            (printed.area_code != true_now.area_code, N_("证面载明的执法区域改变")),
            (printed.categories != true_now.categories, N_("证件载明的执法门类与调动后不一致")),
            (printed.authority_id != true_now.authority_id, N_("主管部门改变")),
        )
        if differs
    )
    if not differences:
        return Verdict(Outcome.KEPT, (N_("执法单位、区域、门类和主管部门都不变，证件继续有效"),))
    if state in NOT_YET_ISSUED:
        return Verdict(
            Outcome.TAKEN_BACK,
            (N_("证件尚未发放，所载内容不再属实：不再发放，由新单位重新申领"), *differences),
        )
    return Verdict(Outcome.CHANGED, (N_("须换发证卡"), *differences))


def verdict_at_leaving(state: CertificateState | None, kind: LeavingKind, *, is_for_cause: bool) -> Verdict:
    """Judge the certificate of somebody who leaves. ``is_for_cause``: dismissed for a breach of duty.

    A punitive end needs the approver: until then the certificate is withheld.
    """
    if state is None or state in CERTIFICATE.final:
        return Verdict(Outcome.NOTHING, (N_("没有在用的执法证件"),))
    if kind is LeavingKind.DISMISSAL and is_for_cause and state is not C.AWAITING_PRODUCTION:
        return Verdict(Outcome.TO_REVOKE, (N_("因违法违纪被辞退或开除：证件即行暂扣，由省级审批员决定吊销"),))
    return Verdict(Outcome.TAKEN_BACK, (N_("不再从事执法工作，证件注销、证卡交回"),))
