"""One certificate under review, and one proposal that waits for the second person."""

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
from warrant.apps.reviews.forms import RefusalForm, ResultForm
from warrant.apps.reviews.models import ReviewLine
from warrant.apps.reviews.selectors.campaigns import batch_for, finding_texts, line_for
from warrant.apps.reviews.services import confirm_batch, propose_line, refuse_batch
from warrant.apps.reviews.types import BATCH_FACES, RESULT_WORDS, STATE_FACES
from warrant.apps.reviews.views.campaigns import crumbs
from warrant.core.access import Permission, is_permitted
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import ANNUAL_REVIEW, ReviewBatchState, ReviewState
from warrant.core.record.tables import ASSESSMENT


def _facts(line: ReviewLine) -> list[tuple[str, str]]:
    facts = line.facts
    band = facts["band"]
    return [
        (
            _("年度学时"),
            _("%(hours)s（要求 %(asked)s）") % {"hours": facts["hours"], "asked": facts["hours_asked"]},
        ),
        (_("年度考核"), ASSESSMENT.by_code(band).name if band else "—"),
        (_("本年度以来的惩处"), "、".join(facts["punished_on"]) or _("无")),
        (_("有效期至"), facts["valid_until"]),
        (_("证上单位"), facts["unit_printed"]),
        (_("现在单位"), facts["unit_now"]),
        (_("照片日期"), facts["photo_on"] or "—"),
        (_("核对日期"), facts["on"]),
    ]


def _line_page(request: HttpRequest, line: ReviewLine, form: ResultForm) -> HttpResponse:
    word, tone = STATE_FACES[ReviewState(line.state)]
    may = is_permitted(actor_of(request), Permission.REVIEW_DECIDE, line.place)
    is_open = ReviewState(line.state) in ANNUAL_REVIEW.transition("propose").sources
    return render_page(
        request,
        "reviews/line.jinja",
        {
            "page_title": _("%(name)s %(year)s 年度年审")
            % {"name": line.officer.name, "year": line.campaign.year},
            "breadcrumbs": crumbs(line.campaign),
            "state": {"word": _(word), "tone": tone},
            "line": line,
            "facts": _facts(line),
            "findings": finding_texts(line),
            "form": form if may and is_open else None,
            "result": _(RESULT_WORDS[line.batch.result]) if line.batch else "",
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.CERTIFICATE_VIEW)
@require_GET
def review_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the record says about one certificate."""
    return _line_page(request, line_for(actor_of(request), pk), ResultForm())


@permission_for_view(Permission.REVIEW_DECIDE)
@require_POST
def review_line_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the result of one certificate."""
    actor = actor_of(request)
    line = line_for(actor, pk)
    form = ResultForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            batch = propose_line(actor, line, typed["result"], typed["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已提出%(name)s%(result)s，等待另一人确认")
                % {"name": line.officer.name, "result": _(RESULT_WORDS[batch.result])},
            )
            return redirect("review-campaign", year=line.campaign.year)
    return _line_page(request, line, form)


@permission_for_view(Permission.REVIEW_DECIDE)
@require_http_methods(["GET", "POST"])
def review_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal with its certificates; a second person confirms it or turns it down."""
    actor = actor_of(request)
    batch = batch_for(actor, pk)
    then = request.POST.get("then", "") if request.method == "POST" else ""
    is_confirmation = then == "confirm"
    form = RefusalForm(request.POST if request.method == "POST" and not is_confirmation else None)
    if form.is_bound and then != "refuse":
        add_error(form, InvalidInput("unknown-decision", N_("请选择确认或者退回")))
    elif form.is_bound and form.is_valid():
        try:
            refuse_batch(actor, batch, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已退回；%(count)s 本证件恢复待审") % {"count": batch.count})
            return redirect("review-campaign", year=batch.campaign.year)
    elif is_confirmation:
        done = confirm_batch(actor, batch, now=clock.now())
        text = _("已确认 %(count)s 本证件%(result)s，写入各人档案") % {
            "count": done.count - done.taken_out,
            "result": _(RESULT_WORDS[done.result]),
        }
        if done.taken_out:
            text += _("；%(count)s 本已不再符合，退回逐一审查") % {"count": done.taken_out}
        messages.success(request, text)
        return redirect("review-batch", pk=pk)
    word, tone = BATCH_FACES[ReviewBatchState(batch.state)]
    page = keyset_page(
        batch.lines.select_related("officer__agency", "certificate"), "id", request.GET.get("after", "")
    )
    is_waiting = batch.state == ReviewBatchState.PROPOSED
    return render_page(
        request,
        "reviews/batch.jinja",
        {
            "page_title": _("%(result)s：%(count)s 本")
            % {"result": _(RESULT_WORDS[batch.result]), "count": batch.count},
            "breadcrumbs": crumbs(batch.campaign),
            "state": {"word": _(word), "tone": tone},
            "batch": batch,
            "rows": page.rows,
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "number", "label": _("证件编号")},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "findings", "label": _("核对结果"), "kind": "clip"},
            ],
            "lines": [
                {
                    "url": reverse("review-line", args=[line.pk]),
                    "name": line.officer.name,
                    "number": line.certificate.number,
                    "agency": line.officer.agency.name,
                    "findings": "；".join(finding_texts(line)) or _("各项符合"),
                }
                for line in page.rows
            ],
            "count_text": _("共 %(count)s 本") % {"count": page.count_text},
            **page.addresses(reverse("review-batch", args=[pk])),
            "is_waiting": is_waiting,
            "is_own": batch.proposed_by_id == actor.account_id,
            "form": form,
        },
        status=400 if form.errors else 200,
    )
