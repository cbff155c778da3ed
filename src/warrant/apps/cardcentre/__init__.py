"""Card stock, key custody, card jobs and stations."""
