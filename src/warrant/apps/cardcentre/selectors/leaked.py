"""Cards whose keys are known to others: the chip still answers, but it proves nothing any more."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from warrant.apps.cardcentre.models import Card, KeySet
from warrant.core.lifecycle.key import KeyState

SUB = "sub"


def key_state_of(card: Card) -> KeyState | None:
    """Return where the version of a card's keys stands; None of a card without keys, or of keys not on record."""
    if card.key_version is None:
        return None
    states = KeySet.objects.filter(kind=SUB, suite=card.key_suite, version=card.key_version)
    found = states.values_list("state", flat=True).first()
    return KeyState(found) if found else None


def on_leaked_keys(card: str) -> Exists:
    """Return the condition that a row's card, reached as ``card``, carries a version that others know."""
    leaked = KeySet.objects.filter(
        kind=SUB,
        suite=OuterRef(f"{card}__key_suite"),
        version=OuterRef(f"{card}__key_version"),
        state=KeyState.COMPROMISED,
    )
    return Exists(leaked)


__all__ = ["key_state_of", "on_leaked_keys"]
