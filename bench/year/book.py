"""What ought to stand at the end: every act kept beside the product, by the core's tables alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from warrant.core.lifecycle import CARD, CERTIFICATE, CardState, CertificateState


@dataclass
class Book:
    """States by certificate number and by card serial; ``key_of`` is the version of a card's keys; ``acts`` counts."""

    certificates: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    valid_until: dict[str, date] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    card_of: dict[str, str] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    version: int = 1
    key_of: dict[str, int] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)

    def begin(self, number: str, state: str, valid_until: date) -> None:
        """Enter a certificate."""
        self.certificates[number], self.valid_until[number] = state, valid_until

    def is_possible(self, number: str, action: str) -> bool:
        """Tell whether the table allows the act now."""
        return self.certificates[number] in CERTIFICATE.transition(action).sources

    def act(self, number: str, action: str) -> None:
        """Move a certificate; what ends it kills its card, or spoils the one in the making."""
        state = self.certificates[number]
        target = CertificateState(self.before[number]) if action == "return" else None
        after = CERTIFICATE.next_state(action, state, target)
        if action == "withhold":
            self.before[number] = state
        self.certificates[number] = after.value
        self.acts[action] += 1
        serial = self.card_of.get(number)
        if after not in CERTIFICATE.final or serial is None:
            return
        if self.cards[serial] in CARD.transition("kill").sources:
            self.move_card(serial, "kill")
        elif self.cards[serial] == CardState.RESERVED:
            self.move_card(serial, "spoil")

    def move_card(self, serial: str, action: str) -> None:
        """Move a card by its table."""
        self.cards[serial] = CARD.next_state(action, self.cards[serial]).value
        self.acts[f"card: {action}"] += 1

    def give_card(self, number: str, serial: str) -> None:
        """Reserve a card for a certificate."""
        self.card_of[number] = serial
        self.key_of[serial] = self.version
        self.move_card(serial, "reserve")

    def can_rekey(self, number: str) -> bool:
        """Tell whether the holder's card has keys of an earlier version and may get those of the present one."""
        serial = self.card_of[number]
        in_use = self.certificates[number] in (CertificateState.ACTIVE, CertificateState.LAPSED)
        return in_use and self.cards[serial] == CardState.HANDED_OVER and self.key_of[serial] != self.version

    def rekey(self, number: str) -> None:
        """Put the present version onto the holder's card."""
        self.key_of[self.card_of[number]] = self.version
        self.acts["card: rekey"] += 1

    def expire(self, today: date) -> int:
        """Expire what is over; returns how many."""
        over = [
            number
            for number, last in self.valid_until.items()
            if last < today and self.is_possible(number, "expire")
        ]
        for number in over:
            self.act(number, "expire")
        return len(over)
