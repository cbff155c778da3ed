"""Drawn portraits of people who do not exist, for the demo, the journey and the tests."""

from warrant.adapters.made_up_portraits.drawing import portrait

__all__ = ["portrait"]
