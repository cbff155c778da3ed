"""Pages on which training and examinations are recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import officer_for
from warrant.apps.training.forms import ExaminationForm, TrainingForm
from warrant.apps.training.selectors import paper_name
from warrant.apps.training.services import record_examination, record_training
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput


def _record(
    request: HttpRequest,
    officer_pk: int,
    form_class: type[TrainingForm] | type[ExaminationForm],
    title: str,
    save: Callable[[Officer, Any], str],
) -> HttpResponse:
    officer = officer_for(actor_of(request), officer_pk)
    require(actor_of(request), Permission.TRAINING_RECORD, officer.place)
    form = form_class(request.POST or None, request.FILES or None)
    page = reverse("officer-detail", kwargs={"pk": officer.pk})
    if request.method == "POST" and form.is_valid():
        try:
            done = save(officer, form)
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, done)
            return redirect(f"{page}?part=qualification#training")
    return render_page(
        request,
        "page_form.jinja",
        {
            "title": title,
            "form": form,
            "wide_fields": ["course", "organiser", "proof"],
            "submit_label": _("登记"),
            "cancel_url": page,
            "breadcrumbs": [{"label": officer.name, "url": page}],
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def new_training(request: HttpRequest, pk: int) -> HttpResponse:
    """Record one finished course."""

    def save(officer: Officer, form: TrainingForm) -> str:
        row = record_training(
            actor_of(request), officer.pk, form.entry(), form.uploaded_proof(), now=clock.now()
        )
        return _("已登记%(name)s的培训“%(course)s”，%(hours)s 学时") % {
            "name": officer.name,
            "course": row.course,
            "hours": row.hours,
        }

    return _record(request, pk, TrainingForm, _("登记培训"), save)


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def new_examination(request: HttpRequest, pk: int) -> HttpResponse:
    """Record one examination result."""

    def save(officer: Officer, form: ExaminationForm) -> str:
        row = record_examination(
            actor_of(request), officer.pk, form.entry(), form.uploaded_proof(), now=clock.now()
        )
        told = {"name": officer.name, "paper": paper_name(row.paper), "score": row.score}
        if row.is_passed:
            return _("已登记%(name)s的%(paper)s考试成绩 %(score)s 分，合格") % told
        return _("已登记%(name)s的%(paper)s考试成绩 %(score)s 分，不合格") % told

    return _record(request, pk, ExaminationForm, _("登记考试成绩"), save)
