"""What has to have happened before a withheld certificate goes back to its holder."""

from __future__ import annotations

from datetime import date

from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors.terms import training_since, withholding_of
from warrant.core.lifecycle.certificate_grounds import check_return


def check_return_of(certificate: Certificate, ground: str, on: date) -> None:
    """Return if the withheld certificate may go back on this ground on the day.

    Raises: InvalidInput ``training-unfinished`` beside the ground.
    """
    withholding = withholding_of(certificate)
    trained = training_since(certificate, withholding, on) if withholding is not None else []
    check_return(withholding.ground if withholding else "", ground, is_trained=bool(trained))
