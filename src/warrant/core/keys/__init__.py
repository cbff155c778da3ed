"""The key hierarchy of the certificate cards, and the port to whatever keeps the keys."""
