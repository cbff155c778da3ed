"""Reading certificates: lists, one certificate, what may be done with it, what waits."""

from warrant.apps.certificates.selectors.due_reviews import due_review
from warrant.apps.certificates.selectors.listing import certificates_for
from warrant.apps.certificates.selectors.losses import (
    can_record_notice,
    history_of,
    loss_standing,
    notice_of,
    notices_of,
    report_of,
)
from warrant.apps.certificates.selectors.notices import papers_of
from warrant.apps.certificates.selectors.reading import (
    allowed_actions,
    category_names,
    certificate_for,
    certificates_with_last_person,
    entries_of,
    entry_label,
    entry_text,
    face_of,
    holding_links,
    is_own,
    latest_among,
    officer_panel,
    officer_steps,
    record_sheet_sections,
    units_to_pick,
)
from warrant.apps.certificates.selectors.terms import (
    due_cell,
    due_words,
    is_overdue,
    next_step_words,
    training_since,
    withholding_of,
)
from warrant.apps.certificates.selectors.work import glances, work_queues

__all__ = [
    "allowed_actions",
    "can_record_notice",
    "category_names",
    "certificate_for",
    "certificates_for",
    "certificates_with_last_person",
    "due_cell",
    "due_review",
    "due_words",
    "entries_of",
    "entry_label",
    "entry_text",
    "face_of",
    "glances",
    "history_of",
    "holding_links",
    "is_overdue",
    "is_own",
    "latest_among",
    "loss_standing",
    "next_step_words",
    "notice_of",
    "notices_of",
    "officer_panel",
    "officer_steps",
    "papers_of",
    "record_sheet_sections",
    "report_of",
    "training_since",
    "units_to_pick",
    "withholding_of",
    "work_queues",
]
