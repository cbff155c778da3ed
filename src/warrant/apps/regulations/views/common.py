"""What the pages of regulations share."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors.versions import kind_name, own_jurisdiction
from warrant.apps.regulations.types import STATE_FACES, InForce
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import RegulationState


def crumbs(kind: str = "", version: RegulationVersion | None = None) -> list[dict[str, str]]:
    """Return the way back: all regulations, the kind, the version."""
    found = [{"label": _("业务规则"), "url": reverse("regulation-list")}]
    if kind:
        found.append({"label": kind_name(kind), "url": reverse("regulation-kind", args=[kind])})
    if version is not None:
        found.append(
            {"label": version_name(version), "url": reverse("regulation-version", args=[version.pk])}
        )
    return found


def version_name(version: RegulationVersion) -> str:
    """Return how a version is named: its number once it has one, its title before."""
    if version.number is None:
        return version.title
    return _("第 %(number)s 版") % {"number": version.number}


def state_of(version: RegulationVersion) -> dict[str, str]:
    """Return word and tone of a version's state."""
    face = STATE_FACES[RegulationState(version.state)]
    return {"word": _(face.word), "tone": face.tone}


def day_asked(request: HttpRequest) -> date:
    """Return the day that the address asks for; today without one.

    Raises:
        InvalidInput: it is no day.
    """
    text = request.GET.get("on", "")
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("not-a-day", N_("请按 2026-11-22 的格式填写日期"), place="on") from None


def read_at_of(text: str) -> datetime:
    """Return when the draft was read that a form was filled in for.

    Raises:
        Conflict: the form does not say it.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Conflict("changed-meanwhile", N_("草案已被他人修改，请刷新页面后重新填写")) from None


def province_names() -> dict[str, str]:
    """Return the names of the province-level units by code."""
    rows = Agency.objects.filter(level="province").order_by("code")
    return dict(rows.values_list("code", "name"))


def jurisdiction_name(code: str, names: dict[str, str]) -> str:
    """Return whose version it is, in words."""
    if not code:
        return _("全国")
    return _("本省") if code == own_jurisdiction() else names.get(code, code)


def standing(found: InForce, names: dict[str, str]) -> str:
    """Return on which versions something in force stands: "全国 第 2 版，本省 第 1 版"."""
    said = [
        _("%(whose)s第 %(number)s 版")
        % {"whose": jurisdiction_name(label.jurisdiction, names), "number": label.number}
        for label in found.layers
    ]
    if not found.layers or found.layers[0].jurisdiction:
        said.insert(0, _("全国初始版"))
    return "，".join(said)
