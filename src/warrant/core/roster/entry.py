"""A roster row after reading: normalised values, ready to become an officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from warrant.core.roster.dates import PartialDate


@dataclass(slots=True)
class RosterEntry:
    """The values of one row. Codes are of ``warrant.core.standards.codes``; empty means "not given".

    ``agency_key`` is what the agency lookup returned; ``category_codes`` keeps the order of the cell.
    ``post`` and ``position`` are kept as written; ``post_code`` is empty for a post that is not in the table.
    """

    name: str = ""
    id_number: str = ""
    sex_code: str = ""
    born_on: date | None = None
    ethnic_code: str = ""
    political_code: str = ""
    education_code: str = ""
    degree_code: str = ""
    school: str = ""
    major: str = ""
    agency_key: str = ""
    agency_name: str = ""
    category_codes: tuple[str, ...] = ()
    post: str = ""
    post_code: str = ""
    position: str = ""
    staffing_code: str = ""
    working_from: PartialDate | None = None
    enforcing_from: PartialDate | None = None
    has_legal_qualification: bool = False
    phone: str = ""
    remarks: str = ""
