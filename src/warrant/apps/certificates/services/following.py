"""What becomes of certificates when their officer moves, leaves or is merged: carried out by the rule of the core.

The rule: ``core.lifecycle.transfer_rules``. Source: ADR-0011.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from warrant.apps.applications.selectors.filing_content import area_of
from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services.life import carry_out
from warrant.apps.certificates.services.standing import (
    current_certificate,
    follow_standing,
    telling_certificate,
)
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.following import Forecast, Obstacle
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Place
from warrant.core.lifecycle import CERTIFICATE, CertificateState, LeavingKind
from warrant.core.lifecycle.certificate import UPCOMING
from warrant.core.lifecycle.transfer_rules import (
    Meanwhile,
    Outcome,
    Printed,
    Verdict,
    meanwhile_on,
    verdict_at_leaving,
    verdict_at_transfer,
)

_CAN_BE_WITHHELD = CERTIFICATE.transition("withhold").sources


def _live_certificate(officer: Officer, *, is_locked: bool = False) -> Certificate | None:
    rows = Certificate.system.select_for_update(of=("self",)) if is_locked else Certificate.system.all()
    rows = rows.select_related("status_list", "filing_request").filter(officer=officer)
    certificate = telling_certificate(list(rows.exclude(state__in=CERTIFICATE.final).order_by("-pk")))
    if certificate is not None:
        certificate.officer = officer
    return certificate


def _end_successor(officer: Officer, actor: Actor | None, why: str, now: datetime) -> None:
    """Cancel the certificate that was to replace the one in use: it would say what is no longer true."""
    rows = Certificate.system.select_for_update(of=("self",)).select_related("status_list", "filing_request")
    for successor in rows.filter(officer=officer, replaces__isnull=False, state__in=UPCOMING):
        successor.officer = officer
        carry_out(successor, "cancel", actor, why, now=now)


def _authority_id_of(place: Place) -> int | None:
    return place.county_id or place.city_id or place.province_id


def _verdict(
    certificate: Certificate, old_place: Place, officer: Officer, agency: Agency, categories: frozenset[str]
) -> Verdict:
    standing = Officer(agency=agency)  # only the unit is asked: in which area would it enforce
    printed = Printed(
        unit_name=certificate.agency_name,
        area_code=certificate.area_code,
        categories=frozenset(certificate.category_codes),
        authority_id=_authority_id_of(old_place),
    )
    true_now = Printed(
        unit_name=agency.name,
        area_code=area_of(standing)[0],
        categories=categories,
        authority_id=_authority_id_of(agency.place),
    )
    return verdict_at_transfer(CertificateState(certificate.state), printed, true_now)


def transfer_forecast(officer: Officer, agency: Agency, categories: frozenset[str]) -> Forecast | None:
    """Say what a transfer to ``agency`` would do to the certificate; nothing for an officer without one."""
    certificate = _live_certificate(officer)
    if certificate is None:
        return None
    return Forecast(certificate.number, _verdict(certificate, officer.place, officer, agency, categories))


def leaving_forecast(officer: Officer, kind: LeavingKind, is_for_cause: bool) -> Forecast | None:
    """Say what leaving would do to the certificate; nothing for an officer without one."""
    certificate = _live_certificate(officer)
    if certificate is None:
        return None
    verdict = verdict_at_leaving(CertificateState(certificate.state), kind, is_for_cause=is_for_cause)
    return Forecast(certificate.number, verdict)


def follow_transfer(
    officer: Officer,
    old_place: Place,
    new_place: Place,
    *,
    effective_on: date,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Move the certificates to the new unit, and keep, withhold or take back the one in use."""
    Certificate.system.filter(officer=officer).update(
        province_unit=new_place.province_id,
        city_unit=new_place.city_id,
        county_unit=new_place.county_id,
        agency_unit=new_place.agency_id,
    )
    certificate = _live_certificate(officer, is_locked=True)
    if certificate is None:
        return
    verdict = _verdict(certificate, old_place, officer, officer.agency, frozenset(officer.category_codes))
    why = "；".join(verdict.reasons)
    if verdict.outcome is not Outcome.KEPT:
        _end_successor(officer, actor, why, now)
    if verdict.outcome is Outcome.TAKEN_BACK:
        carry_out(certificate, "cancel", actor, why, now=now)
    elif verdict.outcome is Outcome.CHANGED:
        certificate.renewal_reason = why
        certificate.save(update_fields=["renewal_reason"])
        is_withheld = meanwhile_on(effective_on) is Meanwhile.WITHHELD
        if is_withheld and CertificateState(certificate.state) in _CAN_BE_WITHHELD:
            carry_out(certificate, "withhold", actor, why, now=now)
    record(
        actor,
        f"certificate.transfer-{verdict.outcome}",
        f"certificate:{certificate.number}",
        f"{officer.name} {certificate.number} {why}",
        now=now,
    )


def follow_leaving(
    officer: Officer,
    kind: LeavingKind,
    *,
    is_for_cause: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Cancel the certificate of somebody who leaves; one to be revoked is withheld until the approver decides."""
    certificate = _live_certificate(officer, is_locked=True)
    if certificate is None:
        return
    state = CertificateState(certificate.state)
    verdict = verdict_at_leaving(state, kind, is_for_cause=is_for_cause)
    why = f"{verdict.reasons[0]}（{reason}）"
    _end_successor(officer, actor, why, now)
    if verdict.outcome is Outcome.TAKEN_BACK:
        carry_out(certificate, "cancel", actor, why, now=now)
    elif state in _CAN_BE_WITHHELD:
        carry_out(certificate, "withhold", actor, why, now=now)


def obstacles(officer: Officer) -> list[Obstacle]:
    """Return the certificate in use: it follows a transfer, but two records with one each cannot be merged."""
    certificate = _live_certificate(officer)
    if certificate is None:
        return []
    return [
        Obstacle(
            "certificate",
            _("持有在用的执法证件 %(number)s；请先注销其中一本") % {"number": certificate.number},
            bars_moving=False,
        )
    ]


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Point the certificates of the record that goes at the one that stays, and say there how they stand."""
    rows = Certificate.system.select_for_update(of=("self",)).filter(officer=gone).order_by("pk")
    moved = list(rows)
    for certificate in moved:
        certificate.officer = kept
        certificate.put_at(kept.place)
        certificate.save(
            update_fields=["officer", "province_unit", "city_unit", "county_unit", "agency_unit"]
        )
        number = certificate.number
        record(actor, "certificate.re-pointed", f"certificate:{number}", f"{kept.name} {number}", now=now)
    standing = current_certificate(kept)
    if moved and standing is not None:
        standing.officer = kept
        follow_standing([standing], actor, now=now)
