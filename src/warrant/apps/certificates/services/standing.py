"""How an officer's certificate stands, kept on the officer's own row: lists and figures read one table.

Lock order: the officer, then the application, then the certificate, then the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from warrant.apps.applications.types import HeldCertificate
from warrant.apps.certificates.models import Certificate
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.writing import write_changes
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import CERTIFICATE, ChangeKind
from warrant.core.lifecycle.certificate import IN_USE, UPCOMING


def locked_certificate(pk: int) -> Certificate:
    """Return a certificate, locked after its officer, with officer, status list and filing request read along.

    Raises: Conflict ``changed-meanwhile`` if the certificate went over to another record at this very moment.
    """
    officer_id = Certificate.system.values_list("officer_id", flat=True).get(pk=pk)
    officer = lock_officers([officer_id])[officer_id]
    rows = Certificate.system.select_for_update(of=("self",)).select_related("status_list", "filing_request")
    certificate = rows.get(pk=pk)
    if certificate.officer_id != officer_id:
        raise Conflict("changed-meanwhile", N_("这本证件刚被他人处理过；请刷新页面查看最新状态"))
    certificate.officer = officer
    return certificate


def follow_standing(certificates: Sequence[Certificate], actor: Actor | None, *, now: datetime) -> None:
    """Write on the officers, who are locked, how they stand now that these certificates were changed."""
    officers = {certificate.officer_id: certificate.officer for certificate in certificates}
    by_officer: dict[int, list[Certificate]] = {pk: [] for pk in officers}
    for row in Certificate.system.filter(officer__in=officers).order_by("-pk"):
        by_officer[row.officer_id].append(row)
    write_changes(
        [(officers[pk], standing_of(telling_certificate(rows))) for pk, rows in by_officer.items()],
        ChangeKind.CERTIFICATE_CHANGED,
        actor,
        now=now,
    )


def standing_of(certificate: Certificate | None) -> dict[str, object]:
    """Return the officer's columns for the latest certificate; empty ones for nothing."""
    if certificate is None:
        return {"certificate_number": "", "certificate_state": "", "certificate_valid_until": None}
    return {
        "certificate_number": certificate.number,
        "certificate_state": certificate.state,
        "certificate_valid_until": certificate.valid_until,
    }


def telling_certificate(certificates: Sequence[Certificate]) -> Certificate | None:
    """Return which of an officer's certificates, newest first, says how the officer stands.

    The one in use; without it the one on its way; without both the newest.
    """
    for states in (IN_USE, UPCOMING):
        for certificate in certificates:
            if certificate.state in states:
                return certificate
    return certificates[0] if certificates else None


def current_certificate(officer: Officer) -> Certificate | None:
    """Return the certificate that says how the officer stands; ``None`` if there never was one."""
    return telling_certificate(list(Certificate.system.filter(officer=officer).order_by("-pk")))


def held_certificate(officer: Officer) -> HeldCertificate | None:
    """Return the certificate that says how the officer stands, as applications ask for it."""
    found = current_certificate(officer)
    if found is None:
        return None
    return HeldCertificate(
        number=found.number,
        state=found.state,
        is_live=found.state not in CERTIFICATE.final,
        category_codes=tuple(found.category_codes),
        valid_until=found.valid_until,
    )
