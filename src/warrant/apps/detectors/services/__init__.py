"""Acts on findings."""

from warrant.apps.detectors.services.case_figures import HandIn, hand_in_case_figures
from warrant.apps.detectors.services.following import follow_merge, follow_transfer
from warrant.apps.detectors.services.handling import assign_finding, close_finding, put_finding_back
from warrant.apps.detectors.services.looking import look_daily, run_look, start_look
from warrant.apps.detectors.services.raising import free_findings, raise_overdue
from warrant.apps.detectors.services.telling import receive_findings_changed

__all__ = [
    "HandIn",
    "assign_finding",
    "close_finding",
    "follow_merge",
    "follow_transfer",
    "free_findings",
    "hand_in_case_figures",
    "look_daily",
    "put_finding_back",
    "raise_overdue",
    "receive_findings_changed",
    "run_look",
    "start_look",
]
