"""The law and the standards as plain Python: no Django, no input or output."""
