"""What waits at the card centre and for the custodians, and their figures at a glance."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import (
    CardBatch,
    CardDestruction,
    CardJob,
    CardMovement,
    KeyAct,
    Parcel,
    Sam,
    SamCount,
    StockDay,
)
from warrant.apps.cardcentre.selectors.balance import days_waiting, destructions_waiting
from warrant.apps.cardcentre.selectors.jobs import (
    awaiting_production,
    produced_for_hand_over,
    running_jobs,
    trouble_text,
)
from warrant.apps.cardcentre.selectors.keys import key_act_title, key_acts, key_sets
from warrant.apps.cardcentre.selectors.parcels import open_parcels
from warrant.apps.cardcentre.selectors.stock import batches_waiting, blanks_at, movements_waiting
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.lifecycle import BatchState, CardJobState, KeyActState, SamCountState, SamState


def work_queues(actor: Actor) -> list[Queue]:
    """Return what waits for the viewer: cards to make, to take up again, to hand over, key acts to confirm."""
    certificate = ("number", "agency_name", "officer__name")
    queues: list[Queue] = []
    if actor.has_anywhere(Permission.CARD_PRODUCE):
        job = ("pk", "state", "trouble", "created_at", "card__serial", "certificate__officer__name")
        queues.append(Queue(running_jobs(actor), job, _job_item))
        queues.append(Queue(awaiting_production(actor), (*certificate, "created_at"), _production_item))
    elif actor.has_anywhere(Permission.CARD_HAND_OVER):
        parcel = ("pk", "card_count", "carrier", "sent_at", "agency__name")
        queues.append(Queue(open_parcels(actor), parcel, _parcel_item))
        queues.append(Queue(produced_for_hand_over(actor), (*certificate, "changed_at"), _hand_over_item))
    if is_permitted(actor, Permission.CARD_STOCK, NATION):
        batch = ("pk", "number", "count", "supplier", "state", "received_at", "counted_at")
        queues.append(Queue(batches_waiting(actor), batch, _batch_item))
        movement = ("pk", "count", "given_at", "from_store__name", "to_store__name", "given_by__display_name")
        queues.append(Queue(movements_waiting(actor), movement, _movement_item))
        queues.append(Queue(days_waiting(actor), ("pk", "on", "store__name", "closed_at"), _day_item))
    if is_permitted(actor, Permission.CARD_VIEW, NATION):
        destruction = ("pk", "count", "proposed_at", "store__name", "proposed_by__display_name")
        queues.append(Queue(destructions_waiting(actor), destruction, _destruction_item))
    if actor.has_anywhere(Permission.KEY_CUSTODY):
        waiting = KeyAct.objects.filter(state=KeyActState.PROPOSED).exclude(proposed_by_id=actor.account_id)
        act = ("pk", "kind", "parameters", "proposed_at", "proposed_by__display_name")
        queues.append(Queue(waiting.order_by("proposed_at"), act, _key_act_item))
        stopped = KeyAct.objects.filter(state=KeyActState.STOPPED, reason="")
        queues.append(Queue(stopped.order_by("proposed_at"), act, _stopped_act_item))
    return queues


def sam_work_queues(actor: Actor) -> list[Queue]:
    """Return what a second custodian has to do about SAMs, on a node that keeps them."""
    if not actor.has_anywhere(Permission.KEY_CUSTODY):
        return []
    arrived = Sam.objects.filter(state=SamState.ARRIVED).exclude(received_by_id=actor.account_id)
    condemned = Sam.objects.filter(state=SamState.CONDEMNED).exclude(condemned_by_id=actor.account_id)
    counts = SamCount.objects.filter(state=SamCountState.COUNTED).exclude(counted_by_id=actor.account_id)
    sam = ("pk", "serial", "state", "supplier", "changed_at")
    return [
        Queue(arrived.order_by("changed_at"), sam, _sam_item),
        Queue(condemned.order_by("changed_at"), sam, _sam_item),
        Queue(
            counts.order_by("counted_at"), ("pk", "counted_at", "counted_by__display_name"), _sam_count_item
        ),
    ]


def _sam_item(sam: Sam) -> WorkItem:
    is_new = sam.state == SamState.ARRIVED
    return WorkItem(
        kind="sam",
        title=(_("待核对 SAM 卡：%(serial)s") if is_new else _("待见证销毁 SAM 卡：%(serial)s"))
        % {"serial": sam.serial},
        detail=sam.supplier,
        url=reverse("sam-detail", args=[sam.serial]),
        waiting_since=sam.changed_at,
    )


def _sam_count_item(count: SamCount) -> WorkItem:
    return WorkItem(
        kind="sam-count",
        title=_("待确认 SAM 卡盘点"),
        detail=count.counted_by.display_name,
        url=reverse("sam-count-detail", args=[count.pk]),
        waiting_since=count.counted_at,
    )


def _job_item(job: CardJob) -> WorkItem:
    serial = job.card.serial if job.card else ""
    if job.state == CardJobState.MADE:
        return WorkItem(
            kind="card-check",
            title=_("待质检：%(name)s") % {"name": job.certificate.officer.name},
            detail=_("卡 %(serial)s 已写好芯片") % {"serial": serial},
            url=reverse("card-job-detail", args=[job.pk]),
            waiting_since=job.created_at,
        )
    return WorkItem(
        kind="card-job",
        title=_("制卡中断：%(name)s") % {"name": job.certificate.officer.name},
        detail=trouble_text(job.trouble) or _("卡 %(serial)s 没有制完") % {"serial": serial},
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


def _parcel_item(row: Parcel) -> WorkItem:
    return WorkItem(
        kind="card-parcel",
        title=_("包裹待点收：%(count)s 张证卡") % {"count": row.card_count},
        detail=f"{row.agency.name} {row.carrier}",
        url=reverse("card-parcel", args=[row.pk]),
        waiting_since=row.sent_at,
    )


def _hand_over_item(row: Certificate) -> WorkItem:
    return WorkItem(
        kind="card-hand-over",
        title=_("待发放：%(name)s") % {"name": row.officer.name},
        detail=f"{row.agency_name} {row.number}",
        url=reverse("card-hand-over", args=[row.number]),
        waiting_since=row.changed_at,
    )


def _batch_item(batch: CardBatch) -> WorkItem:
    is_counted = batch.state == BatchState.DIFFERENT
    return WorkItem(
        kind="card-batch",
        title=(_("处理清点差异：%(batch)s") if is_counted else _("待清点到货：%(batch)s"))
        % {"batch": batch.number or batch.pk},
        detail=_("%(supplier)s，%(count)s 张") % {"supplier": batch.supplier, "count": batch.count},
        url=reverse("card-batch-detail", args=[batch.pk]),
        waiting_since=batch.counted_at or batch.received_at,
        tone="broken" if is_counted else "waiting",
    )


def _movement_item(movement: CardMovement) -> WorkItem:
    return WorkItem(
        kind="card-movement",
        title=_("待接收移交：%(source)s → %(target)s，%(count)s 张")
        % {
            "source": movement.from_store.name,
            "target": movement.to_store.name,
            "count": movement.count,
        },
        detail=movement.given_by.display_name,
        url=reverse("card-movement-detail", args=[movement.pk]),
        waiting_since=movement.given_at,
    )


def _day_item(day: StockDay) -> WorkItem:
    return WorkItem(
        kind="stock-day",
        title=_("待确认日结：%(store)s %(day)s") % {"store": day.store.name, "day": day.on},
        detail="",
        url=reverse("stock-day-detail", args=[day.pk]),
        waiting_since=day.closed_at,
    )


def _destruction_item(destruction: CardDestruction) -> WorkItem:
    return WorkItem(
        kind="card-destruction",
        title=_("待见证销毁：%(store)s，%(count)s 张")
        % {"store": destruction.store.name, "count": destruction.count},
        detail=destruction.proposed_by.display_name,
        url=reverse("card-destruction-detail", args=[destruction.pk]),
        waiting_since=destruction.proposed_at,
    )


def _key_act_item(act: KeyAct) -> WorkItem:
    return WorkItem(
        kind="key-act",
        title=_("密钥操作待确认：%(act)s") % {"act": key_act_title(act)},
        detail=(act.proposed_by and act.proposed_by.display_name) or _("由系统提出，待第一名保管员核对"),
        url=reverse("key-act-detail", args=[act.pk]),
        waiting_since=act.proposed_at,
    )


def _stopped_act_item(act: KeyAct) -> WorkItem:
    return WorkItem(
        kind="key-act-stopped",
        title=_("电话比对不符，待查明：%(act)s") % {"act": key_act_title(act)},
        detail=_("操作已停止，密钥没有变动"),
        url=reverse("key-act-detail", args=[act.pk]),
        waiting_since=act.proposed_at,
    )


def glances(actor: Actor) -> list[Glance]:
    """Return the blanks in stock and the cards to make, for who makes them."""
    if not actor.has_anywhere(Permission.CARD_STOCK):
        return []
    return [Glance(_("制卡点空白卡"), blanks_at(), f"{reverse('card-stock')}?state=blank")]


def key_glances(actor: Actor) -> list[Glance]:
    """Return the key acts that wait for a second custodian and the key sets in the register, for the custodians."""
    if not is_permitted(actor, Permission.KEY_VIEW, NATION):
        return []
    url = reverse("key-acts")
    return [
        Glance(_("待确认的密钥操作"), key_acts(actor, is_waiting=True), url),
        Glance(_("密钥版本"), key_sets(actor), url),
    ]
