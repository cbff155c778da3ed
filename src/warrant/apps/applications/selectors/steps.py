"""What may be done next about an officer's qualification; asks no question of the database."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import ChainLink, ListAction, NextStep
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_
from warrant.core.lifecycle import CertificateState, OfficerState

FIRST_STEP = 30
"""Links of the chain before this one (recorded, trained) are no case yet."""

START_CHOSEN = ListAction(
    "start-applications",
    N_("发起资格申请"),
    Permission.APPLICATION_PREPARE,
    "application-start",
    "file-check",
)
_HOLDING = frozenset(
    state.value
    for state in CertificateState
    if state not in (CertificateState.CANCELLED, CertificateState.REVOKED, CertificateState.EXPIRED)
)


def officer_steps(viewer: Actor, officer: Officer, links: Sequence[ChainLink]) -> list[NextStep]:
    """Offer an application to whoever may prepare one, and say to all others for whom it waits.

    Nothing while a case is on its way or a certificate is held, and for whoever left or belongs to another node.
    """
    is_under_way = any(link.tone == "current" and link.order >= FIRST_STEP for link in links)
    if is_under_way or officer.certificate_state in _HOLDING:
        return []
    if officer.state != OfficerState.ACTIVE or officer.owner_node:
        return []
    if is_permitted(viewer, Permission.APPLICATION_PREPARE, officer.place) and not is_own(viewer, officer):
        return [NextStep(_("发起资格申请"), reverse("application-new", args=[officer.pk]))]
    return [NextStep(_("等待%(unit)s发起资格申请") % {"unit": officer.agency.name}, is_waiting=True)]
