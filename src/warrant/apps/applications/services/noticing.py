"""The notice of a certificate's loss, as the case takes it along when it is submitted."""

from __future__ import annotations

from datetime import date

from warrant.apps.applications.models import Application, GroundsProof
from warrant.apps.applications.selectors.grounds import proof_standing


def take_notice(application: Application, on: date) -> None:
    """Copy the notice of the certificate's loss to the case that is being submitted, in the caller's transaction.

    From then on the case shows what it was submitted with, whatever becomes of the certificate.
    """
    standing = proof_standing(application, on)
    if standing is None or not standing.kind.is_of_certificate:
        return
    kept = standing.kept
    if kept is None:  # the rules of the day ask for none
        GroundsProof.objects.filter(application=application, kind=standing.kind.code).delete()
        return
    GroundsProof.objects.update_or_create(
        application=application,
        kind=standing.kind.code,
        defaults={
            "where": kept.where,
            "happened_on": kept.happened_on,
            "document": kept.document,
            "recorded_by_id": kept.recorded_by_id,
            "recorded_at": kept.recorded_at,
        },
    )
