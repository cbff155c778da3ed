"""Officers, the proofs kept about them, and rosters on their way in."""

from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.education import EducationRecord
from warrant.apps.officers.models.register import Officer, OfficerNameToken, OfficerVersion
from warrant.apps.officers.models.rosters import RosterImport, RosterRow

__all__ = [
    "Document",
    "EducationRecord",
    "Officer",
    "OfficerNameToken",
    "OfficerVersion",
    "RosterImport",
    "RosterRow",
]
