"""Writing officers: the register, their documents, and rosters."""

from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import (
    add_education_record,
    change_officer,
    enter_officer,
    open_account_for_officer,
    set_photo,
    unmask_id_number,
)
from warrant.apps.officers.services.rosters import discard_roster, import_roster, preview_roster

__all__ = [
    "add_education_record",
    "change_officer",
    "discard_roster",
    "enter_officer",
    "import_roster",
    "open_account_for_officer",
    "preview_roster",
    "set_photo",
    "store_document",
    "unmask_id_number",
]
