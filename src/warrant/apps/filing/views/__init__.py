"""Pages of filings."""

from warrant.apps.filing.views.documents import filing_documents, filing_documents_ask
from warrant.apps.filing.views.papers import filing_paper, filing_receipt_paper
from warrant.apps.filing.views.register import filing_accept, filing_decide, filing_detail, filing_list
from warrant.apps.filing.views.requests import filing_receipt, filing_request
from warrant.apps.filing.views.statistics import filing_statistics, filing_statistics_list

__all__ = [
    "filing_accept",
    "filing_decide",
    "filing_detail",
    "filing_documents",
    "filing_documents_ask",
    "filing_list",
    "filing_paper",
    "filing_receipt",
    "filing_receipt_paper",
    "filing_request",
    "filing_statistics",
    "filing_statistics_list",
]
