"""Pages of annual reviews."""

from warrant.apps.reviews.views.campaigns import (
    review_campaign,
    review_list,
    review_look_again,
    review_propose,
    review_provinces,
)
from warrant.apps.reviews.views.results import review_batch, review_line, review_line_propose

__all__ = [
    "review_batch",
    "review_campaign",
    "review_line",
    "review_line_propose",
    "review_list",
    "review_look_again",
    "review_propose",
    "review_provinces",
]
