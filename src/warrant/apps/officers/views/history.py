"""Who changed what when, and the record as of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.officers.forms import HistoryForm
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.entries import EntryFace, entries_of, faces_of
from warrant.apps.officers.selectors.history import changes_of, end_of, record_on, versions_of
from warrant.apps.officers.selectors.register import officer_for, own_officer
from warrant.core.access import Permission
from warrant.core.errors import N_, InvalidInput

CHANGES_ON_A_PAGE = 25


def _crumbs(officer: Officer, *, is_own: bool = False) -> list[dict[str, str]]:
    if is_own:
        return [{"label": _("我的档案"), "url": reverse("own-record")}]
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


@permission_for_view(Permission.OFFICER_VIEW)
@require_safe
def officer_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version of the record as differences, newest first."""
    return _history_page(request, officer_for(actor_of(request), pk), is_own=False)


@permission_for_view(Permission.OWN_RECORD)
@require_safe
def own_history(request: HttpRequest) -> HttpResponse:
    """Every version of the viewer's own record."""
    return _history_page(request, own_officer(actor_of(request)), is_own=True)


def _history_page(request: HttpRequest, officer: Officer, *, is_own: bool) -> HttpResponse:
    form = HistoryForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    field, kind = chosen.get("field", ""), chosen.get("kind", "")
    before = chosen.get("before") or 0
    changes = changes_of(versions_of(officer), field=field, kind=kind)
    later = [change for change in changes if before and change.version.revision >= before]
    shown = changes[len(later) : len(later) + CHANGES_ON_A_PAGE]
    has_more = len(changes) > len(later) + len(shown)
    here_url, address = _addresses(officer, is_own=is_own)
    filters = {name: text for name, text in (("field", field), ("kind", kind)) if text}
    more = urlencode({**filters, "before": shown[-1].version.revision}) if has_more else ""
    return render_page(
        request,
        "officers/history.jinja",
        {
            "page_title": _("变更记录"),
            "breadcrumbs": _crumbs(officer, is_own=is_own),
            "officer": officer,
            "filters": form,
            "list_url": address,
            "changes": shown,
            "count_text": _("共 %(count)s 次变更") % {"count": len(changes)},
            "older_url": f"{address}?{more}" if more else "",
            "newest_url": f"{address}?{urlencode(filters)}" if before else "",
            "today": clock.today(),
            "as_of_url": here_url,
        },
        status=400 if form.errors else 200,
    )


def _addresses(officer: Officer, *, is_own: bool) -> tuple[str, str]:
    """Return where the record and where its changes are shown."""
    if is_own:
        return reverse("own-record"), reverse("own-history")
    return reverse("officer-detail", args=[officer.pk]), reverse("officer-history", args=[officer.pk])


def day_asked_for(request: HttpRequest) -> date | None:
    """Return the day of ``?on=``; nothing without one.

    Raises:
        InvalidInput: it is no day, or one that has not come yet.
    """
    text = request.GET.get("on", "")
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "not-a-day", N_("“%(value)s”不是日期；请按 2024-05-01 的样子填写"), value=text[:20]
        ) from error
    if on > clock.today():
        raise InvalidInput("future-date", N_("%(day)s 在今天之后；请选择今天或以前的日期"), day=text)
    return on


def _entries_on(officer: Officer, on: date) -> list[dict[str, Any]]:
    """Return the entries that hold on a day, and those that the register held then and no longer counts."""
    rows = entries_of(officer)
    at = end_of(on)
    then: dict[int, EntryFace] = {face.entry.pk: face for face in faces_of(rows, at)}
    found = []
    for face in faces_of(rows):
        if face.entry.from_on > on:
            continue
        was_valid = face.entry.pk in then and then[face.entry.pk].is_valid
        if face.is_valid or was_valid:
            note = ""
            if not was_valid:
                note = _("当时尚未登记")
            elif not face.is_valid:
                note = _("当时有效，后来更正或撤销")
            is_over = face.entry.until_on is not None and face.entry.until_on < on
            found.append({"face": face, "note": note, "title": _(face.kind.title), "is_over": is_over})
    return found


def as_of_page(request: HttpRequest, officer: Officer, on: date, *, is_own: bool = False) -> HttpResponse:
    """Show the record as it was on a day: read only, and not to be taken for today's."""
    here_url, history_url = _addresses(officer, is_own=is_own)
    return render_page(
        request,
        "officers/as_of.jinja",
        {
            "page_title": officer.name,
            "breadcrumbs": _crumbs(officer, is_own=is_own),
            "officer": officer,
            "is_own": is_own,
            "record": record_on(versions_of(officer), on),
            "entries": _entries_on(officer, on),
            "today": clock.today(),
            "here_url": here_url,
            "history_url": history_url,
        },
    )
