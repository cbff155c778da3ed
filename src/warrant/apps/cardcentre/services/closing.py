"""Closing a store's day: what lies there is counted by serial by one person and confirmed by another."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import CardStore, StockDay
from warrant.apps.cardcentre.selectors.balance import (
    balance_between,
    figures_of,
    last_day,
    lying_serials,
    states_of,
    unbooked_cards,
)
from warrant.apps.cardcentre.services.ledger import book_all, locked_cards
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import STOCK_DAY, StockDayState
from warrant.core.lifecycle.stock import LYING
from warrant.core.standards.card_serial import parse_serials

COUNT_LIMIT = 50_000


@transaction.atomic
def close_day(actor: Actor, store: CardStore, found: str, explanation: str, *, now: datetime) -> StockDay:
    """Close a store's day with the serials found there; what happens later belongs to the day after.

    ``found`` lists every card that lies in the store: blank, spoiled, taken back. What differs from the books is kept
    by serial and must be explained.

    Raises: InvalidInput ``difference-unexplained`` and what lists of serials raise; Conflict ``day-closed``,
    ``day-unconfirmed``, ``books-disagree``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    store = CardStore.objects.select_for_update(of=("self",)).get(pk=store.pk)
    last = last_day(store)
    on = timezone.localtime(now).date()
    if last is not None and last.state == StockDayState.CLOSED:
        raise Conflict("day-unconfirmed", N_("“%(store)s”上一次日结还没有确认"), store=store.name)
    if last is not None and last.on >= on:
        raise Conflict("day-closed", N_("“%(store)s”今天已经日结"), store=store.name)
    (state,) = states_of([store])
    if not state.agrees:
        raise Conflict(
            "books-disagree",
            N_("“%(store)s”账卡不符，请先查明：%(serials)s"),
            store=store.name,
            serials=", ".join(unbooked_cards(store, 5)) or "—",
        )
    seen = set(parse_serials(found, "found", COUNT_LIMIT))
    booked = lying_serials(store)
    missing, surplus = sorted(booked - seen), sorted(seen - booked)
    if (missing or surplus) and not explanation.strip():
        raise InvalidInput(
            "difference-unexplained",
            N_(
                "账上有而没有盘到 %(missing)s 张，盘到而账上没有 %(surplus)s 张：请再盘一次，仍不符时写明情况"
            ),
            place="explanation",
            missing=len(missing),
            surplus=len(surplus),
        )
    try:
        with transaction.atomic():
            day = StockDay.objects.create(
                store=store,
                on=on,
                began_at=last.closed_at if last else None,
                figures=figures_of(state.balance),
                counted=len(seen),
                missing=missing,
                surplus=surplus,
                explanation=explanation.strip()[:300],
                closed_by_id=actor.account_id,
                closed_at=now,
            )
    except IntegrityError as error:
        raise Conflict("day-closed", N_("“%(store)s”今天已经日结"), store=store.name) from error
    told = f"{store.name} {on}: {len(seen)}"
    if day.has_difference:
        told += f"; -{len(missing)} {' '.join(missing[:20])}; +{len(surplus)} {' '.join(surplus[:20])}"
    record(actor, "stock-day.closed", f"stock-day:{day.pk}", told, now=now)
    return day


@transaction.atomic
def confirm_day(actor: Actor, day: StockDay, *, now: datetime) -> StockDay:
    """Confirm a closed day as a second person; cards on the books and not found are lost from then on.

    Raises: NotPermitted ``confirmed-by-closer``; Conflict ``wrong-state``, ``day-changed`` if a line of the day came
    in after it was closed.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    day = _locked(day)
    state = STOCK_DAY.next_state("confirm", day.state)
    _refuse_closer(actor, day)
    last = None
    if day.began_at is not None:
        before = StockDay.objects.filter(store=day.store, closed_at=day.began_at)
        last = before.exclude(state=StockDayState.REJECTED).first()
    if figures_of(balance_between(day.store, last, day.closed_at)) != day.figures:
        raise Conflict("day-changed", N_("日结之后账目有补记，请退回重新盘点"))
    cards = locked_cards(day.missing)
    gone = [card for card in cards if card.state in LYING and card.store_id == day.store_id]
    if gone:
        book_all(
            gone,
            "lose",
            second_id=day.closed_by_id,
            remark=day.explanation,
            actor=actor,
            now=now,
            movement=None,
            destruction=None,
        )
    day.state, day.decided_by_id, day.decided_at = state, actor.account_id, now
    day.save(update_fields=["state", "decided_by", "decided_at"])
    record(
        actor,
        "stock-day.confirmed",
        f"stock-day:{day.pk}",
        f"{day.store.name} {day.on}; -{len(gone)}",
        now=now,
    )
    return day


@transaction.atomic
def reject_day(actor: Actor, day: StockDay, reason: str, *, now: datetime) -> StockDay:
    """Send a closed day back, to be counted again.

    Raises: InvalidInput ``reason-missing``; NotPermitted ``confirmed-by-closer``; Conflict ``wrong-state``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    day = _locked(day)
    state = STOCK_DAY.next_state("reject", day.state)
    _refuse_closer(actor, day)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    day.state, day.decided_by_id, day.decided_at = state, actor.account_id, now
    day.reason = reason.strip()[:300]
    day.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record(
        actor,
        "stock-day.rejected",
        f"stock-day:{day.pk}",
        f"{day.store.name} {day.on}: {day.reason}",
        now=now,
    )
    return day


def _refuse_closer(actor: Actor, day: StockDay) -> None:
    if actor.account_id == day.closed_by_id:
        raise NotPermitted("confirmed-by-closer", N_("盘点的人不能确认自己的日结，须由另一人确认"))


def _locked(day: StockDay) -> StockDay:
    return StockDay.objects.select_for_update(of=("self",)).select_related("store").get(pk=day.pk)
