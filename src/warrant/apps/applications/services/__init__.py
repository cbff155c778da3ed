"""Acts on applications: preparing, deciding, and what the ministry answered."""

from warrant.apps.applications.services.deciding import (
    apply_filing_decision,
    decide,
    pass_step,
    refuse,
    return_for_correction,
)
from warrant.apps.applications.services.preparing import (
    create_application,
    save_statement,
    submit,
    withdraw,
)

__all__ = [
    "apply_filing_decision",
    "create_application",
    "decide",
    "pass_step",
    "refuse",
    "return_for_correction",
    "save_statement",
    "submit",
    "withdraw",
]
