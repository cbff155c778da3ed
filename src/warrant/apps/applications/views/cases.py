"""The page of a case, and what is done on it: the statement, a proof, one act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.applications.forms import DecisionForm, ProofForm, StatementForm
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors import application_for, case_links
from warrant.apps.applications.selectors.assigning import holder_line
from warrant.apps.applications.selectors.cases import (
    OPEN_STATES,
    allowed_actions,
    earlier_steps,
    holds_step,
    opinions_of,
)
from warrant.apps.applications.selectors.conditions import conditions_of
from warrant.apps.applications.selectors.grounds import proof_standing
from warrant.apps.applications.selectors.papers import PAPER_NAMES, papers_of, said_of
from warrant.apps.applications.selectors.timing import time_lines
from warrant.apps.applications.services import (
    ask_reconsideration,
    cancel,
    decide,
    keep_grounds_proof,
    save_statement,
    submit,
    withdraw,
)
from warrant.apps.applications.services.moving import require_state
from warrant.apps.applications.types import (
    ACTION_FACES,
    DECLARATIONS,
    KIND_FACES,
    MARKABLE_FIELDS,
    OPINION_LABELS,
    STATE_FACES,
)
from warrant.apps.applications.views.frames import case_address, category_names, crumbs, state_cell
from warrant.apps.examinations.selectors.results import examinations_of, paper_name
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import (
    actor_of,
    add_error,
    error_text,
    permission_for_view,
    render_page,
)
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.selectors.register import code_name, educations_of, is_own
from warrant.apps.training.selectors import trainings_of
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import ApplicationKind, ApplicationState
from warrant.core.lifecycle.application_grounds import GROUNDS
from warrant.core.standards.codes import EDUCATION, STAFFING

S = ApplicationState


def _extra_panels(actor: Actor, application: Application) -> list[dict[str, Any]]:
    """Render what apps above show on the case, such as its filing."""
    panels = []
    for path in getattr(settings, "WARRANT_APPLICATION_PANELS", ()):
        panel = import_string(path)(actor, application)
        if panel is not None:
            panels.append(panel)
    return [
        {
            "title": panel.title,
            "count": panel.count,
            "anchor": panel.anchor,
            "html": render_to_string(panel.template, {**panel.context, "application": application}),
        }
        for panel in sorted(panels, key=lambda panel: panel.order)
    ]


def _grounds(application: Application) -> list[tuple[str, str]]:
    shown = []
    for ground in GROUNDS[ApplicationKind(application.kind)]:
        value = application.grounds.get(ground.name, "")
        if ground.choices is not None:
            codes = value if isinstance(value, list) else [value]
            value = _("、").join(_(ground.choices[code]) for code in codes if code in ground.choices)
        shown.append((_(ground.title), str(value)))
    return shown


def _case_context(
    actor: Actor, application: Application, form: StatementForm, proof_form: ProofForm | None
) -> dict[str, Any]:
    officer, now = application.officer, clock.now()
    opinions = opinions_of(application)
    trainings, examinations = trainings_of(officer), examinations_of(officer)
    educations = educations_of(officer)
    is_with_unit = application.state in (S.DRAFT, S.RETURNED)
    conditions = []
    if application.state in OPEN_STATES and application.state != S.FILING:
        conditions = conditions_of(actor, application, clock.today())
    actions = allowed_actions(actor, application, opinions)
    earlier = earlier_steps(application)
    due, lines = time_lines(application)
    names = {"name": officer.name, "number": application.number}
    can_prepare = is_with_unit and any(
        row.transition.action == "submit" and row.bar is None for row in actions
    )
    standing = proof_standing(application, clock.today())
    if standing is not None and can_prepare and proof_form is None and not standing.kind.is_of_certificate:
        proof_form = ProofForm(standing)
    return {
        "application": application,
        "kind": _(KIND_FACES[application.kind].word),
        "grounds": _grounds(application),
        "declarations": [
            (_(words), application.declarations[name])
            for name, words in DECLARATIONS.items()
            if name in application.declarations
        ],
        "marks": [_(MARKABLE_FIELDS[mark]) for mark in application.marked_fields],
        "page_title": _("%(name)s的资格申请") % names,
        "breadcrumbs": crumbs(),
        "state": state_cell(application),
        "explanation": _(STATE_FACES[application.state].explanation),
        "due": due,
        "time_lines": lines,
        "links": case_links(application, opinions),
        "officer": officer,
        "officer_url": reverse("officer-detail", kwargs={"pk": officer.pk})
        if is_permitted(actor, Permission.OFFICER_VIEW, officer.place)
        else "",
        "photo_url": reverse("officer-photo", kwargs={"pk": officer.pk}) if officer.photo_id else "",
        "categories": category_names(application.category_codes),
        "education": code_name(EDUCATION, officer.education),
        "staffing": code_name(STAFFING, officer.staffing),
        "conditions": conditions,
        "missing": [row for row in conditions if not row.is_met],
        "trainings": trainings,
        "examinations": [(row, paper_name(row.paper)) for row in examinations],
        "educations": [(row, code_name(EDUCATION, row.education)) for row in educations],
        "opinions": [
            {
                "at": row.given_at,
                "title": _(OPINION_LABELS[row.action][0]),
                "tone": OPINION_LABELS[row.action][1],
                "unit": _(row.unit_name) if row.account_id is None else row.unit_name,
                "person": row.account_name,
                "text": said_of(row),
                "url": reverse("eligibility-record", args=[row.eligibility_id]) if row.eligibility_id else "",
                "url_label": _("当时的资格条件"),
            }
            for row in reversed(opinions)
        ],
        "form": form,
        "can_prepare": can_prepare,
        "proof": standing,
        "proof_form": proof_form if can_prepare else None,
        "actions": [
            {
                "action": row.transition.action,
                "label": _(row.transition.label),
                "icon": row.face.icon,
                "is_dangerous": row.face.is_dangerous,
                "is_primary": not (row.transition.needs_reason or row.face.is_dangerous),
                "question": _(row.face.question) % names,
                "url": reverse("application-act", args=[application.number, row.transition.action]),
                "form": DecisionForm(
                    row.transition,
                    earlier,
                    initial={"marked_fields": application.marked_fields},
                    auto_id=f"{row.transition.action}-%s",
                ),
            }
            for row in actions
            if row.bar is None and row.transition.action != "submit"
        ],
        "submit_question": _(ACTION_FACES["submit"].question) % names,
        "holder": holder_line(application),
        "is_awaited": bool(application.decides_as),
        "holder_url": reverse("application-holder", args=[application.number])
        if holds_step(actor, application)
        else "",
        "papers": [
            (_(PAPER_NAMES[paper]), reverse("application-paper", args=[application.number, paper]))
            for paper in papers_of(application)
        ],
        "bars": sorted({error_text(row.bar) for row in actions if row.bar is not None}),
        "extra_panels": _extra_panels(actor, application),
        "is_own": is_own(actor, officer),
        "now": now,
    }


def _case_page(
    request: HttpRequest,
    application: Application,
    form: StatementForm | None = None,
    proof_form: ProofForm | None = None,
) -> HttpResponse:
    declared = {name: "yes" if is_so else "no" for name, is_so in application.declarations.items()}
    shown = form or StatementForm(initial={"statement": application.statement, **declared})
    context = _case_context(actor_of(request), application, shown, proof_form)
    has_errors = any(each is not None and each.errors for each in (form, proof_form))
    return render_page(request, "applications/detail.jinja", context, status=400 if has_errors else 200)


@signed_in
@require_GET
def application_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case: its chain, what is missing, the material, what was said, and what the viewer may do.

    Needs no certain permission, because the officer may follow the own case; the selector decides.
    """
    return _case_page(request, application_for(actor_of(request), number))


