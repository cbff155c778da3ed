"""Classes as sources of files: the list of classes, and the people of one class with what they were credited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.exports.selectors import Readers, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, IdNumbers, Parameters
from warrant.apps.foundation import clock
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.classes import (
    class_title,
    classes_for,
    earned_in,
    enrolments_of,
    lateness,
    rules_of,
    sees_all,
    sessions_of,
    state_of,
    subject_name,
)
from warrant.apps.training.selectors.correcting import counted_hours
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import ClassState
from warrant.core.ports import CellKind, TableColumn
from warrant.core.qualification.training import PROGRAMME_KINDS

CLASS_COLUMNS = (
    "title",
    "kind",
    "state",
    "organiser",
    "starts_on",
    "ends_on",
    "people",
    "capacity",
    "planned",
    "credited",
    "due_on",
    "late",
)


def read_nothing(_fields: QueryDict) -> Parameters:
    """Return that all classes are meant which the person may see."""
    return {}


def open_classes_list(actor: Actor, _parameters: Parameters) -> ExportSource:
    """Return the classes that the actor may see, with hours planned and credited."""
    today = clock.today()
    rows = classes_for(actor).select_related("organiser", "programme")
    credited = dict(
        TrainingClass.system.filter(pk__in=rows.values("pk"))
        .annotate(total=Sum("enrolments__record__hours"))
        .values_list("pk", "total")
    )

    def late(row: TrainingClass) -> str:
        found = lateness(row, today)
        return found["word"] if isinstance(found, dict) else ""

    readers: Readers = {
        "title": class_title,
        "kind": lambda row: _(PROGRAMME_KINDS[row.programme.kind]),
        "state": lambda row: state_of(row, today)["word"],
        "organiser": lambda row: row.organiser.name,
        "starts_on": lambda row: row.starts_on,
        "ends_on": lambda row: row.ends_on,
        "people": lambda row: row.people,
        "capacity": lambda row: row.capacity,
        "planned": lambda row: row.planned_hours,
        "credited": lambda row: credited.get(row.pk) if sees_all(actor, row) else None,
        "due_on": lambda row: row.hand_in_due_on,
        "late": late,
    }
    return ExportSource(
        title=_("培训班一览"),
        count=rows.order_by().count(),
        columns={
            "title": TableColumn(_("培训班"), width=36),
            "kind": TableColumn(_("类别")),
            "state": TableColumn(_("状态"), width=14),
            "organiser": TableColumn(_("主办单位"), width=30),
            "starts_on": TableColumn(_("开始日期"), CellKind.DATE),
            "ends_on": TableColumn(_("结束日期"), CellKind.DATE),
            "people": TableColumn(_("学员"), CellKind.NUMBER, 8),
            "capacity": TableColumn(_("名额"), CellKind.NUMBER, 8),
            "planned": TableColumn(_("大纲学时"), CellKind.NUMBER, 10),
            "credited": TableColumn(_("计入总学时"), CellKind.NUMBER, 12),
            "due_on": TableColumn(_("报送期限"), CellKind.DATE),
            "late": TableColumn(_("逾期"), width=10),
        },
        chosen=CLASS_COLUMNS,
        described=[],
        rows=rows_piece_by_piece(rows, "-starts_on", readers),
        back_url=reverse("class-list"),
        paper_columns=CLASS_COLUMNS,
        paper_title=_("培训班一览表"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


def read_class(fields: QueryDict) -> Parameters:
    """Return which class is meant, and whether only those are who were credited hours.

    Raises:
        InvalidInput: it is no number.
    """
    text = fields.get("class", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place="class")
    found: Parameters = {"class": [text]}
    if fields.get("completed", "") not in ("", "1"):
        raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place="completed")
    if fields.get("completed", "") == "1":
        found["completed"] = ["1"]
    return found


def open_class_people(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the people of one class with hours in all and by subject; of a unit above only the own people.

    Raises:
        NotFound: there is no such class in reach.
    """
    found = classes_for(actor).filter(pk=int(parameters["class"][0])).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    is_completed = "completed" in parameters
    own = enrolments_of(found, None if sees_all(actor, found) else actor)
    rules, sessions = rules_of(found), sessions_of(found)
    if found.state == ClassState.CONFIRMED:
        visible = {one.pk for one in own}
        people = [
            (one.enrolment, one.hours, one.by_subject)
            for one in counted_hours(found)
            if one.enrolment.pk in visible
        ]
    else:
        people = [(one.enrolment, one.hours, dict(one.by_subject)) for one in earned_in(found, sessions, own)]
    if is_completed:
        people = [one for one in people if found.state == ClassState.CONFIRMED and one[1]]
    codes = list(dict.fromkeys(code for _one, _hours, subjects in people for code in subjects))
    columns = {
        "number": TableColumn(_("学号"), CellKind.NUMBER, 8),
        "name": TableColumn(_("姓名"), width=14),
        "agency": TableColumn(_("执法单位"), width=36),
        "hours": TableColumn(_("学时"), CellKind.NUMBER, 8),
        **{f"subject-{code}": TableColumn(subject_name(rules, code), CellKind.NUMBER, 14) for code in codes},
    }

    def rows(keys: Sequence[str], _id_numbers: IdNumbers) -> Iterator[Sequence[object]]:
        for enrolment, hours, subjects in people:
            cells: dict[str, object] = {
                "number": enrolment.number,
                "name": enrolment.officer.name,
                "agency": enrolment.officer.agency.name,
                "hours": hours,
                **{f"subject-{code}": subjects.get(code, 0) for code in codes},
            }
            yield [cells[key] for key in keys]

    return ExportSource(
        title=_("结业人员名单") if is_completed else _("培训班学员和学时"),
        count=len(people),
        columns=columns,
        chosen=tuple(columns),
        described=[
            (_("培训班"), class_title(found)),
            (_("主办单位"), found.organiser.name),
            (_("起止日期"), f"{found.starts_on} — {found.ends_on}"),
            (_("状态"), state_of(found, clock.today())["word"]),
        ],
        rows=rows,
        back_url=reverse("class-detail", args=[found.pk]),
        paper_columns=tuple(columns),
        paper_title=_("培训结业人员名单") if is_completed else _("培训班学员和学时"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("主办单位（盖章）：")),
    )


CLASSES = ExportKind(Permission.OFFICER_EXPORT, read_nothing, open_classes_list)
CLASS_PEOPLE = ExportKind(Permission.OFFICER_EXPORT, read_class, open_class_people)
