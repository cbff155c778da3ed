"""What the pages of classes share: the way back, and people with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.pages import error_text
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.classes import class_title
from warrant.apps.training.services.enrolling import Enrolled


def crumbs(training_class: TrainingClass | None = None) -> list[dict[str, str]]:
    """Return the way back to the list, and to a class."""
    found = [{"label": _("培训班"), "url": reverse("class-list")}]
    if training_class is not None:
        url = reverse("class-detail", args=[training_class.pk])
        found.append({"label": class_title(training_class), "url": url})
    return found


def enrolled_rows(done: Sequence[Enrolled]) -> list[dict[str, Any]]:
    """Return the officers with what became of each."""
    return [
        {
            "url": reverse("officer-detail", args=[one.officer.pk]),
            "name": one.officer.name,
            "agency": one.officer.agency.name,
            "result": {"word": _("未编入"), "tone": "attention"}
            if one.problem
            else {"word": _("已编入"), "tone": "valid"},
            "says": error_text(one.problem) if one.problem else "",
        }
        for one in done
    ]
