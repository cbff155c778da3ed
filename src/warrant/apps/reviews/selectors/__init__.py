"""Reading annual reviews."""
