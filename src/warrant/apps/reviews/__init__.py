"""The annual review of certificates: campaigns, results by two people, and what they do to a certificate."""
