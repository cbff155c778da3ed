"""What the public sees: published records and the check of a certificate."""
