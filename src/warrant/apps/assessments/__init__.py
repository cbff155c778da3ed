"""Yearly assessments of officers and of units: scored by one person, confirmed by another, supervised from above."""
