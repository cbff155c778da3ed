"""Acts on annual reviews."""

from warrant.apps.reviews.services.deciding import confirm_batch, refuse_batch
from warrant.apps.reviews.services.following import chip_written, follow_merge, follow_transfer
from warrant.apps.reviews.services.lapsing import lapse_overdue
from warrant.apps.reviews.services.opening import look_again, open_campaign, run_fill
from warrant.apps.reviews.services.proposing import propose_clean, propose_line
from warrant.apps.reviews.services.telling import receive_review_changed

__all__ = [
    "chip_written",
    "confirm_batch",
    "follow_merge",
    "follow_transfer",
    "lapse_overdue",
    "look_again",
    "open_campaign",
    "propose_clean",
    "propose_line",
    "receive_review_changed",
    "refuse_batch",
    "run_fill",
]
