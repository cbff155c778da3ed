"""Supervision: the statistics of the force, and the lists of people behind every figure."""
