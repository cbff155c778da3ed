"""Writing officers: the register, and their documents."""

from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.educations import add_education_record, correct_education_record
from warrant.apps.officers.services.register import (
    change_officer,
    enter_officer,
    open_account_for_officer,
    set_photo,
)
from warrant.apps.officers.services.unmasking import unmask_id_number

__all__ = [
    "add_education_record",
    "change_officer",
    "correct_education_record",
    "enter_officer",
    "open_account_for_officer",
    "set_photo",
    "store_document",
    "unmask_id_number",
]
