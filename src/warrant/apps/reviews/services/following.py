"""Lines go where their officer goes, and results that a station wrote to a card are noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.reviews.models import ReviewLine
from warrant.core.access import Actor, Permission, Place, require
from warrant.core.errors import N_, NotFound


def follow_transfer(
    officer: Officer,
    old_place: Place,
    new_place: Place,
    *,
    effective_on: date,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Move the officer's lines to the new unit."""
    ReviewLine.system.filter(officer=officer).update(
        province_unit=new_place.province_id,
        city_unit=new_place.city_id,
        county_unit=new_place.county_id,
        agency_unit=new_place.agency_id,
    )


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Point the lines of the record that goes at the one that stays."""
    place = kept.place
    ReviewLine.system.filter(officer=gone).update(
        officer=kept,
        province_unit=place.province_id,
        city_unit=place.city_id,
        county_unit=place.county_id,
        agency_unit=place.agency_id,
    )


@transaction.atomic
def chip_written(
    actor: Actor, certificate_pk: int, line_keys: Sequence[int], chip_serial: str, *, now: datetime
) -> int:
    """Note that a station wrote these results to the certificate's card and read them back; returns how many.

    Raises: NotFound (also for a line of another certificate), NotPermitted: for whoever makes cards.
    """
    rows = ReviewLine.system.select_for_update(of=("self",)).select_related("certificate", "campaign")
    lines = list(rows.filter(certificate=certificate_pk, pk__in=line_keys).order_by("pk"))
    if len(lines) != len(set(line_keys)):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    written = [line for line in lines if line.chip_written_at is None]
    for line in lines:
        require(actor, Permission.CARD_PRODUCE, line.place)
    for line in written:
        line.chip_written_at = now
        number = line.certificate.number
        record(
            actor,
            "review.written-to-chip",
            f"certificate:{number}",
            f"{line.campaign.year} {number}",
            now=now,
            detail={"chip": chip_serial, "result": line.state},
        )
    ReviewLine.system.bulk_update(written, ["chip_written_at"])
    return len(written)
