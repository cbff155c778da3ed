"""Reading the card centre: what waits, what stands where, what the custodians have to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, FilteredRelation, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import Card, CardJob, KeyAct, KeySet, PeerTransportKey
from warrant.apps.cardcentre.types import JOB_FACES, KEY_ACT_LABELS, SUITE_LABELS, Face, KeyActKind
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors import certificates_with_last_person, holding_links
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.apps.officers.models import Officer
from warrant.apps.officers.types import ChainLink
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CardJobState, CardState, CertificateState, KeyActState

_OF_THE_COUNTING_JOB: tuple[str, ...] = (
    "counting_job__card__handed_over_by__agency",
    "counting_job__finished_by",
)
UNITS_SHOWN = 200
ALIVE = timedelta(seconds=10)
"""A step takes a fraction of a second: a running job without one for longer has nobody at work."""


def awaiting_production(viewer: Actor) -> QuerySet[Certificate]:
    """Return the certificates whose card the viewer may make now, oldest first."""
    rows = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    return (
        rows.filter(state=CertificateState.AWAITING_PRODUCTION)
        .exclude(card_jobs__state=CardJobState.RUNNING)
        .select_related("officer")
        .order_by("created_at", "id")
    )


def running_jobs(viewer: Actor) -> QuerySet[CardJob]:
    """Return the jobs that are not at their end, oldest first."""
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    return (
        CardJob.objects.filter(state=CardJobState.RUNNING, certificate__in=visible)
        .select_related("certificate__officer", "card", "started_by")
        .annotate(last_begun_at=Max("step_records__begun_at"), last_done_at=Max("step_records__done_at"))
        .order_by("created_at", "id")
    )


def job_for(viewer: Actor, pk: int) -> CardJob:
    """Return a job whose certificate the viewer may see cards of. Raises: NotFound."""
    job = (
        CardJob.objects.select_related("certificate__officer", "card", "started_by", "finished_by")
        .annotate(last_begun_at=Max("step_records__begun_at"), last_done_at=Max("step_records__done_at"))
        .filter(pk=pk, certificate__in=Certificate.objects.visible_to(viewer, Permission.CARD_VIEW))
        .first()
    )
    if job is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return job


def is_interrupted(job: CardJob, now: datetime) -> bool:
    """Tell whether a running job has nobody at work: it has told its trouble, or no step for a while."""
    if job.state != CardJobState.RUNNING:
        return False
    moments = [
        getattr(job, "last_begun_at", None),
        getattr(job, "last_done_at", None),
        job.started_at,
    ]
    return bool(job.trouble) or now - max(moment for moment in moments if moment) > ALIVE


def face_of(job: CardJob, now: datetime) -> Face:
    """Return how the job's state is called and coloured."""
    return JOB_FACES["interrupted" if is_interrupted(job, now) else job.state]


def trouble_text(trouble: Mapping[str, Any]) -> str:
    """Return what stopped a job, in the language of the request; empty if nothing did."""
    if not trouble:
        return ""
    fields = {name: _(str(value)) if value else "" for name, value in trouble["fields"].items()}
    text = _(trouble["message"])
    return text % fields if fields else text


def produced_for_hand_over(viewer: Actor) -> QuerySet[Certificate]:
    """Return the certificates whose finished card waits for its holder, oldest first."""
    rows = Certificate.objects.visible_to(viewer, Permission.CARD_HAND_OVER)
    return rows.filter(state=CertificateState.PRODUCED).select_related("officer").order_by("changed_at", "id")


def certificate_with_card(viewer: Actor, permission: Permission, number: str) -> Certificate:
    """Return a certificate in the viewer's reach by ``permission``. Raises: NotFound."""
    Certificate.objects.get_visible(viewer, permission, number=number)
    return Certificate.system.select_related("officer__agency", "status_list").get(number=number)


