"""The live feed: the page, and the small request that asks each second whether anything has arrived."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.forms import DayInput
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.selectors.agencies import unit_choices
from warrant.apps.officers.selectors.differences import KIND_WORDS
from warrant.apps.officers.selectors.feed import FeedFilter, changes_after, changes_for, lines_of, newest_id
from warrant.apps.organisations.models import Agency
from warrant.core.access import Permission

VIEW = Permission.OFFICER_VIEW
LINES_ON_A_PAGE = 50
PAUSED = "paused"


class FeedForm(forms.Form):
    """Which changes are shown; the address follows."""

    unit = forms.ChoiceField(label=_("单位"), required=False)
    kind = forms.ChoiceField(label=_("变更种类"), required=False)
    person = forms.CharField(
        label=_("操作人"), required=False, max_length=80, widget=forms.TextInput({"type": "search"})
    )
    day = forms.DateField(label=_("到达日期"), required=False, widget=DayInput())
    live = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, units: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        everything = [("", translate("全部"))]
        cast(forms.ChoiceField, self.fields["unit"]).choices = [
            *everything,
            *((unit.code, unit.name) for unit in units),
        ]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            *everything,
            *((kind, translate(word)) for kind, (word, _tone) in KIND_WORDS.items()),
        ]


def _address(name: str, chosen: dict[str, str], **changes: object) -> str:
    kept = {key: str(value) for key, value in {**chosen, **changes}.items() if value}
    return f"{reverse(name)}?{urlencode(kept)}" if kept else reverse(name)


def _asked(request: HttpRequest, *, is_page: bool) -> tuple[FeedForm, FeedFilter, dict[str, str]]:
    """Return the form, the filter it makes, and the same as parameters of an address; what makes no sense is left out."""
    actor = actor_of(request)
    code = request.GET.get("unit", "")[:24].replace("\x00", "")
    unit = Agency.objects.filter(code=code).first() if code else None
    units = unit_choices(actor, VIEW, unit, clock.today()) if is_page else [unit] if unit else []
    form = FeedForm(request.GET, units=units)
    form.is_valid()
    values = form.cleaned_data
    day = values.get("day")
    wanted = FeedFilter(
        unit if values.get("unit") else None, values.get("kind", ""), values.get("person", ""), day
    )
    chosen = {
        "unit": values.get("unit", ""),
        "kind": wanted.kind,
        "person": wanted.person,
        "day": day.isoformat() if day else "",
        "live": PAUSED if values.get("live") == PAUSED else "",
    }
    return form, wanted, chosen


@permission_for_view(VIEW)
@require_safe
def officer_changes(request: HttpRequest) -> HttpResponse:
    """What happened to the records in reach, newest first, and live."""
    form, wanted, chosen = _asked(request, is_page=True)
    actor = actor_of(request)
    after = request.GET.get("after", "")
    page = keyset_page(changes_for(actor, wanted), "-id", after, size=LINES_ON_A_PAGE)
    is_live = not after and not wanted.day and chosen["live"] != PAUSED
    newest = (page.rows[0].pk if page.rows else 0) if is_live else 0
    return render_page(
        request,
        "officers/feed.jinja",
        {
            "page_title": translate("变更动态"),
            "filters": form,
            "list_url": reverse("officer-changes"),
            "lines": lines_of(actor, page.rows),
            "is_live": is_live,
            "poll_url": _address("officer-changes-newer", {**chosen, "live": ""}, since=newest or "0"),
            "pause_url": _address("officer-changes", chosen, live=PAUSED),
            "resume_url": _address("officer-changes", {**chosen, "day": ""}, live=""),
            "count_text": translate("共 %(count)s 条变更") % {"count": page.count_text},
            "next_url": _address("officer-changes", chosen, after=page.next_key) if page.next_key else "",
            "previous_url": _address("officer-changes", chosen, after=page.previous_key)
            if page.previous_key
            else "",
        },
    )


@permission_for_view(VIEW)
@require_safe
def officer_changes_newer(request: HttpRequest) -> HttpResponse:
    """What arrived since the change that the page has; 204 if nothing did."""
    _form, wanted, chosen = _asked(request, is_page=False)
    actor = actor_of(request)
    text = request.GET.get("since", "")
    since = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else newest_id(actor, wanted)
    found = changes_after(actor, wanted, since, LINES_ON_A_PAGE)
    if not found:
        return HttpResponse(status=204)
    return render_page(
        request,
        "officers/feed_newer.jinja",
        {
            "lines": lines_of(actor, found),
            "poll_url": _address("officer-changes-newer", {**chosen, "live": ""}, since=found[0].pk),
        },
    )
