"""Reading parcels: what may be sent, what is under way, what was found at the count."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from warrant.apps.cardcentre.models import Card, Parcel, ParcelLine
from warrant.apps.certificates.models import Certificate
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import CardState, CertificateState


def cards_to_send(viewer: Actor, agency_pk: int | None = None) -> QuerySet[Card]:
    """Return finished cards that lie at the centre, by certificate number; of one unit if asked."""
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    certificates = visible.filter(state=CertificateState.PRODUCED)
    if agency_pk is not None:
        certificates = certificates.filter(agency_unit=agency_pk)
    sent = ParcelLine.objects.filter(card=OuterRef("pk"))
    return (
        Card.objects.filter(~Exists(sent), state=CardState.PERSONALISED, certificate__in=certificates)
        .select_related("certificate__officer")
        .order_by("certificate__number")
    )


def units_to_send_to(viewer: Actor) -> list[tuple[int, str]]:
    """Return units with cards to send: id, name and how many; most cards first. Two queries."""
    rows = cards_to_send(viewer).select_related(None).order_by()
    counts = dict(
        rows.exclude(certificate__agency_unit=None)
        .values_list("certificate__agency_unit")
        .annotate(Count("pk"))
    )
    names = dict(Agency.objects.filter(pk__in=counts).values_list("pk", "name"))
    ordered = sorted(names, key=lambda pk: (-counts[pk], names[pk]))
    return [(pk, f"{names[pk]} · {counts[pk]}") for pk in ordered]


def parcels_for(viewer: Actor) -> QuerySet[Parcel]:
    """Return parcels in the viewer's scope, the newest first, each with how many cards have arrived."""
    rows = Parcel.objects.visible_to(viewer, Permission.CARD_VIEW)
    return (
        rows.select_related("agency", "sent_by", "received_by")
        .annotate(arrived=Count("lines", filter=Q(lines__arrived_at__isnull=False)))
        .order_by("-id")
    )


def parcel_for(viewer: Actor, pk: int, permission: Permission = Permission.CARD_VIEW) -> Parcel:
    """Return a parcel in the viewer's scope. Raises: NotFound."""
    Parcel.objects.get_visible(viewer, permission, pk=pk)
    return Parcel.system.select_related("agency", "sent_by", "received_by").get(pk=pk)


def lines_of(parcel: Parcel) -> list[ParcelLine]:
    """Return the cards of a parcel by certificate number."""
    rows = parcel.lines.select_related("card", "certificate__officer")
    return list(rows.order_by("certificate__number"))


def open_parcels(viewer: Actor) -> QuerySet[Parcel]:
    """Return parcels that wait to be opened and counted by the viewer, oldest first."""
    rows = Parcel.objects.visible_to(viewer, Permission.CARD_HAND_OVER)
    return rows.filter(received_at=None).exclude(sent_by=viewer.account_id).order_by("sent_at")