def cards_in_stock(viewer: Actor, state: str = "") -> QuerySet[Card]:
    """Return the node's cards by serial. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    rows = Card.objects.select_related("certificate__officer", "batch")
    return rows.filter(state=state) if state else rows


def card_counts(viewer: Actor) -> dict[CardState, int]:
    """Return how many cards stand in each state."""
    require(viewer, Permission.CARD_STOCK, NATION)
    counted = dict(Card.objects.order_by().values_list("state").annotate(Count("id")))
    return {state: counted.get(state.value, 0) for state in CardState}


def blanks_by_suite() -> dict[str, int]:
    """Return how many blanks of each cipher suite are left."""
    rows = (
        Card.objects.filter(state=CardState.BLANK).order_by().values_list("key_suite").annotate(Count("id"))
    )
    return {SUITE_LABELS.get(suite, suite): count for suite, count in rows}


def card_for(viewer: Actor, serial: str) -> Card:
    """Return one card of the stock. Raises: NotFound, NotPermitted."""
    card = cards_in_stock(viewer).filter(serial=serial).first()
    if card is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return card


def key_acts(viewer: Actor, *, is_waiting: bool) -> QuerySet[KeyAct]:
    """Return the acts that wait (oldest first), or those that are over (newest first)."""
    require(viewer, Permission.KEY_VIEW, NATION)
    rows = KeyAct.objects.select_related("proposed_by", "confirmed_by").defer("package")
    if is_waiting:
        return rows.filter(state=KeyActState.PROPOSED).order_by("proposed_at", "id")
    return rows.exclude(state=KeyActState.PROPOSED).order_by("-confirmed_at", "-id")


def key_act_for(viewer: Actor, pk: int) -> KeyAct:
    """Return one act. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.KEY_VIEW, NATION)
    act = KeyAct.objects.select_related("proposed_by", "confirmed_by").filter(pk=pk).first()
    if act is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return act


def key_sets(viewer: Actor) -> QuerySet[KeySet]:
    """Return the key sets that the register knows: the master's first, then by province."""
    require(viewer, Permission.KEY_VIEW, NATION)
    return KeySet.objects.order_by("kind", "province_code", "suite", "version")


def key_set_for(viewer: Actor, pk: int) -> KeySet:
    """Return one version of keys. Raises: NotFound, NotPermitted."""
    key_set = key_sets(viewer).filter(pk=pk).first()
    if key_set is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return key_set


def cards_with(key_set: KeySet) -> QuerySet[Card]:
    """Return the cards in people's hands, or on their way there, that carry keys of a version."""
    return Card.objects.filter(
        key_suite=key_set.suite,
        key_version=key_set.version,
        state__in=(CardState.RESERVED, CardState.PERSONALISED, CardState.HANDED_OVER),
    )


def cards_by_unit(viewer: Actor, key_set: KeySet) -> list[dict[str, Any]]:
    """Return how many cards carry keys of a version, by unit, the unit with most of them first."""
    require(viewer, Permission.KEY_VIEW, NATION)
    rows = cards_with(key_set).order_by().values("certificate__agency_name").annotate(count=Count("id"))
    return [
        {"agency": row["certificate__agency_name"] or "", "count": row["count"]}
        for row in rows.order_by("-count", "certificate__agency_name")[:UNITS_SHOWN]
    ]


def transport_keys(viewer: Actor) -> QuerySet[PeerTransportKey]:
    """Return the transport keys that provinces have sent up."""
    require(viewer, Permission.KEY_VIEW, NATION)
    return PeerTransportKey.objects.order_by("node_code")


def work_queues(actor: Actor) -> list[Queue]:
    """Return what waits for the viewer: cards to make, to take up again, to hand over, key acts to confirm."""
    certificate = ("number", "agency_name", "officer__name")
    queues: list[Queue] = []
    if actor.has_anywhere(Permission.CARD_PRODUCE):
        job = ("pk", "trouble", "created_at", "card__serial", "certificate__officer__name")
        queues.append(Queue(running_jobs(actor), job, _job_item))
        queues.append(Queue(awaiting_production(actor), (*certificate, "created_at"), _production_item))
    elif actor.has_anywhere(Permission.CARD_HAND_OVER):
        queues.append(Queue(produced_for_hand_over(actor), (*certificate, "changed_at"), _hand_over_item))
    if actor.has_anywhere(Permission.KEY_CUSTODY):
        waiting = KeyAct.objects.filter(state=KeyActState.PROPOSED).exclude(proposed_by_id=actor.account_id)
        act = ("pk", "kind", "parameters", "proposed_at", "proposed_by__display_name")
        queues.append(Queue(waiting.order_by("proposed_at"), act, _key_act_item))
    return queues


def _job_item(job: CardJob) -> WorkItem:
    return WorkItem(
        kind="card-job",
        title=_("制卡中断：%(name)s") % {"name": job.certificate.officer.name},
        detail=trouble_text(job.trouble)
        or _("卡 %(serial)s 没有制完") % {"serial": job.card.serial if job.card else ""},
        url=reverse("card-job-detail", args=[job.pk]),
        waiting_since=job.created_at,
        tone="broken",
    )


