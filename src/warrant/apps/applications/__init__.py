"""Qualification applications and their level-by-level approval."""
