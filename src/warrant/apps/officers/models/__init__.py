"""Officers, and the proofs kept about them."""

from warrant.apps.officers.models.correctable import COUNTING, Correctable
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.duplicates import DuplicatePair
from warrant.apps.officers.models.education import EducationRecord
from warrant.apps.officers.models.entries import AdditionalEntry, EntryProof, FormDraft
from warrant.apps.officers.models.leaving import PlannedLeaving
from warrant.apps.officers.models.listing import ListPreference, SavedView
from warrant.apps.officers.models.national import NationalDuplicate, ReportedDuplicate
from warrant.apps.officers.models.proposals import Proposal, ProposedField
from warrant.apps.officers.models.register import Officer, OfficerNameToken, OfficerVersion
from warrant.apps.officers.models.replica import ReplicaDue, UnknownUnit
from warrant.apps.officers.models.requests import RecordRequest
from warrant.apps.officers.models.transfers import Transfer, TransferStep
from warrant.apps.officers.models.unmasking import IdNumberLook

__all__ = [
    "COUNTING",
    "AdditionalEntry",
    "Correctable",
    "Document",
    "DuplicatePair",
    "EducationRecord",
    "EntryProof",
    "FormDraft",
    "IdNumberLook",
    "ListPreference",
    "NationalDuplicate",
    "Officer",
    "OfficerNameToken",
    "OfficerVersion",
    "PlannedLeaving",
    "Proposal",
    "ProposedField",
    "RecordRequest",
    "ReplicaDue",
    "ReportedDuplicate",
    "SavedView",
    "Transfer",
    "TransferStep",
    "UnknownUnit",
]
