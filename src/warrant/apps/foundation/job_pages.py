"""Pages on which a person follows the own background jobs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import cancel_job, job_for, jobs_of, note_seen
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.pages import actor_of, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.core.access import Actor
from warrant.core.errors import N_

_TONES = {
    "queued": "waiting",
    "running": "waiting",
    "done": "valid",
    "failed": "broken",
    "cancelled": "ended",
}
_WORDS = {
    "queued": N_("排队中"),
    "running": N_("进行中"),
    "done": N_("已完成"),
    "failed": N_("未成功"),
    "cancelled": N_("已取消"),
}


def _state(job: Job) -> dict[str, str]:
    if job.cancel_asked_at is not None and not job.is_over:
        return {"word": _("正在取消"), "tone": "attention"}
    return {"word": _(_WORDS[job.state]), "tone": _TONES[job.state]}


def _progress_text(job: Job) -> str:
    if job.state == Job.State.DONE:
        return job.result_text
    if job.state == Job.State.FAILED:
        return job.error
    if job.total:
        return f"{job.percent}%"
    return ""


@signed_in
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """List the viewer's own jobs, newest first."""
    page = keyset_page(jobs_of(actor_of(request)), "-id", request.GET.get("after", ""))

    def address(key: str) -> str:
        return f"?after={key}" if key else ""

    return render_page(
        request,
        "jobs/list.jinja",
        {
            "page_title": _("后台任务"),
            "columns": [
                {"key": "title", "label": _("任务")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "progress", "label": _("进度与结果"), "kind": "clip"},
                {"key": "created_at", "label": _("发起时间"), "kind": "instant"},
                {"key": "finished_at", "label": _("结束时间"), "kind": "instant"},
            ],
            "rows": [
                {
                    "title": job.title,
                    "state": _state(job),
                    "progress": _progress_text(job),
                    "created_at": job.created_at,
                    "finished_at": job.finished_at,
                    "url": reverse("job-detail", args=[job.pk]),
                }
                for job in page.rows
            ],
            "is_working": any(not job.is_over for job in page.rows),
            "list_url": reverse("job-list"),
            "table_name": "jobs",
            "count_text": _("共 %(count)s 项任务") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "empty_title": _("还没有后台任务"),
            "empty_step": _("导入花名册、导出大量记录等耗时的工作会列在这里"),
            "empty_url": reverse("home"),
        },
    )


def _place_in_line(job: Job) -> str:
    if job.state != Job.State.QUEUED:
        return ""
    ahead = Job.objects.filter(state=Job.State.QUEUED, pk__lt=job.pk).count()
    if not ahead:
        return _("马上开始")
    return ngettext("前面还有 %(count)s 项任务", "前面还有 %(count)s 项任务", ahead) % {"count": ahead}


@signed_in
@require_safe
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: how far it is, and its result; the changing part replaces itself until the job is over."""
    job = job_for(actor_of(request), pk)
    note_seen(job, now=clock.now())
    context: dict[str, Any] = {
        "job": job,
        "state": _state(job),
        "place_in_line": _place_in_line(job),
        "job_url": reverse("job-detail", args=[job.pk]),
        "cancel_url": reverse("job-cancel", args=[job.pk]),
        "is_cancelling": job.cancel_asked_at is not None and not job.is_over,
    }
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render_page(request, "jobs/progress.jinja", context)
    return render_page(
        request,
        "jobs/detail.jinja",
        {
            **context,
            "page_title": job.title,
            "breadcrumbs": [{"label": _("后台任务"), "url": reverse("job-list")}],
        },
    )


@signed_in
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the viewer's own job."""
    job = cancel_job(actor_of(request), pk, now=clock.now())
    if job.is_over:
        messages.success(request, _("任务已取消，尚未开始，没有留下任何改动"))
    else:
        messages.success(request, _("已要求停止，执行完手上的一步就会停下"))
    return redirect("job-detail", pk=job.pk)


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the viewer's jobs that run, and those whose end the viewer has not seen yet, oldest first."""
    fields = ("id", "title", "state", "done", "total", "result_text", "error")
    moments = ("created_at", "finished_at", "cancel_asked_at")
    return [Queue(jobs_of(viewer).filter(seen_at=None).order_by("pk"), (*fields, *moments), _work_item)]


def _work_item(row: Any) -> WorkItem:
    job = Job(**vars(row))
    return WorkItem(
        kind="job",
        title=job.title,
        detail=_progress_text(job) or _("后台任务"),
        url=reverse("job-detail", args=[job.pk]),
        waiting_since=job.finished_at or job.created_at,
        tone=_TONES[job.state],
        due=_state(job)["word"],
        action=_("查看"),
    )
