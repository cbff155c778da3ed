"""The sign-in list of a lesson on paper: everybody of the class by number, with room to sign."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.classes import class_title, enrolments_of, rules_of, subject_name
from warrant.apps.training.services.planning import subject_of_class
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, NotFound
from warrant.core.ports import PaperRoster, Table, TableColumn


@transaction.atomic
def print_sign_in_list(
    actor: Actor, training_class: TrainingClass, session_pk: int, *, now: datetime
) -> bytes:
    """Return the sign-in list of a lesson as PDF, A4 landscape.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or no lesson of this class.
        Conflict: nobody is in the class.
    """
    require(actor, Permission.TRAINING_RECORD, training_class.place)
    session = training_class.sessions.filter(pk=session_pk).first()
    if session is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    people = enrolments_of(training_class)
    if not people:
        raise Conflict("class-empty", N_("还没有学员，不能打印签到表"))
    foot = watermark(actor, unit_name(actor), _("培训签到"), now=now)
    subject = subject_name(rules_of(training_class), session.subject)
    hours = f"{session.begins_at:%H:%M}—{session.ends_at:%H:%M}"
    table = Table(
        title=_("培训签到表"),
        watermark=foot,
        columns=[
            TableColumn(_("姓名"), width=14),
            TableColumn(_("执法单位"), width=44),
            TableColumn(_("签到"), width=24),
            TableColumn(_("备注"), width=18),
        ],
        rows=[(one.officer.name, one.officer.agency.name, "", "") for one in people],
        about=list,
        about_title="",
    )
    roster = PaperRoster(
        table=table,
        facts=[
            class_title(training_class),
            f"{session.held_on} {hours}",
            _("%(subject)s，%(hours)s 学时") % {"subject": subject, "hours": session.hours},
            _("授课教师：%(teacher)s") % {"teacher": session.teacher},
            _("地点：%(venue)s") % {"venue": session.venue},
            _("应到 %(people)s 人") % {"people": len(people)},
        ],
        signatures=(_("授课教师（签字）："), _("班主任（签字）："), _("主办单位（盖章）：")),
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        number_label=_("序号"),
    )
    target = BytesIO()
    paper_printer().print_roster(roster, target)
    record(
        actor,
        "class.sign-in-printed",
        subject_of_class(training_class),
        f"{session.held_on} {hours} {session.subject}，{len(people)} 人",
        now=now,
    )
    return target.getvalue()
