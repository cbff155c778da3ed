"""What officers propose to correct: the form on a phone, the unit's answer, the answer seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.forms import OfficerForm
from warrant.apps.officers.models import Officer, Proposal
from warrant.apps.officers.selectors.proposals import (
    PROPOSED_FIELDS,
    fields_of,
    open_proposal_of,
    proposal_for,
    proposed_values,
    state_face,
)
from warrant.apps.officers.selectors.register import is_own, own_officer
from warrant.apps.officers.services import proposals as services
from warrant.apps.officers.services.entering import FIELD_OF_HEADING, EntryRefused
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import ProposalState


class ProposalForm(OfficerForm):
    """The own record as it stands; what is changed in it is proposed."""

    reason = forms.CharField(
        label=gettext_lazy("更正理由"), max_length=300, widget=forms.Textarea({"rows": 2})
    )
    proof = forms.FileField(
        label=gettext_lazy("证明材料"),
        required=False,
        help_text=gettext_lazy(
            "拍照或扫描均可：PDF、JPEG 或 PNG，不超过 10 MB；只改电话、岗位、职务的可以不附"
        ),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        values = proposed_values(officer)
        super().__init__(*args, initial=values, **kwargs)
        for field in list(self.fields):
            if field not in (*PROPOSED_FIELDS, "reason", "proof"):
                del self.fields[field]
        for name in ("ethnicity", "political_status", "education", "degree"):
            self._offer_present(name, values[name])

    def _offer_present(self, name: str, code: str) -> None:
        """Offer the code that the record has, although it is none of the usual ones."""
        field: Any = self.fields[name]
        choices = list(field.choices)
        if code and all(value != code for value, _name in choices):
            field.choices = [*choices, (code, code)]


@permission_for_view(Permission.OWN_RECORD)
@require_http_methods(["GET", "POST"])
def own_correction(request: HttpRequest) -> HttpResponse:
    """Propose a correction of the own record."""
    actor = actor_of(request)
    officer = own_officer(actor)
    known = open_proposal_of(officer)
    if known is not None and request.method == "GET":
        messages.info(request, _("这份更正申请正在等待单位答复"))
        return redirect("proposal-detail", pk=known.pk)
    is_sent = request.method == "POST"
    form = ProposalForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, officer=officer
    )
    if is_sent and form.is_valid():
        file: Any = form.cleaned_data["proof"]
        values = {field: str(form.cleaned_data[field]) for field in PROPOSED_FIELDS}
        try:
            proposal = services.propose_correction(
                actor,
                values,
                form.cleaned_data["reason"],
                (file.read(), file.name) if file else None,
                on=clock.today(),
                now=clock.now(),
            )
        except EntryRefused as refused:
            for finding in refused.findings:
                place = FIELD_OF_HEADING.get(finding.column, "")
                text = _(finding.message)
                form.add_error(
                    place if place in form.fields else None, text % finding.fields if finding.fields else text
                )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已提出更正申请，等待“%(unit)s”答复") % {"unit": officer.agency.name})
            return redirect("proposal-detail", pk=proposal.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("申请更正"),
            "breadcrumbs": [{"label": _("我的档案"), "url": reverse("own-record")}],
            "form": form,
            "fieldsets": [
                {"title": _("身份"), "names": ["name", "ethnicity", "political_status", "phone"]},
                {"title": _("学历"), "names": ["education", "degree", "school", "major"]},
                {
                    "title": _("任职"),
                    "names": ["post", "position", "work_started", "enforcement_started"],
                },
                {"title": _("依据"), "names": ["reason", "proof"]},
            ],
            "wide_fields": ("reason", "proof"),
            "submit_label": _("提出更正"),
            "cancel_url": reverse("own-record"),
        },
        status=400 if form.errors else 200,
    )


def _allowed(actor: Actor, proposal: Proposal) -> dict[str, bool]:
    is_open = proposal.state == ProposalState.OPEN
    own = is_own(actor, proposal.officer)
    may_edit = is_permitted(actor, Permission.OFFICER_EDIT, proposal.officer.place)
    return {"withdraw": is_open and own, "answer": is_open and may_edit and not own}


def _context(actor: Actor, proposal: Proposal) -> dict[str, Any]:
    officer = proposal.officer
    own = is_own(actor, officer)
    first = (
        {"label": _("我的档案"), "url": reverse("own-record")}
        if own
        else {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])}
    )
    return {
        "page_title": _("更正申请：%(name)s") % {"name": officer.name},
        "breadcrumbs": [first],
        "proposal": proposal,
        "state": state_face(proposal),
        "fields": fields_of(proposal),
        "allowed": _allowed(actor, proposal),
    }


@signed_in
@require_safe
def proposal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with its answers, for the officer and for the unit."""
    actor = actor_of(request)
    proposal = proposal_for(actor, pk)
    return render_page(request, "officers/proposal.jinja", _context(actor, proposal))


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def proposal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or refuse, field by field."""
    actor = actor_of(request)
    proposal = proposal_for(actor, pk)
    require(actor, Permission.OFFICER_EDIT, proposal.officer.place)
    chosen: dict[str, str] = {}
    reasons: dict[str, str] = {}
    error: InvalidInput | None = None
    if request.method == "POST":
        answers = {}
        for field in PROPOSED_FIELDS:
            chosen[field] = request.POST.get(f"answer-{field}", "")
            reasons[field] = request.POST.get(f"reason-{field}", "")
            if chosen[field] in ("accept", "refuse"):
                answers[field] = services.FieldAnswer(chosen[field] == "accept", reasons[field])
        try:
            services.answer_proposal(actor, pk, answers, on=clock.today(), now=clock.now())
        except InvalidInput as refused:
            error = refused
        else:
            messages.success(
                request, _("已答复%(name)s的更正申请，本人可以看到结果") % {"name": proposal.officer.name}
            )
            return redirect("proposal-detail", pk=pk)
    return render_page(
        request,
        "officers/proposal_answer.jinja",
        {
            **_context(actor, proposal),
            "page_title": _("答复更正申请"),
            "chosen": chosen,
            "reasons": reasons,
            "error_place": error.place if error else "",
            "error_text": error_text(error) if error else "",
        },
        status=400 if error else 200,
    )


@permission_for_view(Permission.OWN_RECORD)
@require_POST
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the own proposal back."""
    services.withdraw_proposal(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已撤回更正申请"))
    return redirect("proposal-detail", pk=pk)
