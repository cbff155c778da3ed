"""Handing the finished card to its holder: from that moment the certificate is valid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob, ParcelLine
from warrant.apps.cardcentre.services import stock
from warrant.apps.certificates import services as certificates
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import CardJobState


@transaction.atomic
def record_hand_over(actor: Actor, certificate: Certificate, received_by_name: str, *, now: datetime) -> Card:
    """Record that the holder signed for the card; ``received_by_name`` is who signed, who must be the holder.

    Raises: InvalidInput ``not-the-holder``; Conflict ``card-missing``, ``made-by-yourself``, ``card-under-way``,
    ``wrong-state``.
    """
    require(actor, Permission.CARD_HAND_OVER, certificate.place)
    certificate = certificates.locked_certificate(certificate.pk)
    job = CardJob.objects.filter(certificate=certificate, state=CardJobState.FINISHED).first()
    card = Card.objects.select_for_update(of=("self",)).filter(jobs=job).first() if job else None
    if job is None or card is None:
        raise Conflict("card-missing", N_("该证件还没有制成的卡"))
    if actor.account_id in (job.started_by_id, job.finished_by_id):
        raise Conflict("made-by-yourself", N_("制卡的人不能自己发放这张卡，须由另一人发放"))
    line = ParcelLine.objects.select_related("parcel").filter(card=card).first()
    if line is not None and line.arrived_at is None:
        raise Conflict(
            "card-under-way",
            N_("这张卡在第 %(parcel)s 号包裹中，还没有点收；先点收包裹，再发放"),
            parcel=line.parcel_id,
        )
    signed_by = " ".join(received_by_name.split())
    if signed_by != certificate.officer.name:
        raise InvalidInput(
            "not-the-holder",
            N_("执法证件须由持证人本人签收，请填写与证件一致的姓名"),
            place="received_by_name",
        )
    card = stock.mark_issued(card=card, received_by_name=signed_by, actor=actor, now=now)
    record(actor, "card.handed-over", f"card:{card.serial}", f"{certificate.number} {signed_by}", now=now)
    certificates.hand_over(actor, certificate, now=now)
    return card
