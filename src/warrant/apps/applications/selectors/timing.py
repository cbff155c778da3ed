"""How a case stands towards its due day, in words, and how long it has been where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, Stay
from warrant.apps.applications.selectors.regulations import province_code_of, work_calendar
from warrant.apps.foundation import clock
from warrant.core.lifecycle import ApplicationState
from warrant.core.regulation.clock import Stage, Term, standing_of

TONES = {Stage.IN_TIME: "waiting", Stage.WARNING: "attention", Stage.OVERDUE: "broken"}


@dataclass(frozen=True)
class Due:
    """``word`` says what is left or over; ``tone`` is one of the five tones; without a due day both are empty."""

    word: str = ""
    tone: str = ""
    stage: Stage = Stage.IN_TIME

    @property
    def cell(self) -> dict[str, str] | str:
        """The cell of a list: word and tone, or nothing without a due day."""
        return {"word": self.word, "tone": self.tone} if self.word else ""


def due_of(due_on: date | None, warn_on: date | None, province_code: str) -> Due:
    """Return how a stay with this due day stands today, by the calendar that counts in the province today."""
    if due_on is None:
        return Due()
    today = clock.today()
    standing = standing_of(work_calendar(province_code, today), Term(warn_on or due_on, due_on), today)
    if standing.stage is Stage.OVERDUE:
        words = _("已超期 %(count)s 个工作日") if standing.workdays else _("已到期")
    elif today == due_on:
        words = _("今天到期")
    else:
        words = _("还剩 %(count)s 个工作日")
    return Due(words % {"count": standing.workdays}, TONES[standing.stage], standing.stage)


def due_of_case(application: Application) -> Due:
    """Return how a case stands today; its officer's unit and province must have been read along."""
    return due_of(application.due_on, application.warn_on, province_code_of(application.officer))


@dataclass(frozen=True)
class Course:
    """Working days so far: at the deciding units, at the registering unit for correction, at the ministry."""

    deciding: int
    correcting: int
    filing: int


def course_of(application: Application) -> Course:
    """Return how long the case has been where; the time of a correction is not the deciding units'."""
    province_code = province_code_of(application.officer)
    sums = {"deciding": 0, "correcting": 0, "filing": 0}
    names = {ApplicationState.RETURNED.value: "correcting", ApplicationState.FILING.value: "filing"}
    today = clock.today()
    for stay in Stay.objects.filter(application=application):
        days = stay.workdays
        if stay.ended_at is None:
            begun_on = timezone.localtime(stay.begun_at).date()
            days = max(work_calendar(province_code, today).workdays_between(begun_on, today), 0)
        sums[names.get(stay.state, "deciding")] += days
    return Course(**sums)


def _lines(application: Application, due: Due, course: Course) -> Iterable[str]:
    if application.due_on is not None:
        yield _("%(due)s（%(day)s 到期）") % {
            "due": due.word,
            "day": date_format(application.due_on, "Y-m-d"),
        }
    if application.state == ApplicationState.RETURNED:
        yield _("补正期间停止计时，重新提交后继续")
    if course.deciding or course.correcting or course.filing:
        yield _("各级办理共用 %(count)s 个工作日") % {"count": course.deciding}
    if course.correcting:
        yield _("补正共用 %(count)s 个工作日，不计入办理时限") % {"count": course.correcting}
    if course.filing:
        yield _("部级备案已用 %(count)s 个工作日") % {"count": course.filing}


def time_lines(application: Application) -> tuple[Due, list[str]]:
    """Return how the case stands, and what its page says about its time, most urgent first."""
    due, course = due_of_case(application), course_of(application)
    return due, list(_lines(application, due, course))
