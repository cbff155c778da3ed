"""What is done about filings: requested and taken back by the province, received and decided by the ministry."""

from warrant.apps.filing.services.closing import close_figures
from warrant.apps.filing.services.documents import (
    answer_documents,
    ask_for_documents,
    receive_documents_answered,
    receive_documents_requested,
)
from warrant.apps.filing.services.printing import print_decision, print_receipt
from warrant.apps.filing.services.requests import receive_filing_decision, request_filing
from warrant.apps.filing.services.review import accept_filings, decide_filing, receive_filing_request

__all__ = [
    "accept_filings",
    "answer_documents",
    "ask_for_documents",
    "close_figures",
    "decide_filing",
    "print_decision",
    "print_receipt",
    "receive_documents_answered",
    "receive_documents_requested",
    "receive_filing_decision",
    "receive_filing_request",
    "request_filing",
]
