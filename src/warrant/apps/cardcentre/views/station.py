"""The station: whose card is next, what lies in the readers, and the job at work."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.cardcentre.forms import ReasonForm
from warrant.apps.cardcentre.models import CardJob, CardJobStep
from warrant.apps.cardcentre.selectors import (
    at_station,
    awaiting_production,
    batch_for,
    batches_elsewhere,
    blanks_by_suite,
    certificate_with_card,
    face_of,
    is_interrupted,
    job_for,
    pace_of,
    trouble_text,
)
from warrant.apps.cardcentre.services.batches import BATCH_MOST, put_back, take_jobs
from warrant.apps.cardcentre.services.faces import public_link
from warrant.apps.cardcentre.services.gate import unprintable_characters
from warrant.apps.cardcentre.services.jobs import (
    erase_spoiled_chip,
    pass_check,
    resume_card_job,
    spoil_card_job,
    start_card_job,
)
from warrant.apps.cardcentre.services.readers import card_readers, reader_states
from warrant.apps.cardcentre.types import INTERRUPTED_CURE, STEP_LABELS, TROUBLE_CURES, VirtualCardReaders
from warrant.apps.cardcentre.views.printing import print_form
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.chip.personalisation import StepName
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, Unavailable, WarrantError
from warrant.core.lifecycle import CardJobState

QUEUE_SHOWN = 30
BATCH_SIZE = 20
STATION_NAME = "card-station"
"""Key of the session: the work place is typed once."""
_COUNT = re.compile(r"[0-9]{1,3}")


def has_card_box() -> bool:
    """Tell whether a page may put cards into readers: virtual readers on a development node."""
    if not settings.WARRANT_NODE.is_development:
        return False
    try:
        return isinstance(card_readers(), VirtualCardReaders)
    except Unavailable:
        return False


@permission_for_view(Permission.CARD_PRODUCE)
@require_GET
def card_centre(request: HttpRequest) -> HttpResponse:
    """Show the queue, the readers and the next card to make."""
    asked = request.GET
    return _station(request, asked.get("certificate", ""), asked.get("reader", ""))


def _station(
    request: HttpRequest, number: str, wanted: str, problem: WarrantError | None = None, typed: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    now = clock.now()
    hand = at_station(actor)
    queue = list(awaiting_production(actor)[: QUEUE_SHOWN + 1])
    makeable = [job.certificate for job in hand.waiting] or queue
    chosen = next((row for row in makeable if row.number == number), makeable[0] if makeable else None)
    states = reader_states()
    ready = [state.name for state in states if state.state == "card"]
    return render_page(
        request,
        "cardcentre/station.jinja",
        {
            "page_title": _("制卡中心"),
            "hand": hand,
            "check": _check(hand.made, request.GET.get("made", "")),
            "print_form": print_form(request),
            "others": batches_elsewhere(actor),
            "queue": [(row, unprintable_characters(row)) for row in queue[:QUEUE_SHOWN]],
            "has_more": len(queue) > QUEUE_SHOWN,
            "chosen": chosen,
            "readers": states,
            "reader": wanted if wanted in ready else (ready[0] if ready else wanted),
            "running": [_job_row(job, now) for job in hand.running[:QUEUE_SHOWN]],
            "pace": pace_of(actor, now),
            "station": typed or (hand.batch.station if hand.batch else request.session.get(STATION_NAME, "")),
            "batch_size": request.POST.get("count", str(BATCH_SIZE)).replace("\x00", ""),
            "batch_most": BATCH_MOST,
            "blanks": blanks_by_suite(),
            "has_card_box": has_card_box(),
            "problem": error_text(problem) if problem else "",
            "cure": _(TROUBLE_CURES[problem.code]) if problem and problem.code in TROUBLE_CURES else "",
        },
        status=problem.status if problem else 200,
    )


def _reader(request: HttpRequest) -> str:
    """Return the name of the reader that was chosen, without what no database holds."""
    return request.POST.get("reader", "").replace("\x00", "")


def _check(made: list[CardJob], asked: str) -> CardJob | None:
    """Return the made card that is looked at next: the one just made, or the oldest."""
    return next((job for job in made if str(job.pk) == asked), made[0] if made else None)


@permission_for_view(Permission.CARD_PRODUCE)
@require_POST
def card_batch_take(request: HttpRequest) -> HttpResponse:
    """Take the next cards of the queue to a station."""
    actor = actor_of(request)
    station, count = request.POST.get("station", "").replace("\x00", ""), request.POST.get("count", "")
    size = int(count) if _COUNT.fullmatch(count) else 0
    try:
        if not 1 <= size <= BATCH_MOST:
            raise InvalidInput("batch-size", N_("一批取 1 到 %(most)s 张"), place="count", most=BATCH_MOST)
        taking = take_jobs(actor, station, awaiting_production(actor)[:size], now=clock.now())
    except (Conflict, InvalidInput) as error:
        return _station(request, "", "", error, station)
    request.session[STATION_NAME] = taking.batch.station
    messages.success(
        request,
        _("已取 %(count)s 张到“%(station)s”")
        % {"count": taking.batch.taken_count, "station": taking.batch.station},
    )
    for certificate, why in taking.refused:
        messages.warning(
            request, _("没有取%(name)s：%(why)s") % {"name": certificate.officer.name, "why": error_text(why)}
        )
    return redirect("card-centre")


@permission_for_view(Permission.CARD_PRODUCE)
@require_POST
def card_batch_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put what was not begun of a batch back into the queue."""
    try:
        count = put_back(actor_of(request), batch_for(actor_of(request), pk), now=clock.now())
    except Conflict as error:
        return _station(request, "", "", error)
    messages.success(request, _("%(count)s 张没有开始的卡已放回队列") % {"count": count})
    return redirect("card-centre")


