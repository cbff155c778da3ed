"""The one service of the certificate's machine: nothing else assigns ``Certificate.state``.

Every change, its entry, the signed list, the audit row and the events stand in one transaction, so that the public is
told exactly what the register says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.selectors import is_own, notice_of
from warrant.apps.certificates.services.ending import follow_end
from warrant.apps.certificates.services.publishing import UNTOLD_STATES, announce_certificate
from warrant.apps.certificates.services.standing import follow_standing, locked_certificate
from warrant.apps.certificates.services.status_lists import reissue_list
from warrant.apps.certificates.services.withholding import check_return_of
from warrant.apps.certificates.types import ACTION_FACES, ENTRY_LABELS
from warrant.apps.officers.services.locking import lock_officers
from warrant.core.access import Actor, require
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import CERTIFICATE, STATUS_LIST_VALUE, CertificateState, FilingRequestState
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS, Declared, check_declared, due_on
from warrant.core.lifecycle.table import Transition

MAX_REASON = 500
EXPIRY_BATCH = 200


def report_lost(
    actor: Actor, certificate: Certificate, reason: str, *, ground: str, now: datetime
) -> Certificate:
    """Report the certificate lost: by the officer, or by whoever may for the unit."""
    return change_certificate(actor, certificate, "report-lost", Declared(reason, ground), now=now)


def cancel_loss_report(
    actor: Actor, certificate: Certificate, reason: str, *, ground: str, now: datetime
) -> Certificate:
    """Take the loss report back: the certificate has been found."""
    return change_certificate(actor, certificate, "cancel-loss-report", Declared(reason, ground), now=now)


def withhold(
    actor: Actor, certificate: Certificate, reason: str, *, ground: str, until: date, now: datetime
) -> Certificate:
    """Withhold the certificate until it is returned; ``until`` is by when that is to be decided."""
    return change_certificate(actor, certificate, "withhold", Declared(reason, ground, until), now=now)


def return_withheld(
    actor: Actor, certificate: Certificate, reason: str, *, ground: str, now: datetime
) -> Certificate:
    """Return a withheld certificate to the state it came from: a lost one is still lost."""
    return change_certificate(actor, certificate, "return", Declared(reason, ground), now=now)


def cancel(actor: Actor, certificate: Certificate, reason: str, *, ground: str, now: datetime) -> Certificate:
    """End the certificate without blame; it never comes back."""
    return change_certificate(actor, certificate, "cancel", Declared(reason, ground), now=now)


def revoke(actor: Actor, certificate: Certificate, reason: str, *, ground: str, now: datetime) -> Certificate:
    """End the certificate as a punishment; it never comes back."""
    return change_certificate(actor, certificate, "revoke", Declared(reason, ground), now=now)


def record_production(actor: Actor, certificate: Certificate, *, now: datetime) -> Certificate:
    """Record that the card is made and was read back; the card centre calls this in its own transaction.

    Raises: Conflict ``no-verified-receipt`` if the filing was not granted, whatever the caller has checked.
    """
    if (
        certificate.filing_request.state != FilingRequestState.GRANTED
        or not certificate.filing_request.receipt
    ):
        raise Conflict("no-verified-receipt", N_("没有经核验的备案回执，不能制卡"))
    return _apply(certificate, "record-production", actor, None, now)


def hand_over(actor: Actor, certificate: Certificate, *, now: datetime) -> Certificate:
    """Record that the holder has the card: from this moment the certificate is valid, and the one it replaces has ended."""
    with transaction.atomic():
        locked = locked_certificate(certificate.pk)
        replaced = locked.replaces
        if replaced is not None and replaced.state not in CERTIFICATE.final:
            _authorise(actor, locked, CERTIFICATE.transition("hand-over"))
            _require_source(locked, "hand-over")
            reason = f"换发新证 {locked.number}"
            carry_out(locked_certificate(replaced.pk), "cancel", actor, reason, now=now)
        return _apply(certificate, "hand-over", actor, None, now)


def change_certificate(
    actor: Actor, certificate: Certificate, action: str, declared: Declared, *, now: datetime
) -> Certificate:
    """Carry out one of the acts that people declare, by its name in the table.

    Raises: KeyError for another act; NotFound, NotPermitted, Conflict ``wrong-state``, InvalidInput beside the field.
    """
    if action not in DECLARATIONS:
        raise KeyError(action)
    return _apply(certificate, action, actor, declared, now)


def check_act(
    actor: Actor, certificate: Certificate, action: str, declared: Declared, *, now: datetime
) -> str:
    """Return the reason in its final form if ``actor`` may carry out what is declared now; nothing is written.

    Raises: NotFound, NotPermitted, Conflict ``wrong-state``, InvalidInput beside the field.
    """
    transition = CERTIFICATE.transition(action)
    _authorise(actor, certificate, transition)
    reason = _checked_reason(transition, declared.reason)
    _require_state(certificate, action)
    check_declared(action, declared, timezone.localdate(now))
    if action == "return":
        check_return_of(certificate, declared.ground, timezone.localdate(now))
    return reason


def require_possible(actor: Actor, certificate: Certificate, action: str) -> None:
    """Return if ``actor`` could carry out ``action`` now, so that nobody writes a reason in vain.

    Raises: NotFound, NotPermitted, Conflict ``wrong-state``.
    """
    _authorise(actor, certificate, CERTIFICATE.transition(action))
    _require_state(certificate, action)


@transaction.atomic
def expire_certificates(*, now: datetime) -> int:
    """Expire certificates whose last valid day is over, at most ``EXPIRY_BATCH``; returns how many.

    A loop calls it again until nothing is left; each list is signed once for the whole batch.
    """
    sources = [state.value for state in CERTIFICATE.transition("expire").sources]
    over = Q(state__in=sources, valid_until__lt=timezone.localdate(now))
    due = Certificate.system.filter(over).order_by("id").values_list("pk", "officer_id")
    owners = dict(due[:EXPIRY_BATCH])
    return len(carry_out_by_rule("expire", owners, over, "", now=now))


@transaction.atomic
def carry_out_by_rule(
    action: str, owners: Mapping[int, int], among: Q, reason: str, *, now: datetime
) -> list[Certificate]:
    """Move certificates to which a rule applies, at most some hundreds, and tell everybody once for all of them.

    ``owners`` is certificate to officer; ``among`` is asked once more of the locked rows. Returns what was moved.
    """
    officers = lock_officers(owners.values())
    sources = [state.value for state in CERTIFICATE.transition(action).sources]
    rows = Certificate.system.select_for_update(of=("self",)).filter(among, pk__in=owners, state__in=sources)
    changed_lists = set()
    moved = [row for row in rows.select_related("status_list").order_by("id") if row.officer_id in officers]
    for certificate in moved:
        certificate.officer = officers[certificate.officer_id]
        if _move(certificate, action, None, reason, now=now):
            changed_lists.add(certificate.status_list_id)
    follow_end(moved, None, now=now)
    follow_standing(moved, None, now=now)
    for list_id in sorted(changed_lists):
        reissue_list(list_id, now=now)
    for certificate in moved:
        announce_certificate(certificate, now=now)
    return moved


@transaction.atomic
def _apply(
    certificate: Certificate, action: str, actor: Actor, declared: Declared | None, now: datetime
) -> Certificate:
    """Raises: NotFound, NotPermitted, Conflict ``wrong-state``, InvalidInput ``reason-missing``/``reason-too-long``."""
    locked = locked_certificate(certificate.pk)
    if declared is not None:
        reason = check_act(actor, locked, action, declared, now=now)
    else:
        _authorise(actor, locked, CERTIFICATE.transition(action))
        reason = ""
    carry_out(locked, action, actor, reason, now=now, declared=declared)
    return locked


def carry_out(
    certificate: Certificate,
    action: str,
    actor: Actor | None,
    reason: str,
    *,
    now: datetime,
    declared: Declared | None = None,
) -> None:
    """Move a certificate that is locked, its officer before it, and tell everybody.

    The caller has decided on the right to it: by the table, or by what a transfer or a leaving carries with it.
    """
    was_told = certificate.state not in UNTOLD_STATES
    is_told_otherwise = _move(certificate, action, actor, reason, now=now, declared=declared)
    follow_end([certificate], actor, now=now)
    if is_told_otherwise:
        reissue_list(certificate.status_list_id, now=now)
    follow_standing([certificate], actor, now=now)
    if was_told or action == "record-production":
        announce_certificate(certificate, now=now)


def _move(
    certificate: Certificate,
    action: str,
    actor: Actor | None,
    reason: str,
    *,
    now: datetime,
    declared: Declared | None = None,
) -> bool:
    """Move the locked certificate; tells whether the public status list has to say something else now."""
    before = CertificateState(certificate.state)
    target = CertificateState(certificate.state_before) if action == "return" else None
    after = CertificateState(CERTIFICATE.next_state(action, before, target))
    certificate.state_before = before.value if action == "withhold" else ""
    certificate.state = after.value
    certificate.due_on = due_on(after, declared.until if declared else None, timezone.localdate(now))
    if action == "return" and notice_of(certificate) is not None:
        certificate.due_on = None  # it was published before it was withheld
    certificate.changed_at = now
    certificate.save(update_fields=["state", "state_before", "due_on", "changed_at"])
    CertificateEntry.objects.create(
        certificate=certificate,
        action=action,
        from_state=before.value,
        to_state=after.value,
        ground=declared.ground if declared else "",
        reason=reason,
        until=declared.until if declared else None,
        account_id=actor.account_id if actor else None,
        account_name=actor.name if actor else "",
        happened_at=now,
    )
    record(
        actor,
        f"certificate.{action}",
        f"certificate:{certificate.number}",
        f"{ENTRY_LABELS[action]} {certificate.officer.name} {certificate.number}",
        now=now,
        detail={
            "from": before.value,
            "to": after.value,
            "ground": declared.ground if declared else "",
            "reason": reason,
        },
    )
    return STATUS_LIST_VALUE[before] != STATUS_LIST_VALUE[after]


def _require_source(certificate: Certificate, action: str) -> None:
    CERTIFICATE.next_state(action, certificate.state)


def _require_state(certificate: Certificate, action: str) -> None:
    target = CertificateState(certificate.state_before) if certificate.state_before else None
    CERTIFICATE.next_state(action, certificate.state, target if action == "return" else None)


def _authorise(actor: Actor, certificate: Certificate, transition: Transition) -> None:
    if transition.permission is None:
        raise Conflict("done-by-the-system", N_("这一步由系统自动办理"))
    face = ACTION_FACES.get(transition.action)
    if face is not None and face.is_for_own_record and is_own(actor, certificate):
        return
    require(actor, transition.permission, certificate.place)


def _checked_reason(transition: Transition, reason: str) -> str:
    text = reason.strip()
    if transition.needs_reason and not text:
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    if len(text) > MAX_REASON:
        raise InvalidInput(
            "reason-too-long", N_("理由不能超过 %(limit)s 字"), place="reason", limit=MAX_REASON
        )
    return text
