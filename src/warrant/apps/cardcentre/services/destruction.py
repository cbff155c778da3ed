"""Destroying spoiled and returned cards: proposed by who keeps them, seen by two witnesses, each in the own session."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardDestruction, CardStore
from warrant.apps.cardcentre.services.ledger import book_all, locked_cards
from warrant.apps.cardcentre.services.movements import cards_lying
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import CARD_DESTRUCTION, CardState, DestructionState
from warrant.core.ports import PaperLetter, PaperSection
from warrant.core.standards.card_serial import as_ranges, parse_serials

DESTRUCTION_LIMIT = 2000


@transaction.atomic
def propose_destruction(
    actor: Actor, store: CardStore, serials: str, method: str, *, now: datetime
) -> CardDestruction:
    """List spoiled and returned cards of a store for destruction; they are nobody's until two witnesses have seen it.

    Raises: InvalidInput ``method-missing``, ``cards-missing``, ``card-not-here``, ``card-still-blank`` and what lists
    of serials raise; Conflict ``card-on-its-way``, ``card-condemned``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    if not method.strip():
        raise InvalidInput("method-missing", N_("请写明销毁方式"), place="method")
    cards = cards_lying(store, parse_serials(serials, "serials", DESTRUCTION_LIMIT), "serials")
    blank = next((card for card in cards if card.state == CardState.BLANK), None)
    if blank is not None:
        raise InvalidInput(
            "card-still-blank",
            N_("卡 %(serial)s 是空白卡，须先作废才能销毁"),
            place="serials",
            serial=blank.serial,
        )
    ranges = as_ranges(card.serial for card in cards)
    destruction = CardDestruction.objects.create(
        store=store,
        ranges=[[stretch.first, stretch.last] for stretch in ranges],
        count=len(cards),
        method=method.strip()[:80],
        proposed_by_id=actor.account_id,
        proposed_at=now,
    )
    _hold(cards, destruction)
    listed = " ".join(str(stretch) for stretch in ranges[:20])
    record(
        actor,
        "cards.destruction-proposed",
        f"card-destruction:{destruction.pk}",
        f"{store.name}: {len(cards)}; {listed}",
        now=now,
    )
    return destruction


@transaction.atomic
def witness_destruction(actor: Actor, destruction: CardDestruction, *, now: datetime) -> CardDestruction:
    """Say that one saw the cards destroyed; with the second witness they are destroyed on the books.

    Raises: NotPermitted ``witness-not-independent``; Conflict ``wrong-state``, ``destruction-changed``.
    """
    require(actor, Permission.CARD_VIEW, NATION)
    destruction = _locked(destruction)
    is_second = destruction.state == DestructionState.WITNESSED
    target = DestructionState.DONE if is_second else DestructionState.WITNESSED
    state = CARD_DESTRUCTION.next_state("witness", destruction.state, target)
    if actor.account_id in (destruction.proposed_by_id, destruction.first_witness_id):
        raise NotPermitted(
            "witness-not-independent", N_("提出销毁的人和第一见证人不能再作见证，须由另一人见证")
        )
    subject = f"card-destruction:{destruction.pk}"
    destruction.state = state
    if not is_second:
        destruction.first_witness_id, destruction.first_witnessed_at = actor.account_id, now
        destruction.save(update_fields=["state", "first_witness", "first_witnessed_at"])
        record(actor, "cards.destruction-witnessed", subject, str(destruction.count), now=now)
        return destruction
    cards = _cards_of(destruction)
    book_all(
        cards,
        "destroy",
        actor=actor,
        second_id=destruction.first_witness_id,
        now=now,
        remark=destruction.method,
    )
    destruction.second_witness_id, destruction.second_witnessed_at = actor.account_id, now
    destruction.save(update_fields=["state", "second_witness", "second_witnessed_at"])
    record(actor, "cards.destroyed", subject, f"{len(cards)}; {destruction.method}", now=now)
    return destruction