@permission_for_view(Permission.CARD_PRODUCE)
@require_GET
def card_readers_state(request: HttpRequest) -> HttpResponse:
    """Answer the part of the station that looks at the readers again and again."""
    return render_page(
        request,
        "cardcentre/readers.jinja",
        {"readers": reader_states(), "reader": "", "has_card_box": has_card_box()},
    )


@permission_for_view(Permission.CARD_PRODUCE)
@require_POST
def card_job_start(request: HttpRequest) -> HttpResponse:
    """Make the card of one certificate with the blank in the reader, then offer the next one."""
    number, reader = request.POST.get("certificate", ""), _reader(request)
    certificate = certificate_with_card(actor_of(request), Permission.CARD_PRODUCE, number)
    try:
        job = start_card_job(actor_of(request), certificate, reader, now=clock.now())
    except (Conflict, InvalidInput, Unavailable, NotFound) as error:
        return _station(request, number, reader, error)
    return _after(request, job, certificate, reader)


@permission_for_view(Permission.CARD_PRODUCE)
@require_POST
def card_job_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up an interrupted job with its own card."""
    job = job_for(actor_of(request), pk)
    reader = _reader(request) or job.reader_name
    try:
        job = resume_card_job(actor_of(request), job, reader, now=clock.now())
    except (Conflict, InvalidInput, Unavailable) as error:
        return _job_page(request, pk, error)
    return _after(request, job, job.certificate, reader)


def _after(request: HttpRequest, job: CardJob, certificate: Certificate, reader: str) -> HttpResponse:
    if job.state == CardJobState.RUNNING:
        messages.error(request, _("没有制完：%(why)s") % {"why": trouble_text(job.trouble)})
        return redirect("card-job-detail", pk=job.pk)
    messages.success(
        request,
        _("%(name)s的证卡 %(number)s 已写好芯片，已回读核对；请打印并质检")
        % {"name": certificate.officer.name, "number": certificate.number},
    )
    return redirect(reverse("card-centre") + "?" + urlencode({"made": str(job.pk), "reader": reader}))


@permission_for_view(Permission.CARD_PRODUCE)
@require_POST
def card_job_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the printed card is good, then offer the next one."""
    job = job_for(actor_of(request), pk)
    try:
        pass_check(actor_of(request), job, now=clock.now())
    except Conflict as error:
        return _job_page(request, pk, error)
    messages.success(
        request,
        _("已制成%(name)s的证卡 %(number)s，质检合格")
        % {"name": job.certificate.officer.name, "number": job.certificate.number},
    )
    return redirect(f"{reverse('card-centre')}?{urlencode({'reader': job.reader_name})}")


@permission_for_view(Permission.CARD_PRODUCE)
@require_POST
def card_job_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Empty the chip of a spoiled card that lies in a reader."""
    job = job_for(actor_of(request), pk)
    reader = _reader(request) or job.reader_name
    try:
        erase_spoiled_chip(actor_of(request), job, reader, now=clock.now())
    except (Conflict, InvalidInput, Unavailable) as error:
        return _job_page(request, pk, error)
    messages.success(request, _("卡 %(serial)s 的芯片已清除") % {"serial": job.card})
    return redirect("card-job-detail", pk=pk)


@permission_for_view(Permission.CARD_VIEW)
@require_GET
def card_job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one job: its card, its steps, what stopped it and what to do."""
    return _job_page(request, pk)


