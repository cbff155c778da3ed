"""Pages of certificates: the list, one certificate, one act on it."""
