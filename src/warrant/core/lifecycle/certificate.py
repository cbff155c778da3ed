"""The certificate: the authority on record. Person, certificate and card states are three things.

Source: 2009 notice, 三(二); grounds and effects: domain rules listed in docs/assumptions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class CertificateState(StrEnum):
    """Where a certificate stands; the value is stored."""

    AWAITING_PRODUCTION = "awaiting-production"
    PRODUCED = "produced"
    ACTIVE = "active"
    LOST = "lost"
    WITHHELD = "withheld"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    EXPIRED = "expired"


C = CertificateState

IN_USE = (C.ACTIVE, C.LOST, C.WITHHELD, C.LAPSED)
UPCOMING = (C.AWAITING_PRODUCTION, C.PRODUCED)
"""An officer has one certificate in use at most, and one that is on its way to take its place."""

STATUS_LIST_VALUE: Mapping[CertificateState, int] = {
    C.AWAITING_PRODUCTION: 1,
    C.PRODUCED: 1,
    C.ACTIVE: 0,
    C.LOST: 3,
    C.WITHHELD: 2,
    C.LAPSED: 2,
    C.CANCELLED: 1,
    C.REVOKED: 1,
    C.EXPIRED: 1,
}
"""The two bits in the public status list: 0 valid, 1 invalid, 2 suspended, 3 lost (application-specific)."""

CERTIFICATE = Machine(
    name="certificate",
    states=CertificateState,
    initial=C.AWAITING_PRODUCTION,
    final=frozenset({C.CANCELLED, C.REVOKED, C.EXPIRED}),
    transitions=(
        Transition(
            "record-production",
            (C.AWAITING_PRODUCTION,),
            (C.PRODUCED,),
            Permission.CARD_PRODUCE,
            guards=("verified-receipt", "card-read-back"),
            label=N_("制卡完成"),
        ),
        Transition(
            "hand-over",
            (C.PRODUCED,),
            (C.ACTIVE,),
            Permission.CARD_HAND_OVER,
            guards=("signed-by-holder",),
            label=N_("发放"),
        ),
        Transition(
            "report-lost",
            (C.ACTIVE, C.LAPSED),
            (C.LOST,),
            Permission.CERTIFICATE_REPORT_LOST,
            needs_reason=True,
            label=N_("挂失"),
        ),
        Transition(
            "cancel-loss-report",
            (C.LOST,),
            (C.ACTIVE,),
            Permission.CERTIFICATE_REPORT_LOST,
            needs_reason=True,
            label=N_("解挂"),
        ),
        Transition(
            "withhold",
            (C.ACTIVE, C.LOST, C.LAPSED),
            (C.WITHHELD,),
            Permission.CERTIFICATE_WITHHOLD,
            needs_reason=True,
            label=N_("暂扣"),
        ),
        Transition(
            "return",
            (C.WITHHELD,),
            (C.ACTIVE, C.LOST, C.LAPSED),
            Permission.CERTIFICATE_WITHHOLD,
            guards=("state-before-withholding",),
            needs_reason=True,
            label=N_("发还"),
        ),
        Transition(
            "cancel",
            (C.AWAITING_PRODUCTION, C.PRODUCED, C.ACTIVE, C.LOST, C.WITHHELD, C.LAPSED),
            (C.CANCELLED,),
            Permission.CERTIFICATE_CANCEL,
            needs_reason=True,
            label=N_("注销"),
        ),
        Transition(
            "revoke",
            (C.PRODUCED, C.ACTIVE, C.LOST, C.WITHHELD, C.LAPSED),
            (C.REVOKED,),
            Permission.CERTIFICATE_CANCEL,
            needs_reason=True,
            label=N_("吊销"),
        ),
        Transition("expire", (C.PRODUCED, C.ACTIVE, C.LOST, C.WITHHELD, C.LAPSED), (C.EXPIRED,), None),
        Transition("lapse", (C.ACTIVE,), (C.LAPSED,), None, guards=("review-overdue",)),
        Transition("reinstate", (C.LAPSED,), (C.ACTIVE,), None, guards=("review-passed",)),
    ),
)