def _production_item(row: Certificate) -> WorkItem:
    return WorkItem(
        kind="card-production",
        title=_("待制卡：%(name)s") % {"name": row.officer.name},
        detail=f"{row.agency_name} {row.number}",
        url=f"{reverse('card-centre')}?certificate={row.number}",
        waiting_since=row.created_at,
    )


def _hand_over_item(row: Certificate) -> WorkItem:
    return WorkItem(
        kind="card-hand-over",
        title=_("待发放：%(name)s") % {"name": row.officer.name},
        detail=f"{row.agency_name} {row.number}",
        url=reverse("card-hand-over", args=[row.number]),
        waiting_since=row.changed_at,
    )


def _key_act_item(act: KeyAct) -> WorkItem:
    return WorkItem(
        kind="key-act",
        title=_("密钥操作待确认：%(act)s") % {"act": key_act_title(act)},
        detail=(act.proposed_by and act.proposed_by.display_name) or _("由系统提出，待第一名保管员核对"),
        url=reverse("key-act-detail", args=[act.pk]),
        waiting_since=act.proposed_at,
    )


def key_act_title(act: KeyAct) -> str:
    """Return what an act does, in one line: 下发分密钥 SM4 第 1 版 320000."""
    return _("%(kind)s %(suite)s 第 %(version)s 版") % {
        "kind": _(KEY_ACT_LABELS[KeyActKind(act.kind)]),
        "suite": SUITE_LABELS.get(act.parameters["suite"], act.parameters["suite"]),
        "version": act.parameters["version"],
    }


def glances(actor: Actor) -> list[Glance]:
    """Return the blanks in stock and the cards to make, for who makes them."""
    if not actor.has_anywhere(Permission.CARD_STOCK):
        return []
    blanks = Card.objects.filter(state=CardState.BLANK)
    return [Glance(_("空白卡"), blanks, f"{reverse('card-stock')}?state=blank")]


def key_glances(actor: Actor) -> list[Glance]:
    """Return the key acts that wait for a second custodian and the key sets in the register, for the custodians."""
    if not is_permitted(actor, Permission.KEY_VIEW, NATION):
        return []
    url = reverse("key-acts")
    return [
        Glance(_("待确认的密钥操作"), key_acts(actor, is_waiting=True), url),
        Glance(_("密钥版本"), key_sets(actor), url),
    ]


def chain_links(officer: Officer) -> list[ChainLink]:
    """Return the links *card made* and *handed over* of the officer's newest certificate, and where it is broken.

    All in one query: of the jobs of a certificate at most one is not spoiled (``card_job_one_open``).
    """
    made, handed = _("制卡"), _("发放")
    job_that_counts = FilteredRelation("card_jobs", condition=~Q(card_jobs__state=CardJobState.SPOILED))
    certificate = (
        certificates_with_last_person(officer)
        .annotate(counting_job=job_that_counts)
        .select_related(*_OF_THE_COUNTING_JOB)
        .first()
    )
    if certificate is None:
        return [ChainLink(title=made, order=70), ChainLink(title=handed, order=80)]
    job: CardJob | None = getattr(certificate, "counting_job", None)
    return [*_card_links(certificate, job, made, handed), *holding_links(certificate)]


def _card_links(certificate: Certificate, job: CardJob | None, made: str, handed: str) -> list[ChainLink]:
    centre = settings.WARRANT_NODE.name
    if job is None or job.state != CardJobState.FINISHED:
        return [_making_link(certificate, job, made, centre), ChainLink(title=handed, order=80)]
    person = job.finished_by.display_name if job.finished_by else ""
    first = ChainLink(title=made, tone="whole", at=job.finished_at, unit=centre, person=person, order=70)
    card = job.card
    if card is None or card.handed_over_at is None:
        return [first, ChainLink(title=handed, tone="current", note=_("待本人签收"), order=80)]
    giver = card.handed_over_by
    return [
        first,
        ChainLink(
            title=handed,
            tone="whole",
            at=card.handed_over_at,
            unit=giver.agency.name if giver else "",
            person=giver.display_name if giver else "",
            order=80,
        ),
    ]


def _making_link(certificate: Certificate, job: CardJob | None, title: str, centre: str) -> ChainLink:
    if certificate.state != CertificateState.AWAITING_PRODUCTION:
        return ChainLink(title=title, order=70)
    note = trouble_text(job.trouble) if job is not None else _("等待制卡中心制卡")
    return ChainLink(title=title, tone="current", unit=centre, note=note, order=70)
