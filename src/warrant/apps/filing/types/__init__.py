"""What is filed, and how it is called."""

from warrant.apps.filing.types.case import (
    KINDS,
    MAX_LIST,
    NEWEST_SCHEMA,
    FiledCase,
    FiledConditions,
    FiledDocument,
    FiledExamination,
    FiledOfficer,
    FiledOpinion,
    FiledStay,
    FiledWaiver,
    filed_case,
)
from warrant.apps.filing.types.faces import (
    ACTION_FACES,
    FILING_FACES,
    REQUEST_FACES,
    ActionFace,
    StateFace,
)
from warrant.apps.filing.types.statements import Statement, read_statements

__all__ = [
    "ACTION_FACES",
    "FILING_FACES",
    "KINDS",
    "MAX_LIST",
    "NEWEST_SCHEMA",
    "REQUEST_FACES",
    "ActionFace",
    "FiledCase",
    "FiledConditions",
    "FiledDocument",
    "FiledExamination",
    "FiledOfficer",
    "FiledOpinion",
    "FiledStay",
    "FiledWaiver",
    "StateFace",
    "Statement",
    "filed_case",
    "read_statements",
]
