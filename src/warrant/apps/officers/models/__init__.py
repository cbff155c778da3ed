"""Officers, and the proofs kept about them."""

from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.education import EducationRecord
from warrant.apps.officers.models.register import Officer, OfficerNameToken, OfficerVersion

__all__ = [
    "Document",
    "EducationRecord",
    "Officer",
    "OfficerNameToken",
    "OfficerVersion",
]
