"""A made-up nation for development: units with real division codes, officers with careers; the same for the same seed."""
