"""Reading ceremonies: who may hold a part, and who has done what."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import KeyAct, KeyPart
from warrant.core.access import Role


def custodians() -> QuerySet[Account]:
    """Return this node's key custodians in office, by name."""
    return (
        Account.objects.filter(
            is_active=True,
            assignments__role=Role.KEY_CUSTODIAN,
            assignments__withdrawn_at=None,
            assignments__unit__code=settings.WARRANT_NODE.code,
        )
        .distinct()
        .order_by("display_name", "pk")
    )


def parts_of(act: KeyAct) -> QuerySet[KeyPart]:
    """Return the parts of a ceremony with their holders, without what is sealed."""
    return act.parts.select_related("holder").defer("sealed").order_by("pk")


__all__ = ["custodians", "parts_of"]