@permission_for_view(Permission.APPLICATION_PREPARE)
@require_POST
def application_statement(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the statement as it is being written, or submit the case with it (``then=submit``)."""
    actor = actor_of(request)
    application = application_for(actor, number)
    form = StatementForm(request.POST)
    is_autosave = request.headers.get("X-Autosave") == "1"
    is_submission = request.POST.get("then") == "submit" and not is_autosave
    if form.is_valid():
        statement = form.cleaned_data["statement"]
        try:
            if is_submission:
                application = submit(actor, number, statement, form.declarations, now=clock.now())
            else:
                application = save_statement(actor, number, statement, form.declarations)
        except InvalidInput as error:
            add_error(form, error)
    if form.errors:
        return HttpResponse(status=400) if is_autosave else _case_page(request, application, form)
    if is_autosave:
        return HttpResponse(status=204)
    messages.success(request, _done("submit", application) if is_submission else _("单位意见已保存"))
    return redirect(case_address(application))


@permission_for_view(Permission.APPLICATION_PREPARE)
@require_POST
def application_proof(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what proves the grounds of a replacement."""
    actor = actor_of(request)
    application = application_for(actor, number)
    require(actor, Permission.APPLICATION_PREPARE, application.place)
    standing = proof_standing(application, clock.today())
    if standing is None:
        raise Conflict("no-such-proof", N_("本申请不需要补发凭证"))
    if standing.kind.is_of_certificate:
        raise Conflict("proof-of-certificate", N_("遗失声明请在证件页登记；本申请提交时自动带入"))
    form = ProofForm(standing, request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_grounds_proof(actor, number, form.entry(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
    if form.errors:
        return _case_page(request, application, proof_form=form)
    messages.success(request, _("%(proof)s已保存") % {"proof": _(standing.kind.title)})
    return redirect(case_address(application))


def _done(action: str, application: Application) -> str:
    return _(ACTION_FACES[action].done) % {"name": application.officer.name, "number": application.number}


_PLAIN_ACTS: Mapping[str, Callable[..., Application]] = {
    "withdraw": withdraw,
    "ask-reconsideration": ask_reconsideration,
    "cancel": cancel,
}
"""Acts that are no decision of a step."""


@signed_in
@require_http_methods(["GET", "POST"])
def application_act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Ask before one act, with its reason, and do it.

    Needs no certain permission, because the officer may ask for reconsideration of the own case.
    """
    actor = actor_of(request)
    if action != "ask-reconsideration" and not actor.has_anywhere(Permission.APPLICATION_VIEW):
        raise NotPermitted(
            "not-permitted",
            N_("您没有这项权限（%(permission)s），请与本单位系统管理员联系"),
            permission=Permission.APPLICATION_VIEW.value,
        )
    application = application_for(actor, number)
    if action not in ACTION_FACES or action == "submit":
        raise NotFound("not-found", N_("没有这项办理"))
    face, row = ACTION_FACES[action], application.machine.transition(action)
    form = DecisionForm(
        row,
        earlier_steps(application),
        request.POST if request.method == "POST" else None,
        initial={"marked_fields": application.marked_fields},
    )
    if request.method == "GET":
        require_state(application, action)
    elif form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if action in _PLAIN_ACTS:
                _PLAIN_ACTS[action](actor, number, reason, now=clock.now())
            else:
                decide(actor, number, form.decision(action), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _done(action, application))
            return redirect(case_address(application))
    names = {"name": application.officer.name, "number": application.number}
    return render_page(
        request,
        "applications/act.jinja",
        {
            "title": _(row.label),
            "breadcrumbs": crumbs(application),
            "application": application,
            "state": state_cell(application),
            "categories": category_names(application.category_codes),
            "question": _(face.question) % names,
            "form": form,
            "confirm_label": _(row.label),
            "cancel_url": case_address(application),
            "danger": face.is_dangerous,
        },
        status=400 if form.errors else 200,
    )