@transaction.atomic
def withdraw_destruction(
    actor: Actor, destruction: CardDestruction, reason: str, *, now: datetime
) -> CardDestruction:
    """Take cards off the list again, before the second witness has spoken.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    destruction = _locked(destruction)
    state = CARD_DESTRUCTION.next_state("withdraw", destruction.state)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    _hold(_listed(destruction), None)
    destruction.state, destruction.reason = state, reason.strip()[:300]
    destruction.withdrawn_by_id, destruction.withdrawn_at = actor.account_id, now
    destruction.save(update_fields=["state", "reason", "withdrawn_by", "withdrawn_at"])
    record(
        actor,
        "cards.destruction-withdrawn",
        f"card-destruction:{destruction.pk}",
        destruction.reason,
        now=now,
    )
    return destruction


@transaction.atomic
def print_destruction(actor: Actor, destruction: CardDestruction, *, now: datetime) -> bytes:
    """Return the record of a destruction as PDF, every serial on it, for three people to sign.

    Raises: Conflict ``destruction-withdrawn``.
    """
    require(actor, Permission.CARD_VIEW, NATION)
    if destruction.state == DestructionState.WITHDRAWN:
        raise Conflict("destruction-withdrawn", N_("已撤回的销毁没有记录可打印"))
    target = BytesIO()
    foot = watermark(actor, unit_name(actor), _("证卡销毁记录"), now=now)
    paper_printer().print_letter(_letter(destruction, foot), target)
    record(
        actor,
        "cards.destruction-printed",
        f"card-destruction:{destruction.pk}",
        str(destruction.count),
        now=now,
    )
    return target.getvalue()


def _letter(destruction: CardDestruction, foot: str) -> PaperLetter:
    facts = [
        (_("所在库"), destruction.store.name),
        (_("张数"), str(destruction.count)),
        (_("销毁方式"), destruction.method),
        (_("提出人"), destruction.proposed_by.display_name),
        (_("提出时间"), _shown(destruction.proposed_at)),
        (_("第一见证人"), destruction.first_witness.display_name if destruction.first_witness else ""),
        (_("见证时间"), _shown(destruction.first_witnessed_at)),
        (_("第二见证人"), destruction.second_witness.display_name if destruction.second_witness else ""),
        (_("见证时间"), _shown(destruction.second_witnessed_at)),
    ]
    cards = destruction.cards.select_related("certificate").order_by("serial")
    return PaperLetter(
        title=_("证卡销毁记录"),
        subtitle=f"{settings.WARRANT_NODE.name} · {destruction.pk}",
        addressee="",
        paragraphs=[
            _("下列证卡已在两名见证人面前逐张核对并销毁。本记录由三人签字后存档。")
            if destruction.state == DestructionState.DONE
            else _("下列证卡列入销毁，尚未由两名见证人见证完毕；本单供当面逐张核对，不作销毁记录存档。")
        ],
        sections=[
            PaperSection(_("经过"), [_("项目"), _("内容")], [1, 3], [list(fact) for fact in facts]),
            PaperSection(
                _("销毁的卡"),
                [_("序号"), _("芯片序列号"), _("证件编号"), _("原因")],
                [1, 3, 3, 4],
                [
                    [
                        str(number),
                        card.serial,
                        card.certificate.number if card.certificate else "",
                        card.spoiled_reason or _("收回的卡"),
                    ]
                    for number, card in enumerate(cards, 1)
                ],
            ),
        ],
        signed=[
            _("销毁人签字：＿＿＿＿＿＿＿＿"),
            _("第一见证人签字：＿＿＿＿＿＿＿＿"),
            _("第二见证人签字：＿＿＿＿＿＿＿＿"),
        ],
        foot=foot,
        page_label=_("第 %(page)s 页"),
        nothing=_("无"),
    )


def _shown(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _listed(destruction: CardDestruction) -> list[Card]:
    return locked_cards(destruction.cards.values_list("serial", flat=True))


def _cards_of(destruction: CardDestruction) -> list[Card]:
    cards = _listed(destruction)
    if len(cards) != destruction.count:
        raise Conflict("destruction-changed", N_("列入销毁的卡已有变动（盘点遗失），请撤回后重新提出"))
    return cards


def _hold(cards: list[Card], destruction: CardDestruction | None) -> None:
    for start in range(0, len(cards), 500):
        chosen = [card.pk for card in cards[start : start + 500]]
        Card.objects.filter(pk__in=chosen).update(destruction=destruction)


def _locked(destruction: CardDestruction) -> CardDestruction:
    return CardDestruction.objects.select_for_update(of=("self",)).get(pk=destruction.pk)
