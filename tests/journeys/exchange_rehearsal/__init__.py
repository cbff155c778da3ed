"""Nodes that leave made-up events for each other without pause, to be killed at any moment."""
