"""What the list of certificates says of their cards: named by the node in ``WARRANT_CERTIFICATE_CARDS``."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.types import CARD_FACES
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.listing import NONE
from warrant.core.errors import N_
from warrant.core.lifecycle import CardState

_LIVE = (CardState.HANDED_OVER, CardState.PERSONALISED, CardState.RESERVED)
_ENDED = (CardState.DEAD, CardState.RETURNED, CardState.SPOILED, CardState.LOST, CardState.DESTROYED)
_NO_CARD = N_("没有证卡")


class ListedCards:
    """The card of a certificate: the live one, of which there is one at most, or else the newest."""

    def states(self) -> list[tuple[str, str]]:
        """Return the states that can be asked for, each with its word."""
        return [
            *((state.value, _(CARD_FACES[state].word)) for state in (*_LIVE, *_ENDED)),
            (NONE, _(_NO_CARD)),
        ]

    def narrow(self, rows: QuerySet[Certificate], state: str) -> QuerySet[Certificate]:
        """Keep the certificates whose card is in the state; a card that ended counts where there is no live one."""
        theirs = Card.objects.filter(certificate=OuterRef("pk"))
        if state == NONE:
            return rows.filter(~Exists(theirs))
        if (
            state == CardState.HANDED_OVER
        ):  # nearly every certificate: asked of each, in the order of the page
            return rows.filter(Exists(theirs.filter(state=state)))
        found = rows.filter(pk__in=Card.objects.filter(state=state).values("certificate_id"))
        return found if state in _LIVE else found.filter(~Exists(theirs.filter(state__in=_LIVE)))

    def cells(self, certificates: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return word and tone of the card of each of these certificates that has one; one query."""
        told: dict[int, tuple[bool, str]] = {}
        rows = Card.objects.filter(certificate__in=certificates).order_by("changed_at", "pk")
        for certificate, state in rows.values_list("certificate_id", "state"):
            is_live = state in _LIVE
            if certificate is not None and (is_live or not told.get(certificate, (False, ""))[0]):
                told[certificate] = (is_live, state)
        faces = {pk: CARD_FACES[CardState(state)] for pk, (_is_live, state) in told.items()}
        return {pk: (_(face.word), face.tone) for pk, face in faces.items()}
