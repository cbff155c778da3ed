"""Acts on applications: preparing, deciding, and what the ministry answered."""

from warrant.apps.applications.services.assigning import assign_case
from warrant.apps.applications.services.deciding import (
    Decision,
    apply_filing_decision,
    decide,
    pass_step,
)
from warrant.apps.applications.services.ending import ask_reconsideration, cancel
from warrant.apps.applications.services.preparing import (
    create_application,
    save_statement,
    submit,
    withdraw,
)
from warrant.apps.applications.services.proving import keep_grounds_proof

__all__ = [
    "Decision",
    "apply_filing_decision",
    "ask_reconsideration",
    "assign_case",
    "cancel",
    "create_application",
    "decide",
    "keep_grounds_proof",
    "pass_step",
    "save_statement",
    "submit",
    "withdraw",
]
