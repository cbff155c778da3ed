"""Officers, and the proofs kept about them."""

from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.education import EducationRecord
from warrant.apps.officers.models.national import NationalDuplicate, ReportedDuplicate
from warrant.apps.officers.models.register import Officer, OfficerNameToken, OfficerVersion
from warrant.apps.officers.models.replica import ReplicaDue, UnknownUnit

__all__ = [
    "Document",
    "EducationRecord",
    "NationalDuplicate",
    "Officer",
    "OfficerNameToken",
    "OfficerVersion",
    "ReplicaDue",
    "ReportedDuplicate",
    "UnknownUnit",
]
