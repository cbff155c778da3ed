"""Finished cards go to their unit in a parcel, which the unit opens and counts; two people, two places."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, Parcel, ParcelLine
from warrant.apps.cardcentre.selectors.parcels import cards_to_send
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput

PARCEL_MOST = 200


@transaction.atomic
def send_parcel(actor: Actor, agency: Agency, carrier: str, *, now: datetime) -> Parcel:
    """Send all finished cards of a unit that lie at the centre, 200 at most.

    Raises: InvalidInput ``carrier-missing``; Conflict ``nothing-to-send``.
    """
    require(actor, Permission.CARD_PRODUCE, agency.place)
    how = " ".join(carrier.split())
    if not how:
        raise InvalidInput("carrier-missing", N_("请写明交寄方式"), place="carrier")
    # The unit's row is the lock: of two who send at once the second finds nothing left.
    Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    wanted = list(cards_to_send(actor, agency.pk).values_list("pk", flat=True)[:PARCEL_MOST])
    cards = list(Card.objects.filter(pk__in=wanted).order_by("pk"))
    if not cards:
        raise Conflict("nothing-to-send", N_("%(unit)s没有待寄的证卡"), unit=agency.name)
    parcel = Parcel(
        agency=agency, carrier=how[:120], card_count=len(cards), sent_by_id=actor.account_id, sent_at=now
    )
    parcel.put_at(agency.place)
    parcel.save()
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, card=card, certificate_id=card.certificate_id)
        for card in cards
        if card.certificate_id is not None
    )
    record(
        actor,
        "card-parcel.sent",
        f"card-parcel:{parcel.pk}",
        f"{agency.name} ({len(cards)}) {how}",
        now=now,
        detail={"serials": [card.serial for card in cards]},
    )
    return parcel


@transaction.atomic
def receive_parcel(
    actor: Actor, parcel: Parcel, arrived: Collection[int], note: str, *, now: datetime
) -> Parcel:
    """Record which cards (ids of lines) were in the parcel. May be called again when a missing card turns up.

    Raises: InvalidInput ``difference-unexplained`` if cards are missing and nothing is said; Conflict
    ``sent-by-yourself``, ``nothing-new``.
    """
    parcel = Parcel.system.select_for_update(of=("self",)).select_related("agency").get(pk=parcel.pk)
    require(actor, Permission.CARD_HAND_OVER, parcel.place)
    if parcel.sent_by_id == actor.account_id:
        raise Conflict("sent-by-yourself", N_("寄出包裹的人不能自己点收，须由收件单位的另一人点收"))
    lines = list(parcel.lines.select_for_update(of=("self",)).select_related("card").order_by("pk"))
    new = [line for line in lines if line.arrived_at is None and line.pk in arrived]
    missing = [line.card.serial for line in lines if line.arrived_at is None and line.pk not in arrived]
    said = " ".join(note.split())
    if parcel.received_at is not None and not new:
        raise Conflict("nothing-new", N_("这个包裹已经点收；没有新到的卡可记"))
    if missing and not said and not parcel.note:
        raise InvalidInput(
            "difference-unexplained",
            N_("少 %(count)s 张卡：请写明点收情况（包装是否完好、已向谁报告）"),
            place="note",
            count=len(missing),
        )
    for line in new:
        line.arrived_at = now
    ParcelLine.objects.bulk_update(new, ["arrived_at"])
    if parcel.received_at is None:
        parcel.received_at, parcel.received_by_id = now, actor.account_id
    parcel.note = (said or parcel.note)[:300]
    parcel.save(update_fields=["received_at", "received_by", "note"])
    record(
        actor,
        "card-parcel.received",
        f"card-parcel:{parcel.pk}",
        f"{parcel.agency.name} {len(new)}/{len(lines)} {said}",
        now=now,
        detail={"arrived": [line.card.serial for line in new], "missing": missing},
    )
    return parcel
