"""The kinds of regulation, and which of them only the nation changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from warrant.core.errors import N_, NotFound


class RegulationKind(StrEnum):
    """What a regulation is about; the value is stored, sent and stands in addresses."""

    ELIGIBILITY = "eligibility"
    STEPS = "steps"
    CALENDAR = "calendar"
    TRAINING = "training"
    EXAMINATION = "examination"
    ASSESSMENT = "assessment"
    SAMPLING = "sampling"
    REVIEW = "review"
    CARD_FACE = "card-face"
    DETECTION = "detection"


KIND_NAMES: Mapping[RegulationKind, str] = {
    RegulationKind.ELIGIBILITY: N_("资格条件"),
    RegulationKind.STEPS: N_("办理步骤和时限"),
    RegulationKind.CALENDAR: N_("工作日历"),
    RegulationKind.TRAINING: N_("培训要求"),
    RegulationKind.EXAMINATION: N_("考试要求"),
    RegulationKind.ASSESSMENT: N_("考核评议标准"),
    RegulationKind.SAMPLING: N_("备案抽查"),
    RegulationKind.REVIEW: N_("证件年审"),
    RegulationKind.CARD_FACE: N_("证件版式"),
    RegulationKind.DETECTION: N_("监督发现"),
}

NATIONAL_ONLY: frozenset[RegulationKind] = frozenset(
    {RegulationKind.CALENDAR, RegulationKind.SAMPLING, RegulationKind.CARD_FACE}
)
"""Holidays are set by the State Council, only the ministry reviews filings, and the face is one for the nation."""


def kind_named(text: str) -> RegulationKind:
    """Return the kind of that name.

    Raises:
        NotFound: there is none.
    """
    try:
        return RegulationKind(text)
    except ValueError:
        raise NotFound(
            "unknown-regulation-kind", N_("没有名为“%(kind)s”的规则种类"), kind=text[:40]
        ) from None
