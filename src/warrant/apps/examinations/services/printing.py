"""The papers of a sitting: list of candidates to sign in, admission slips, and the score sheet to sign."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, Sitting
from warrant.apps.examinations.selectors.results import paper_name
from warrant.apps.examinations.services.planning import subject_of
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, NotFound
from warrant.core.lifecycle import SittingState
from warrant.core.ports import PaperLetter, PaperRoster, PaperSection, Table, TableColumn

PAPERS_OF_A_SITTING: Mapping[str, str] = {
    "list": N_("考生签到表"),
    "slips": N_("准考证"),
    "scores": N_("成绩登记表"),
}
"""The papers in the order in which they are needed; msgids."""


def _roster(
    sitting: Sitting,
    people: Sequence[Candidate],
    foot: str,
    *,
    title: str,
    columns: Sequence[TableColumn],
    signatures: Sequence[str],
) -> PaperRoster:
    blanks = [""] * len(columns)
    return PaperRoster(
        table=Table(
            title=title,
            watermark=foot,
            columns=[
                TableColumn(_("考号"), width=8),
                TableColumn(_("姓名"), width=14),
                TableColumn(_("执法单位"), width=44),
                *columns,
            ],
            rows=[(str(one.number), one.officer.name, one.officer.agency.name, *blanks) for one in people],
            about=list,
            about_title="",
        ),
        facts=[
            paper_name(sitting.paper),
            sitting.when,
            _("地点：%(venue)s") % {"venue": sitting.venue},
            _("主考单位：%(unit)s") % {"unit": sitting.organiser.name},
            _("合格分数 %(mark)s") % {"mark": sitting.pass_mark},
            _("应考 %(people)s 人") % {"people": len(people)},
        ],
        signatures=signatures,
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        number_label=_("序号"),
    )


def _list(sitting: Sitting, people: Sequence[Candidate], foot: str) -> PaperRoster:
    columns = [TableColumn(_("签到"), width=24), TableColumn(_("备注"), width=14)]
    signatures = (_("监考人一（签字）："), _("监考人二（签字）："), _("主考单位（盖章）："))
    return _roster(sitting, people, foot, title=_("考生签到表"), columns=columns, signatures=signatures)


def _scores(sitting: Sitting, people: Sequence[Candidate], foot: str) -> PaperRoster:
    columns = [TableColumn(_("成绩（缺考填“缺考”）"), width=24), TableColumn(_("备注"), width=14)]
    signatures = (_("阅卷人一（签字）："), _("阅卷人二（签字）："), _("主考单位（盖章）："))
    return _roster(sitting, people, foot, title=_("成绩登记表"), columns=columns, signatures=signatures)


def _slips(sitting: Sitting, people: Sequence[Candidate], foot: str) -> PaperLetter:
    heads = (_("考号"), _("姓名"), _("执法单位"), _("科目"), _("考试时间"), _("地点"))
    return PaperLetter(
        title=_("准考证"),
        subtitle=_("考号 %(first)s 至 %(last)s，按考号裁开分发")
        % {"first": people[0].number, "last": people[-1].number},
        addressee=_("各位考生："),
        paragraphs=[
            _("请在考试当天带本证和身份证或执法证件，提前十五分钟到场签到。")
            if sitting.begins_at
            else _("请在考试当天带本证和身份证或执法证件到场签到；开考时间以主考单位的通知为准。")
        ],
        sections=[
            PaperSection(
                _("%(paper)s考试准考证") % {"paper": paper_name(sitting.paper)},
                heads,
                (2, 3, 6, 4, 4, 5),
                [
                    (
                        str(one.number),
                        one.officer.name,
                        one.officer.agency.name,
                        paper_name(sitting.paper),
                        sitting.when,
                        sitting.venue,
                    )
                ],
            )
            for one in people
        ],
        signed=[sitting.organiser.name],
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        nothing=_("无"),
    )


_ROSTERS: Mapping[str, Callable[[Sitting, Sequence[Candidate], str], PaperRoster]] = {
    "list": _list,
    "scores": _scores,
}


@transaction.atomic
def print_sitting(actor: Actor, sitting: Sitting, paper: str, *, now: datetime) -> bytes:
    """Return one paper of a sitting as PDF; nothing of it is kept, who printed what is.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or there is no such paper.
        Conflict: the sitting was cancelled, or nobody is on the list.
    """
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    if paper not in PAPERS_OF_A_SITTING:
        raise NotFound("not-found", N_("没有这种文书"))
    people = list(sitting.candidates.select_related("officer__agency").order_by("number"))
    if sitting.state == SittingState.CANCELLED or not people:
        raise Conflict("nothing-to-print", N_("考试已取消或者还没有考生，不能打印"))
    foot = watermark(
        actor, unit_name(actor), _("打印%(paper)s") % {"paper": _(PAPERS_OF_A_SITTING[paper])}, now=now
    )
    target = BytesIO()
    if paper in _ROSTERS:
        paper_printer().print_roster(_ROSTERS[paper](sitting, people, foot), target)
    else:
        paper_printer().print_letter(_slips(sitting, people, foot), target)
    said = f"{PAPERS_OF_A_SITTING[paper]} {len(people)} 人"
    record(actor, "sitting.printed", subject_of(sitting), said, now=now, detail={"paper": paper})
    return target.getvalue()
