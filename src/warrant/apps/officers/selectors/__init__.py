"""Reading officers: register, page, documents, and figures."""

from warrant.apps.officers.selectors.documents import document_content, document_for
from warrant.apps.officers.selectors.page import chain_of, panels_of, timeline_of
from warrant.apps.officers.selectors.register import officer_for, officers_for_list, own_officer
from warrant.apps.officers.selectors.sealing import id_number_of, masked_id_number
from warrant.apps.officers.selectors.work import glances

__all__ = [
    "chain_of",
    "document_content",
    "document_for",
    "glances",
    "id_number_of",
    "masked_id_number",
    "officer_for",
    "officers_for_list",
    "own_officer",
    "panels_of",
    "timeline_of",
]
