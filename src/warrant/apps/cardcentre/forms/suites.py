"""Which cipher suites a form offers: those that this node's vault can keep keys of."""

from __future__ import annotations

from warrant.apps.cardcentre.types import SUITE_LABELS
from warrant.apps.foundation.ports import key_vault
from warrant.core.errors import Unavailable


def suites_offered() -> list[tuple[str, str]]:
    """Return value and label of each suite, the one that the vault is made for first.

    All suites while the vault cannot be reached: what it cannot keep is then refused as the act is carried out.
    """
    try:
        kept = key_vault().suites()
    except Unavailable:
        return list(SUITE_LABELS.items())
    return [(suite, SUITE_LABELS[suite]) for suite in kept]


__all__ = ["suites_offered"]
