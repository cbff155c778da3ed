"""Whether the year balances: register, officers' rows, signed list, cards, ledger and what the ministry was told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from bench.year.province import Province
from warrant.apps.cardcentre.models import Card, CardEntry
from warrant.apps.cardcentre.selectors.balance import running_balances, total_of
from warrant.apps.certificates.models import Certificate, StatusList
from warrant.apps.certificates.services.publishing import ISSUER_SIGNER
from warrant.apps.certificates.services.standing import standing_of, telling_certificate
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.ports import key_vault
from warrant.apps.officers.models import Officer
from warrant.core.credential.status_list import Status, open_status_list
from warrant.core.ledger.event import parse_event
from warrant.core.lifecycle import CERTIFICATE, STATUS_LIST_VALUE, CertificateState

_LIVE_CARDS = {"reserved", "personalised", "handed-over"}


@dataclass(frozen=True)
class Check:
    """One thing that must agree: how many were looked at, and the first of those that do not."""

    name: str
    looked_at: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything agrees, and anything was looked at."""
        return self.looked_at > 0 and not self.wrong


def _check(name: str, looked_at: int, wrong: list[str]) -> Check:
    return Check(name, looked_at, tuple(wrong[:5]))


def checks_of(province: Province) -> list[Check]:
    """Compare everything with everything."""
    certificates = list(Certificate.system.order_by("pk"))
    cards = list(Card.objects.order_by("serial"))
    return [
        _check(
            "certificates stand as the table of states says",
            len(certificates),
            _differences(province.book.certificates, {row.number: row.state for row in certificates}),
        ),
        _check(
            "cards stand as the table of states says",
            len(cards),
            _differences(province.book.cards, {row.serial: row.state for row in cards}),
        ),
        _check(
            "cards bear the version of the keys that was put onto them",
            len(province.book.key_of),
            _differences(
                {serial: str(version) for serial, version in province.book.key_of.items()},
                {row.serial: _version(row) for row in cards if row.key_version is not None},
            ),
        ),
        _cards_by_certificate(certificates, cards),
        _officers(certificates),
        _status_list(certificates),
        _told(certificates),
        _ledger(cards),
        _stores(province, len(cards)),
    ]


def _differences(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    return [
        f"{key}: {expected.get(key)} / {found.get(key)}"
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]


def _version(card: Card) -> str:
    """Return the version on the card; one still under way to another is neither."""
    return str(card.key_version) if card.next_key_version is None else f"to {card.next_key_version}"


def _cards_by_certificate(certificates: list[Certificate], cards: list[Card]) -> Check:
    live: Counter[int] = Counter(
        row.certificate_id for row in cards if row.certificate_id and row.state in _LIVE_CARDS
    )
    wrong = []
    for row in certificates:
        wanted = (
            0 if row.state in CERTIFICATE.final or row.state == CertificateState.AWAITING_PRODUCTION else 1
        )
        if live[row.pk] != wanted:
            wrong.append(f"{row.number} {row.state}: {live[row.pk]} live cards")
    return _check(
        "one live card for each certificate that lives, none for one that ended", len(certificates), wrong
    )


def _officers(certificates: list[Certificate]) -> Check:
    held: dict[int, list[Certificate]] = {}
    for row in reversed(certificates):
        held.setdefault(row.officer_id, []).append(row)
    wrong, count = [], 0
    for officer in Officer.system.all():
        count += 1
        told = standing_of(telling_certificate(held.get(officer.pk, [])))
        if any(getattr(officer, name) != value for name, value in told.items()):
            wrong.append(f"{officer.pk}: {officer.certificate_number} {officer.certificate_state}")
    return _check("officers' rows say how their certificate stands", count, wrong)


def _status_list(certificates: list[Certificate]) -> Check:
    key = key_vault().signer(ISSUER_SIGNER).public_key
    lists = {
        row.pk: open_status_list(bytes(row.token or b""), {key.key_id: key}).statuses
        for row in StatusList.objects.all()
    }
    wrong = [
        f"{row.number} {row.state}"
        for row in certificates
        if lists[row.status_list_id][row.status_index]
        != Status(STATUS_LIST_VALUE[CertificateState(row.state)])
    ]
    return _check("the signed status list says the same of each", len(certificates), wrong)


def _told(certificates: list[Certificate]) -> Check:
    last = {
        str(event["number"]): str(event["state"])
        for event in (
            parse_event(bytes(body)).data
            for body in LogEntry.objects.filter(kind="certificate.changed")
            .order_by("seq")
            .values_list("body", flat=True)
            .iterator()
        )
    }
    wrong = [
        f"{row.number}: {last[row.number]} / {row.state}"
        for row in certificates
        if row.number in last and last[row.number] != row.state
    ]
    return _check("the last word to the ministry is how it stands", len(last), wrong)


def _ledger(cards: list[Card]) -> Check:
    newest: dict[int, str] = dict(CardEntry.objects.order_by("id").values_list("card", "to_state"))
    wrong = [row.serial for row in cards if newest.get(row.pk) != row.state]
    return _check("every card stands as its last line in the ledger", CardEntry.objects.count(), wrong)


def _stores(province: Province, cards: int) -> Check:
    states = running_balances(province.operator)
    wrong = [str(state.store) for state in states if not state.agrees]
    total = total_of(states).total
    if total != province.received or total != cards:
        wrong.append(f"{total} in the books, {province.received} received, {cards} cards")
    return _check("in store + issued + spoiled + returned + destroyed = received", total, wrong)


def state_figures() -> dict[str, dict[str, int]]:
    """Return how many certificates and cards stand in each state, and cards by version of their keys."""

    def by(rows: object, name: str) -> dict[str, int]:
        return {str(key): count for key, count in rows.order_by(name).values_list(name).annotate(Count("pk"))}  # type: ignore[attr-defined]  # a query set

    return {
        "certificates": by(Certificate.system.all(), "state"),
        "cards": by(Card.objects.all(), "state"),
        "live cards by key version": by(Card.objects.filter(state="handed-over"), "key_version"),
    }
