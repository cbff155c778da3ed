"""What the pages of applications share: how a case is called, where it stands, and the way back."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.applications.types import (
    STATE_FACES,
)
from warrant.apps.officers.selectors.register import code_name
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY


def state_cell(application: Application) -> dict[str, str]:
    """Return word and tone of where a case stands."""
    face = STATE_FACES[application.state]
    return {"word": _(face.word), "tone": face.tone}


def category_names(codes: list[str]) -> str:
    """Return the names of enforcement categories, joined."""
    return _("、").join(code_name(ENFORCEMENT_CATEGORY, code) or code for code in codes)


def page_of(number: str) -> str:
    """Return the address of the case of a number."""
    return reverse("application-detail", kwargs={"number": number})


def case_address(application: Application) -> str:
    """Return the address of a case."""
    return page_of(application.number)


def crumbs(application: Application | None = None) -> list[dict[str, str]]:
    """Return the way back to the list, and to one case."""
    crumbs = [{"label": _("资格申请"), "url": reverse("application-list")}]
    if application is not None:
        crumbs.append({"label": application.number, "url": case_address(application)})
    return crumbs
