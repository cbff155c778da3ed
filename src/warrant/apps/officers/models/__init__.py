"""Officers, and the proofs kept about them."""

from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.duplicates import DuplicatePair
from warrant.apps.officers.models.education import EducationRecord
from warrant.apps.officers.models.national import NationalDuplicate, ReportedDuplicate
from warrant.apps.officers.models.proposals import Proposal, ProposedField
from warrant.apps.officers.models.register import Officer, OfficerNameToken, OfficerVersion
from warrant.apps.officers.models.replica import ReplicaDue, UnknownUnit
from warrant.apps.officers.models.transfers import Transfer, TransferStep

__all__ = [
    "Document",
    "DuplicatePair",
    "EducationRecord",
    "NationalDuplicate",
    "Officer",
    "OfficerNameToken",
    "OfficerVersion",
    "Proposal",
    "ProposedField",
    "ReplicaDue",
    "ReportedDuplicate",
    "Transfer",
    "TransferStep",
    "UnknownUnit",
]
