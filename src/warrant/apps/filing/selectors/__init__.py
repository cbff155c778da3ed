"""Reading filings: the register, the checks on a case, and the province's own requests."""
