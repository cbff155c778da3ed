"""Fields that the forms of several apps share."""

from __future__ import annotations

from django import forms


class DayInput(forms.DateInput):
    """The browser's own date field; it wants 2026-11-22, whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
