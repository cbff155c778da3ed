"""What is done about filings: requested and taken back by the province, received and decided by the ministry."""

from warrant.apps.filing.services.review import accept_filings, decide_filing, receive_filing_request

__all__ = ["accept_filings", "decide_filing", "receive_filing_request"]
