"""Pages of the cases that wait for a person: the queue, and many of them decided together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from warrant.apps.applications.forms import TogetherForm, WaitingForm
from warrant.apps.applications.selectors.assigning import MINE, NOBODY
from warrant.apps.applications.selectors.batches import (
    MOST_AT_ONCE,
    OVERDUE,
    SortedCase,
    cases_waiting,
    first_numbers,
    sort_out,
)
from warrant.apps.applications.selectors.timing import Due, due_of
from warrant.apps.applications.services.batches import Passed, pass_together
from warrant.apps.applications.types import KIND_FACES, STEP_NAMES
from warrant.apps.applications.views.frames import case_address, crumbs, page_of
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, render_page
from warrant.apps.foundation.paging import count_texts, keyset_values
from warrant.apps.foundation.views import signed_in
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput, NotPermitted
from warrant.core.lifecycle.application import STEP_PERMISSION


def _require_decider(actor: Actor) -> None:
    """Return if the person decides anywhere; of which unit and step is asked for each case."""
    if not any(actor.has_anywhere(permission) for permission in STEP_PERMISSION.values()):
        raise NotPermitted("no-decider", N_("您没有审查、核审或审批权限，请与本单位系统管理员联系"))


def _filters(form: WaitingForm) -> dict[str, str]:
    return {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}


_SHARES: tuple[tuple[str, dict[str, str]], ...] = (
    (N_("我承办"), {"holder": MINE}),
    (N_("无人承办"), {"holder": NOBODY}),
    (N_("已超期"), {"due": OVERDUE}),
)
"""The figures above the queue, each with the filters that show what it counts."""


def _figures(actor: Actor, today: date, url: str) -> list[dict[str, str]]:
    """Return the figures, counted in one query."""
    counts = count_texts([cases_waiting(actor, today, **narrows) for _label, narrows in _SHARES])
    return [
        {"label": _(label), "value": count, "url": f"{url}?{urlencode(narrows)}"}
        for (label, narrows), count in zip(_SHARES, counts, strict=True)
    ]


_READ = (
    "number",
    "officer__name",
    "kind",
    "state",
    "due_on",
    "warn_on",
    "officer__agency__province__code",
    "assigned_to__display_name",
    "officer__agency__name",
    "waiting_since",
)


def _waiting_rows(read: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return the rows of the table; a term that several cases share is worked out once."""
    terms: dict[tuple[Any, ...], Due] = {}
    rows = []
    for number, name, kind, state, due_on, warn_on, province, holder, agency, since, _pk in read:
        term = (due_on, warn_on, province or "")
        if term not in terms:
            terms[term] = due_of(*term)
        rows.append(
            {
                "url": page_of(number),
                "id": number,
                "name": name,
                "kind": _(KIND_FACES[kind].word),
                "step": _(STEP_NAMES.get(state, N_("复核"))),
                "due": terms[term].cell,
                "due_on": due_on,
                "holder": holder or "",
                "agency": agency,
                "waiting_since": since,
            }
        )
    return rows


@signed_in
@require_GET
def application_waiting(request: HttpRequest) -> HttpResponse:
    """List the cases on which this very person may decide now, due first."""
    actor, today = actor_of(request), clock.today()
    _require_decider(actor)
    form = WaitingForm(request.GET)
    chosen = _filters(form)
    rows = cases_waiting(actor, today, **chosen)
    page = keyset_values(rows, _READ, "due_on", request.GET.get("after", ""))
    url = reverse("application-waiting")

    return render_page(
        request,
        "applications/waiting.jinja",
        {
            "page_title": _("待我办理的申请"),
            "breadcrumbs": crumbs(),
            "filters": form,
            "figures": _figures(actor, today, url),
            "list_url": url,
            "together_url": reverse("application-together"),
            "hidden": list(chosen.items()),
            "most": MOST_AT_ONCE,
            "table_name": "waiting",
            "columns": [
                {"key": "id", "label": _("申请编号")},
                {"key": "name", "label": _("姓名")},
                {"key": "kind", "label": _("种类")},
                {"key": "step", "label": _("环节")},
                {"key": "due", "label": _("期限"), "kind": "state"},
                {"key": "due_on", "label": _("到期日"), "kind": "date"},
                {"key": "holder", "label": _("承办人")},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "waiting_since", "label": _("等待起"), "kind": "date"},
            ],
            "rows": _waiting_rows(page.rows),
            "count_text": _("共 %(count)s 件") % {"count": page.count_text},
            **page.addresses(url, chosen),
            "empty_title": _("没有待您办理的申请"),
            "empty_step": _("全部申请") if not chosen else _("减少筛选条件后再看"),
            "empty_url": reverse("application-list") if not chosen else url,
        },
    )


def _row(case: SortedCase, says: str) -> dict[str, Any]:
    application = case.application
    return {
        "number": application.number,
        "name": application.officer.name,
        "agency": application.officer.agency.name,
        "url": case_address(application),
        "says": says,
    }


def _others(cases: Sequence[SortedCase]) -> list[dict[str, Any]]:
    return [_row(case, _("；").join(case.reasons)) for case in cases if not case.is_clean]


def _left(done: Sequence[Passed]) -> list[dict[str, Any]]:
    rows = []
    for one in done:
        if one.is_passed:
            continue
        says = error_text(one.problem) if one.problem else _("；").join(one.case.reasons)
        rows.append(_row(one.case, says or _("确认时才变为可以一并办理，请重新选择")))
    return rows


def _numbers(request: HttpRequest, name: str) -> list[str]:
    """Return what was sent as numbers of cases; whatever cannot be one names none."""
    return [text for text in request.POST.getlist(name) if text.isascii() and text.isalnum()]


@signed_in
@require_POST
def application_together(request: HttpRequest) -> HttpResponse:
    """Show which of the chosen cases are clean, take one opinion, and pass those; then show what became of each."""
    actor, today = actor_of(request), clock.today()
    _require_decider(actor)
    shown_clean = _numbers(request, "clean")
    if request.POST.get("which") == "first":
        numbers = first_numbers(cases_waiting(actor, today, **_filters(WaitingForm(request.POST))))
    else:
        numbers = list(dict.fromkeys([*_numbers(request, "selected"), *shown_clean]))
    if not 0 < len(numbers) <= MOST_AT_ONCE:
        raise InvalidInput("too-many-cases", N_("一次可办理 1 至 %(most)s 件，请重新选择"), most=MOST_AT_ONCE)
    is_confirmed = bool(request.POST.get("confirmed"))
    form = TogetherForm(request.POST if is_confirmed else None)
    done: list[Passed] = []
    if is_confirmed and form.is_valid():
        try:
            done = pass_together(actor, numbers, shown_clean, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
    is_done = is_confirmed and not form.errors
    cases = [one.case for one in done] if is_done else sort_out(actor, numbers, today)
    return render_page(
        request,
        "applications/together.jinja",
        {
            "page_title": _("一并办理申请"),
            "breadcrumbs": [{"label": _("待我办理的申请"), "url": reverse("application-waiting")}],
            "unseen": len(numbers) - len(cases),
            "clean": [] if is_done else [_row(case, "") for case in cases if case.is_clean],
            "others": _left(done) if is_done else _others(cases),
            "is_done": is_done,
            "passed": sum(1 for one in done if one.is_passed),
            "form": form,
            "back_url": reverse("application-waiting"),
        },
        status=400 if form.errors else 200,
    )