def _job_page(request: HttpRequest, pk: int, problem: WarrantError | None = None) -> HttpResponse:
    job = job_for(actor_of(request), pk)
    now = clock.now()
    face = face_of(job, now)
    can_make = actor_of(request).has_anywhere(Permission.CARD_PRODUCE)
    can_work = can_make and job.state == CardJobState.RUNNING
    can_erase = can_make and job.state == CardJobState.SPOILED and job.chip_erased_at is None
    return render_page(
        request,
        "cardcentre/job.jinja",
        {
            "page_title": _("制卡任务：%(name)s") % {"name": job.certificate.officer.name},
            "breadcrumbs": [{"url": reverse("card-centre"), "label": _("制卡中心")}]
            if actor_of(request).has_anywhere(Permission.CARD_PRODUCE)
            else [],
            "state": {"word": _(face.word), "tone": face.tone},
            "job": job,
            "steps": _steps(job),
            "trouble": trouble_text(job.trouble),
            "cure": _(TROUBLE_CURES.get(job.trouble.get("code", ""), INTERRUPTED_CURE)),
            "is_interrupted": is_interrupted(job, now),
            "readers": reader_states() if can_work or can_erase else [],
            "public_link": public_link(job),
            "allowed": {
                "work": can_work,
                "check": can_make and job.state == CardJobState.MADE,
                "spoil": can_make and job.state in (CardJobState.RUNNING, CardJobState.MADE),
                "erase": can_erase,
                "face": job.state in (CardJobState.MADE, CardJobState.FINISHED),
            },
            "problem": error_text(problem) if problem else "",
            "problem_cure": _(TROUBLE_CURES[problem.code])
            if problem and problem.code in TROUBLE_CURES
            else "",
        },
        status=problem.status if problem else 200,
    )


@permission_for_view(Permission.CARD_PRODUCE)
@require_http_methods(["GET", "POST"])
def card_job_spoil(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a job and its card, with a reason."""
    job = job_for(actor_of(request), pk)
    form = ReasonForm(request.POST or None, initial={"reason": trouble_text(job.trouble)})
    if request.method == "POST" and form.is_valid():
        try:
            spoiled = spoil_card_job(
                actor_of(request),
                job,
                form.cleaned_data["reason"],
                now=clock.now(),
                reader_name=job.reader_name,
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            words = {"serial": job.card, "name": job.certificate.officer.name}
            if spoiled.chip_erased_at:
                messages.success(request, _("卡 %(serial)s 已作废，芯片已清除；%(name)s重新待制卡") % words)
            else:
                messages.warning(
                    request,
                    _("卡 %(serial)s 已作废；%(name)s重新待制卡。芯片没有清除：请在任务页清除，或剪断芯片")
                    % words,
                )
            return redirect(f"{reverse('card-centre')}?certificate={job.certificate.number}")
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("作废此卡"),
            "breadcrumbs": [{"url": reverse("card-job-detail", args=[pk]), "label": _("制卡任务")}],
            "question": _("作废卡 %(serial)s，放弃为%(name)s制作的这张卡")
            % {"serial": job.card, "name": job.certificate.officer.name},
            "consequences": [
                _("此卡按自己的序列号永久记为作废，交回库管销毁；卡还在读卡器中的，芯片随即清除。"),
                _("证件重新待制卡，须换一张空白卡制作。"),
            ],
            "form": form,
            "confirm_label": _("作废此卡"),
            "cancel_url": reverse("card-job-detail", args=[pk]),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )


def _job_row(job: CardJob, now: datetime) -> dict[str, Any]:
    face = face_of(job, now)
    return {
        "url": reverse("card-job-detail", args=[job.pk]),
        "name": job.certificate.officer.name,
        "number": job.certificate.number,
        "card": str(job.card),
        "state": {"word": _(face.word), "tone": face.tone},
        "trouble": trouble_text(job.trouble),
    }


def _steps(job: CardJob) -> list[dict[str, Any]]:
    """Return the steps of the newest attempt in their order: done, broken off, or still to come."""
    records = {
        row.name: row for row in CardJobStep.objects.filter(job=job, attempt=job.attempts).order_by("id")
    }
    is_over = job.state != CardJobState.RUNNING
    steps = []
    for name in StepName:
        row = records.get(name.value)
        if row is None and is_over and records:
            continue  # a card found finished is only read back
        tone = "pending" if row is None else "whole" if row.done_at else "broken"
        took = ""
        if row is not None and row.done_at:
            took = f"{(row.done_at - row.begun_at).total_seconds() * 1000:.0f}"
        steps.append({"title": _(STEP_LABELS[name]), "tone": tone, "took_ms": took})
    return steps
