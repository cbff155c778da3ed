"""The words in which a filter of the list of certificates stands on its chip, on a file and in a field."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from warrant.apps.certificates.selectors.listing import (
    FILTERS,
    GROUND_CODES,
    OPEN,
    OVERDUE,
    CertificateListing,
    cards_of_certificates,
)
from warrant.apps.certificates.selectors.reading import category_names
from warrant.apps.certificates.types import STATE_FACES
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import CertificateState


def value_in_words(name: str, value: str) -> str:
    """Return how the value of a filter is said."""
    if name == "state":
        return " / ".join(_(STATE_FACES[CertificateState(part)].word) for part in value.split(","))
    if name == "card":
        cards = cards_of_certificates()
        return dict(cards.states()).get(value, value) if cards is not None else value
    if name == "ground":
        return _(GROUND_CODES[value])
    if name == "category":
        return "".join(category_names([value], translation.get_language() or ""))
    if name == "unit":
        return Agency.objects.filter(pk=int(value)).values_list("name", flat=True).first() or value
    if name == "within":
        return _("%(days)s 日内") % {"days": value}
    if name == "review":
        return _("逾期未过") if value == OVERDUE else _("将截止或逾期未过")
    if name == "due":
        return _("未到期") if value == OPEN else _("到期未办")
    return value


def chips_of(listing: CertificateListing) -> list[tuple[str, str, CertificateListing]]:
    """Return label and words of every filter in use, and the listing without it."""
    return [
        (_(FILTERS[name].label), value_in_words(name, value), listing.without(name))
        for name, value in listing.filters.items()
    ]
