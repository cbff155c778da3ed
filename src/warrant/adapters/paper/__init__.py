"""Paper forms as PDF: the roster of a unit and an officer's record sheet."""

from warrant.adapters.paper.forms import PaperForms, paper_forms

__all__ = ["PaperForms", "paper_forms"]
