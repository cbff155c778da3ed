"""Rosters as offices really send them: find the table, read every spelling, and say what is wrong and how to cure it.

Pure rules on cells; reading files is the work of ``warrant.adapters.spreadsheet``.
"""
