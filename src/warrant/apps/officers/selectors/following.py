"""What other apps say before an officer moves, leaves or is merged: what stands in the way, what the certificate does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import LeavingKind
from warrant.core.lifecycle.transfer_rules import Verdict


@dataclass(frozen=True)
class Obstacle:
    """Something of an officer that is on its way. ``text`` is translated and says how to cure it.

    ``kind`` is what two merged records may have one of only; ``bars_moving`` tells whether a transfer or leaving has
    to wait for it too; ``clear`` ends it by choice, where that is possible:
    ``clear(actor, reason, now=now)``.
    """

    kind: str
    text: str
    url: str = ""
    clear: Callable[..., None] | None = None
    bars_moving: bool = True


@dataclass(frozen=True)
class Forecast:
    """What the rule says of the officer's certificate: its number, and the verdict."""

    number: str
    verdict: Verdict

    @property
    def reasons(self) -> list[str]:
        """Why, in the language of the request."""
        return [_(reason) for reason in self.verdict.reasons]


ObstacleProvider = Callable[[Officer], Sequence[Obstacle]]
"""Named in ``settings.WARRANT_MOVE_OBSTACLES``."""

TransferForecaster = Callable[[Officer, Agency, frozenset[str]], Forecast | None]
"""Takes officer, new unit, categories afterwards. Named in ``settings.WARRANT_TRANSFER_FORECAST``."""

LeavingForecaster = Callable[[Officer, LeavingKind, bool], Forecast | None]
"""Takes officer, kind, whether for cause. Named in ``settings.WARRANT_LEAVING_FORECAST``."""


def obstacles_of(officer: Officer) -> list[Obstacle]:
    """Return what is on its way for the officer, whatever it bars."""
    found: list[Obstacle] = []
    for path in getattr(settings, "WARRANT_MOVE_OBSTACLES", ()):
        provider: ObstacleProvider = import_string(path)
        found.extend(provider(officer))
    return found


def transfer_forecast(officer: Officer, agency: Agency, categories: frozenset[str]) -> Forecast | None:
    """Return what becomes of the certificate; nothing where there is none or this node keeps none."""
    path = getattr(settings, "WARRANT_TRANSFER_FORECAST", "")
    return import_string(path)(officer, agency, categories) if path else None


def leaving_forecast(officer: Officer, kind: LeavingKind, *, is_for_cause: bool) -> Forecast | None:
    """Return what becomes of the certificate of somebody who leaves."""
    path = getattr(settings, "WARRANT_LEAVING_FORECAST", "")
    return import_string(path)(officer, kind, is_for_cause) if path else None


def say_obstacles(obstacles: Sequence[Obstacle]) -> str:
    """Return all obstacles as one text."""
    return "；".join(obstacle.text for obstacle in obstacles)
