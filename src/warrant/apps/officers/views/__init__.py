"""Pages of the officers app."""

from warrant.apps.officers.views.changes import (
    officer_account_open,
    officer_change,
    officer_education_add,
    officer_enter,
    officer_photo_upload,
    officer_unmask,
)
from warrant.apps.officers.views.drafts import draft_discard, draft_save
from warrant.apps.officers.views.entries import (
    officer_entry,
    officer_entry_add,
    officer_entry_correct,
    officer_entry_withdraw,
)
from warrant.apps.officers.views.record import (
    document_open,
    officer_detail,
    officer_glance,
    officer_photo,
    own_record,
)
from warrant.apps.officers.views.register import id_number_reading

__all__ = [
    "document_open",
    "draft_discard",
    "draft_save",
    "id_number_reading",
    "officer_account_open",
    "officer_change",
    "officer_detail",
    "officer_education_add",
    "officer_enter",
    "officer_entry",
    "officer_entry_add",
    "officer_entry_correct",
    "officer_entry_withdraw",
    "officer_glance",
    "officer_photo",
    "officer_photo_upload",
    "officer_unmask",
    "own_record",
]
