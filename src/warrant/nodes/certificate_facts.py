"""What the conditions of an application ask about certificates: joined here, because applications stand below."""

from __future__ import annotations

from collections.abc import Mapping

from warrant.apps.certificates.models import Certificate
from warrant.apps.officers.models import Officer
from warrant.core.lifecycle import CERTIFICATE, CertificateState


def certificate_facts(officer: Officer) -> Mapping[str, str]:
    """Return the number of the officer's live certificate and of one that was revoked; empty where there is none."""
    rows = Certificate.system.filter(officer=officer).order_by("-id").values_list("number", "state")
    found = [(number, CertificateState(state)) for number, state in rows]
    live = [number for number, state in found if state not in CERTIFICATE.final]
    revoked = [number for number, state in found if state is CertificateState.REVOKED]
    return {"live_certificate": "".join(live[:1]), "revoked_certificate": "".join(revoked[:1])}
