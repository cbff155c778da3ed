"""Cases for rehearsing the filing between two node processes."""
