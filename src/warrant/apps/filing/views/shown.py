"""What the pages of filings show alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from warrant.apps.filing.types import StateFace


def state_shown(face: StateFace) -> dict[str, str]:
    """Return a state as a page shows it: word and tone."""
    return {"word": _(face.word), "tone": face.tone}
