"""One certificate, one act on it, its notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.certificates.forms import DeclarationForm, LossNoticeForm
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors import (
    allowed_actions,
    can_record_notice,
    certificate_for,
    due_review,
    entry_label,
    entry_text,
    face_of,
    history_of,
    is_overdue,
    latest_among,
    next_step_words,
    notice_of,
    papers_of,
    training_since,
)
from warrant.apps.certificates.selectors.listing import categories_text
from warrant.apps.certificates.selectors.notices import kind_of_act
from warrant.apps.certificates.selectors.reading import latest_act
from warrant.apps.certificates.selectors.terms import deadline_after, due_words
from warrant.apps.certificates.services import change_certificate, require_possible
from warrant.apps.certificates.services.losses import record_loss_notice, require_recordable
from warrant.apps.certificates.services.notices import PDF, issue_notice, preview_notice
from warrant.apps.certificates.types import ACTION_FACES, NOTICES, STATE_FACES
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, render_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.selectors import chain_of
from warrant.core.access import Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import CertificateState
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS


def _state(certificate: Certificate) -> dict[str, str]:
    face = face_of(certificate)
    return {"word": _(face.word), "tone": face.tone}


def _detail_context(request: HttpRequest, certificate: Certificate) -> dict[str, Any]:
    entries = []
    history = history_of(certificate)
    for entry in (row.entry for row in history):
        face = STATE_FACES[CertificateState(entry.to_state)]
        entries.append(
            {
                "at": entry.happened_at,
                "title": entry_label(entry),
                "person": entry.account_name or _("系统"),
                "text": entry_text(entry),
                "tone": face.tone,
            }
        )
    filing = certificate.filing_request
    acts = [row.entry for row in history]
    papers = papers_of(actor_of(request), certificate, history)
    notices = [row.loss for row in history if row.loss is not None]
    is_lost = certificate.state == CertificateState.LOST
    notice = next((row.loss for row in history if is_lost and row.entry.action == "report-lost"), None)
    is_withheld = certificate.state == CertificateState.WITHHELD
    withholding = latest_among(acts, "withhold") if is_withheld else None
    trainings = training_since(certificate, withholding, clock.today()) if withholding else []
    return {
        "page_title": f"{certificate.officer.name} {certificate.number}",
        "certificate": certificate,
        "state": _state(certificate),
        "face": face_of(certificate),
        "categories": categories_text(certificate),
        "links": chain_of(certificate.officer),
        "entries": entries,
        "actions": allowed_actions(actor_of(request), certificate),
        "filing": filing,
        "next_step": next_step_words(certificate, notice, withholding, trainings),
        "notice_url": _notice_url(request, certificate),
        "has_notice": notice is not None,
        "notices": notices,
        "papers": papers,
        "done_papers": [paper for paper in papers if str(paper.entry) == request.GET.get("done")],
        "withholding": withholding,
        "withholding_text": entry_text(withholding) if withholding else "",
        "trainings_text": "；".join(
            f"{row.course} {row.hours} {_('学时')} {row.finished_on.isoformat()}" for row in trainings
        ),
        "is_overdue": is_overdue(certificate),
        "review": due_review(certificate, clock.today()),
    }


def _notice_url(request: HttpRequest, certificate: Certificate) -> str:
    """Return where the viewer can record the notice of the loss; empty where it is not the time or the viewer's to do."""
    if not can_record_notice(actor_of(request), certificate):
        return ""
    return reverse("certificate-loss-notice", args=[certificate.number])


