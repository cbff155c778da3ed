"""Reading examinations."""
