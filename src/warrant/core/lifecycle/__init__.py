"""States as tables: buttons, API, permission matrix, diagrams and tests all read these."""

from warrant.core.lifecycle.application import APPLICATION, ApplicationState, Step
from warrant.core.lifecycle.card import CARD, CARD_JOB, CardJobState, CardState
from warrant.core.lifecycle.certificate import CERTIFICATE, STATUS_LIST_VALUE, CertificateState
from warrant.core.lifecycle.filing import FILING, FILING_REQUEST, FilingRequestState, FilingState
from warrant.core.lifecycle.key import KEY_ACT, KeyActState
from warrant.core.lifecycle.officer import OFFICER, ChangeKind, LeavingKind, OfficerState
from warrant.core.lifecycle.table import Machine, Transition

MACHINES: tuple[Machine, ...] = (
    APPLICATION,
    FILING_REQUEST,
    FILING,
    CERTIFICATE,
    CARD,
    CARD_JOB,
    KEY_ACT,
    OFFICER,
)

__all__ = [
    "APPLICATION",
    "CARD",
    "CARD_JOB",
    "CERTIFICATE",
    "FILING",
    "FILING_REQUEST",
    "KEY_ACT",
    "MACHINES",
    "OFFICER",
    "STATUS_LIST_VALUE",
    "ApplicationState",
    "CardJobState",
    "CardState",
    "CertificateState",
    "ChangeKind",
    "FilingRequestState",
    "FilingState",
    "KeyActState",
    "LeavingKind",
    "Machine",
    "OfficerState",
    "Step",
    "Transition",
]
