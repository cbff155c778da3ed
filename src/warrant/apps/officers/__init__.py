"""Basic and additional records of officers, their documents, and roster import."""
