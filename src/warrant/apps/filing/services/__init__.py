"""What is done about filings: requested and taken back by the province, received and decided by the ministry."""

from warrant.apps.filing.services.closing import close_figures
from warrant.apps.filing.services.requests import receive_filing_decision, request_filing
from warrant.apps.filing.services.review import accept_filings, decide_filing, receive_filing_request

__all__ = [
    "accept_filings",
    "close_figures",
    "decide_filing",
    "receive_filing_decision",
    "receive_filing_request",
    "request_filing",
]
