"""Keeping the statistics: following the register, closing months, building everything anew."""

from warrant.apps.supervision.services.closing import close_months, fold_movements
from warrant.apps.supervision.services.following import follow_officers, forget_names
from warrant.apps.supervision.services.keeping import keep_books
from warrant.apps.supervision.services.rebuilding import rebuild_statistics
from warrant.apps.supervision.services.receiving import receive_year_figures

__all__ = [
    "close_months",
    "fold_movements",
    "follow_officers",
    "forget_names",
    "keep_books",
    "rebuild_statistics",
    "receive_year_figures",
]
