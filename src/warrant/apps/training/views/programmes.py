"""Pages of programmes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.training.forms.classes import ProgrammeForm
from warrant.apps.training.models import Programme
from warrant.apps.training.selectors.classes import (
    organisers_for,
    programme_for,
    programmes_for,
    subject_name,
)
from warrant.apps.training.selectors.hours import training_rules
from warrant.apps.training.services.planning import close_programme, make_programme
from warrant.core.access import Permission, is_permitted
from warrant.core.errors import InvalidInput
from warrant.core.qualification.training import PROGRAMME_KINDS


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("培训班"), "url": reverse("class-list")},
        {"label": _("培训大纲"), "url": reverse("programme-list")},
    ]


def _state(programme: Programme) -> dict[str, str]:
    if programme.closed_at:
        return {"word": _("已停用"), "tone": "ended"}
    return {"word": _("使用中"), "tone": "valid"}


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def programme_list(request: HttpRequest) -> HttpResponse:
    """List the programmes in the viewer's scope, newest first."""
    rows = programmes_for(actor_of(request)).prefetch_related("subjects")
    page = keyset_page(rows, "-made_at", request.GET.get("after", ""))
    url = reverse("programme-list")
    return render_page(
        request,
        "training/programmes.jinja",
        {
            "page_title": _("培训大纲"),
            "breadcrumbs": _crumbs()[:1],
            "list_url": url,
            "table_name": "programmes",
            "may_make": actor_of(request).has_anywhere(Permission.TRAINING_RECORD),
            "columns": [
                {"key": "name", "label": _("大纲名称")},
                {"key": "kind", "label": _("类别")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "hours", "label": _("总学时"), "kind": "number"},
                {"key": "held", "label": _("培训班"), "kind": "number"},
                {"key": "organiser", "label": _("主办单位"), "kind": "clip"},
                {"key": "made_on", "label": _("制定时间"), "kind": "instant"},
            ],
            "rows": [
                {
                    "url": reverse("programme-detail", args=[row.pk]),
                    "name": row.name,
                    "kind": _(PROGRAMME_KINDS[row.kind]),
                    "state": _state(row),
                    "hours": sum(one.hours for one in row.subjects.all()),
                    "held": getattr(row, "held", 0),
                    "organiser": row.organiser.name,
                    "made_on": row.made_at,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 份") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "empty_title": _("还没有培训大纲"),
            "empty_step": _("先制定大纲：科目和学时；再按大纲开班"),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def programme_new(request: HttpRequest) -> HttpResponse:
    """Draw up a programme."""
    actor = actor_of(request)
    rules = training_rules(clock.today())
    form = ProgrammeForm(
        request.POST if request.method == "POST" else None,
        organisers=organisers_for(actor),
        subjects=[
            (code, subject_name(rules, code), one.pre_job_hours) for code, one in rules.subjects.items()
        ],
    )
    if request.method == "POST" and form.is_valid():
        try:
            programme = make_programme(actor, form.plan(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已制定培训大纲“%(name)s”，可以按它开班") % {"name": programme.name})
            return redirect("programme-detail", pk=programme.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("制定培训大纲"),
            "form": form,
            "wide_fields": ["name"],
            "submit_label": _("制定"),
            "cancel_url": reverse("programme-list"),
            "breadcrumbs": _crumbs(),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def programme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one programme."""
    actor = actor_of(request)
    programme = programme_for(actor, pk)
    rules = training_rules(clock.today())
    subjects = [(subject_name(rules, one.subject), one.hours) for one in programme.subjects.order_by("pk")]
    may_record = is_permitted(actor, Permission.TRAINING_RECORD, programme.place)
    return render_page(
        request,
        "training/programme.jinja",
        {
            "page_title": programme.name,
            "state": _state(programme),
            "breadcrumbs": _crumbs(),
            "programme": programme,
            "kind": _(PROGRAMME_KINDS[programme.kind]),
            "subjects": subjects,
            "total": sum(hours for _name, hours in subjects),
            "held": programme.classes.count(),
            "may_close": may_record and programme.closed_at is None,
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def programme_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Let no new class take a programme."""
    programme_for(actor_of(request), pk)
    programme = close_programme(actor_of(request), pk, now=clock.now())
    messages.success(request, _("大纲“%(name)s”已停用，不能再按它开班") % {"name": programme.name})
    return redirect("programme-detail", pk=pk)