@signed_in
@require_GET
def certificate_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one certificate to whoever may see it, the holder included."""
    certificate = certificate_for(actor_of(request), number)
    context = _detail_context(request, certificate)
    if actor_of(request).has_anywhere(Permission.CERTIFICATE_VIEW):
        context["breadcrumbs"] = [{"url": reverse("certificate-list"), "label": _("执法证件")}]
    return render_page(request, "certificates/detail.jinja", context)


@signed_in
@require_http_methods(["GET", "POST"])
def certificate_act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Ask for the reason of an act, and carry it out."""
    actor = actor_of(request)
    face = ACTION_FACES.get(action)
    if face is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    certificate = certificate_for(actor, number)
    names = {"name": certificate.officer.name, "number": certificate.number}
    form = DeclarationForm(action, clock.today(), request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            answer = _decided(request, certificate, action, form)
        except (InvalidInput, Conflict) as error:
            add_error(form, error)
            status = error.status
        else:
            if answer is not None:
                return answer
            status = 400
    else:
        require_possible(actor, certificate, action)
    detail_url = reverse("certificate-detail", args=[number])
    return render_page(
        request,
        "certificates/act.jinja",
        {
            "page_title": _(face.label),
            "breadcrumbs": [{"url": detail_url, "label": f"{names['name']} {names['number']}"}],
            "certificate": certificate,
            "state": _state(certificate),
            "categories": categories_text(certificate),
            "question": _(face.question) % names,
            "consequences": [
                *(_(line) for line in face.consequences),
                _(DECLARATIONS[action].card),
                *deadline_after(action, clock.today()),
            ],
            "documents": [_(line) for line in DECLARATIONS[action].documents],
            "deadline": due_words(certificate),
            "notice_title": _(NOTICES[kind_of_act(action)].title),
            "form": form,
            "confirm_label": _(face.label),
            "cancel_url": detail_url,
            "danger": face.is_dangerous,
        },
        status=status,
    )


def _decided(
    request: HttpRequest, certificate: Certificate, action: str, form: DeclarationForm
) -> HttpResponse | None:
    """Carry out what was typed, or show its notice beforehand; nothing where a field is wrong.

    Raises: NotFound, NotPermitted; Conflict, InvalidInput, after which the form is shown with what was typed.
    """
    actor, number = actor_of(request), certificate.number
    require_possible(actor, certificate, action)
    if not form.is_valid():
        return None
    if request.POST.get("preview"):
        paper = preview_notice(actor, certificate, action, form.declared, now=clock.now())
        return HttpResponse(
            paper, PDF, headers={"Content-Disposition": f'inline; filename="{number}-preview.pdf"'}
        )
    changed = change_certificate(actor, certificate, action, form.declared, now=clock.now())
    names = {"name": certificate.officer.name, "number": number}
    messages.success(request, _(ACTION_FACES[action].done) % names)
    return redirect(f"{reverse('certificate-detail', args=[number])}?done={latest_act(changed)}")


@signed_in
@require_http_methods(["GET", "POST"])
def certificate_loss_notice(request: HttpRequest, number: str) -> HttpResponse:
    """Record where and when the loss of a certificate was published."""
    actor = actor_of(request)
    certificate = certificate_for(actor, number)
    require_recordable(actor, certificate)
    detail_url = reverse("certificate-detail", args=[number])
    names = {"name": certificate.officer.name, "number": certificate.number}
    form = LossNoticeForm(notice_of(certificate), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_loss_notice(actor, certificate, form.entry, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("已登记%(name)s的证件 %(number)s 的遗失声明，可以按规定申请补发。") % names
            )
            return redirect(detail_url)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("登记遗失声明"),
            "breadcrumbs": [{"url": detail_url, "label": f"{names['name']} {names['number']}"}],
            "form": form,
            "wide_fields": ["proof"],
            "submit_label": _("登记声明"),
            "cancel_url": detail_url,
        },
        status=400 if form.errors else 200,
    )


@signed_in
@require_POST
def certificate_notice(request: HttpRequest, number: str, entry: int, kind: str) -> HttpResponse:
    """Issue one notice about one act, and open it; issued before, the same one opens."""
    certificate = certificate_for(actor_of(request), number)
    notice = issue_notice(actor_of(request), certificate, entry, kind, now=clock.now())
    return redirect("document-open", pk=notice.document_id)
