"""Filing with the ministry: requests, the register of filings, receipts."""
