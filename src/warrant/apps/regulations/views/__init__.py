"""Pages of regulations: what is in force, versions and their differences, drafts, and the calendar of working days."""
