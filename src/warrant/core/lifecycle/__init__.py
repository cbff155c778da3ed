"""States as tables: buttons, API, permission matrix, diagrams and tests all read these."""

from warrant.core.lifecycle.annual_review import (
    ANNUAL_REVIEW,
    REVIEW_BATCH,
    ReviewBatchState,
    ReviewState,
)
from warrant.core.lifecycle.application import (
    APPLICATION_MACHINES,
    ApplicationKind,
    ApplicationState,
    Step,
)
from warrant.core.lifecycle.assessment import (
    ASSESSMENT,
    OBJECTION,
    OUTCOME_CORRECTION,
    AssessmentState,
    ObjectionState,
    OutcomeCorrectionState,
)
from warrant.core.lifecycle.card import CARD, CARD_JOB, CardJobState, CardState
from warrant.core.lifecycle.certificate import CERTIFICATE, STATUS_LIST_VALUE, CertificateState
from warrant.core.lifecycle.duplicate import DUPLICATE, DuplicateRule, DuplicateState
from warrant.core.lifecycle.filing import (
    DOCUMENT_REQUEST,
    FILING,
    FILING_REQUEST,
    DocumentRequestState,
    FilingRequestState,
    FilingState,
    OriginalState,
)
from warrant.core.lifecycle.finding import FINDING, FindingState
from warrant.core.lifecycle.key import KEY_ACT, KeyActState
from warrant.core.lifecycle.national_duplicate import (
    NATIONAL_DUPLICATE,
    DuplicateGround,
    NationalDuplicateState,
)
from warrant.core.lifecycle.officer import OFFICER, ChangeKind, LeavingKind, OfficerState
from warrant.core.lifecycle.proposal import PROPOSAL, ProposalState
from warrant.core.lifecycle.record_request import (
    RECORD_REQUEST,
    UNDO_DAYS,
    UNDO_TIME,
    RecordRequestKind,
    RecordRequestState,
)
from warrant.core.lifecycle.regulation import REGULATION, RegulationState
from warrant.core.lifecycle.sam import SAM, SAM_COUNT, SamCountState, SamState
from warrant.core.lifecycle.sitting import RESULT_CLAIM, SITTING, ClaimState, SittingState
from warrant.core.lifecycle.stock import (
    CARD_BATCH,
    CARD_DESTRUCTION,
    CARD_MOVEMENT,
    STOCK_DAY,
    BatchState,
    DestructionState,
    MovementState,
    StockDayState,
    StoreKind,
)
from warrant.core.lifecycle.table import Machine, Transition
from warrant.core.lifecycle.training_class import (
    HOURS_CORRECTION,
    TRAINING_CLASS,
    ClassState,
    HoursCorrectionState,
)
from warrant.core.lifecycle.transfer import TRANSFER, TransferKind, TransferSide, TransferState
from warrant.core.lifecycle.waiver import WAIVER, WaiverState

MACHINES: tuple[Machine, ...] = (
    *APPLICATION_MACHINES.values(),
    FILING_REQUEST,
    FILING,
    DOCUMENT_REQUEST,
    CERTIFICATE,
    CARD,
    CARD_JOB,
    CARD_BATCH,
    CARD_MOVEMENT,
    CARD_DESTRUCTION,
    STOCK_DAY,
    KEY_ACT,
    SAM,
    SAM_COUNT,
    WAIVER,
    OFFICER,
    NATIONAL_DUPLICATE,
    REGULATION,
    SITTING,
    RESULT_CLAIM,
    TRAINING_CLASS,
    HOURS_CORRECTION,
    ANNUAL_REVIEW,
    REVIEW_BATCH,
    ASSESSMENT,
    OUTCOME_CORRECTION,
    OBJECTION,
    FINDING,
)

__all__ = [
    "ANNUAL_REVIEW",
    "APPLICATION_MACHINES",
    "ASSESSMENT",
    "CARD",
    "CARD_BATCH",
    "CARD_DESTRUCTION",
    "CARD_JOB",
    "CARD_MOVEMENT",
    "CERTIFICATE",
    "DOCUMENT_REQUEST",
    "DUPLICATE",
    "FILING",
    "FILING_REQUEST",
    "FINDING",
    "HOURS_CORRECTION",
    "KEY_ACT",
    "MACHINES",
    "NATIONAL_DUPLICATE",
    "OBJECTION",
    "OFFICER",
    "OUTCOME_CORRECTION",
    "PROPOSAL",
    "RECORD_REQUEST",
    "REGULATION",
    "RESULT_CLAIM",
    "REVIEW_BATCH",
    "SAM",
    "SAM_COUNT",
    "SITTING",
    "STATUS_LIST_VALUE",
    "STOCK_DAY",
    "TRAINING_CLASS",
    "TRANSFER",
    "UNDO_DAYS",
    "UNDO_TIME",
    "WAIVER",
    "ApplicationKind",
    "ApplicationState",
    "AssessmentState",
    "BatchState",
    "CardJobState",
    "CardState",
    "CertificateState",
    "ChangeKind",
    "ClaimState",
    "ClassState",
    "DestructionState",
    "DocumentRequestState",
    "DuplicateGround",
    "DuplicateRule",
    "DuplicateState",
    "FilingRequestState",
    "FilingState",
    "FindingState",
    "HoursCorrectionState",
    "KeyActState",
    "LeavingKind",
    "Machine",
    "MovementState",
    "NationalDuplicateState",
    "ObjectionState",
    "OfficerState",
    "OriginalState",
    "OutcomeCorrectionState",
    "ProposalState",
    "RecordRequestKind",
    "RecordRequestState",
    "RegulationState",
    "ReviewBatchState",
    "ReviewState",
    "SamCountState",
    "SamState",
    "SittingState",
    "Step",
    "StockDayState",
    "StoreKind",
    "TransferKind",
    "TransferSide",
    "TransferState",
    "Transition",
    "WaiverState",
]
