"""The life of a certificate, and the status list that tells it to the public."""
