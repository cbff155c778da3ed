"""Who meets the conditions, on which facts, since when, and what to do about the rest."""
