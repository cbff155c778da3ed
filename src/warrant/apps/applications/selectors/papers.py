"""The papers of a case: application form, receipt, sheet of opinions, notice of refusal; in the words of who prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.selectors.cases import opinions_of, reconsideration_until
from warrant.apps.applications.selectors.grounds import proof_lines
from warrant.apps.applications.types import (
    DECLARATIONS,
    KIND_FACES,
    MARKABLE_FIELDS,
    OPINION_LABELS,
    STATE_FACES,
    STEP_NAMES,
)
from warrant.apps.eligibility.selectors.wording import condition_of
from warrant.apps.examinations.selectors.results import examinations_of, paper_name
from warrant.apps.officers.selectors.documents import document_content
from warrant.apps.officers.selectors.register import code_name, educations_of
from warrant.apps.officers.selectors.sealing import masked_id_number
from warrant.apps.organisations.models import Agency
from warrant.apps.training.selectors import trainings_of
from warrant.core.errors import N_, Conflict, NotFound, Unavailable
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import reconsidering_step
from warrant.core.ports import PaperLetter, PaperSection, RecordSheet
from warrant.core.standards import codes

REFUSED_STATES = (ApplicationState.REFUSED, ApplicationState.RECONSIDERATION, ApplicationState.UPHELD)

PAPER_NAMES: Mapping[str, str] = {
    "form": N_("申领表"),
    "receipt": N_("受理回执"),
    "opinions": N_("办理意见表"),
    "refusal": N_("不予通过通知书"),
}
"""The papers in the order of the way of a case; msgids."""


def papers_of(application: Application) -> list[str]:
    """Return which papers there are of a case as it stands."""
    found = ["form"]
    if application.submitted_at is not None:
        found += ["receipt", "opinions"]
    if application.state in REFUSED_STATES and application.refused_at is not None:
        found.append("refusal")
    return found


def paper_of(application: Application, paper: str, foot: str) -> RecordSheet | PaperLetter:
    """Return one paper of a case; the caller has checked that the viewer may see the case.

    Raises:
        NotFound: there is no such paper.
        Conflict: there is none of this case as it stands.
    """
    if paper not in PAPER_NAMES:
        raise NotFound("not-found", N_("没有这种文书"))
    if paper not in papers_of(application):
        raise Conflict(
            "no-such-paper-now",
            N_("申请 %(number)s 现为“%(state)s”，没有“%(paper)s”"),
            number=application.number,
            state=_(STATE_FACES[application.state].word),
            paper=_(PAPER_NAMES[paper]),
        )
    return _MAKERS[paper](application, foot)


def _day(instant: datetime | None) -> str:
    return timezone.localtime(instant).date().isoformat() if instant is not None else ""


def _written_day(instant: datetime) -> str:
    return date_format(timezone.localtime(instant).date(), _("Y年n月j日"))


def _kind(application: Application) -> str:
    return _(KIND_FACES[application.kind].word)


def _categories(application: Application) -> str:
    names = (code_name(codes.ENFORCEMENT_CATEGORY, code) or code for code in application.category_codes)
    return _("、").join(names)


def _photo(application: Application) -> bytes | None:
    photo = application.officer.photo
    if photo is None:
        return None
    try:
        return document_content(photo)
    except Unavailable:
        return None  # a form without the photo is better than none; the frame says that it is missing


def _units(application: Application) -> dict[int, str]:
    ids = [step.unit_id for step in application.chain_of_steps]
    return dict(Agency.objects.filter(pk__in=ids).values_list("pk", "name"))


def _material(application: Application) -> PaperSection:
    officer = application.officer
    rows = [
        (_("学历"), f"{row.school} {row.major}", row.graduated_on.isoformat(), row.proof.file_name)
        for row in educations_of(officer)
    ]
    rows += [
        (
            _("培训"),
            _("%(course)s，%(hours)s 学时") % {"course": row.course, "hours": row.hours},
            row.finished_on.isoformat(),
            row.proof.file_name,
        )
        for row in trainings_of(officer)
    ]
    rows += [
        (
            _("考试"),
            _("%(paper)s，%(score)s 分") % {"paper": paper_name(row.paper), "score": row.score},
            row.sat_on.isoformat(),
            row.proof.file_name,
        )
        for row in examinations_of(officer)
    ]
    return PaperSection(_("证明材料"), (_("材料"), _("内容"), _("日期"), _("证明文件")), (2, 7, 3, 4), rows)


def _proofs(application: Application) -> list[PaperSection]:
    """Return what proves the grounds of a replacement, with the digest of each file; none for other kinds."""
    rows = proof_lines(application)
    if not rows:
        return []
    heads = (_("凭证"), _("刊登于或交回单位"), _("日期"), _("证明文件"), _("文件摘要（SHA-256）"))
    return [PaperSection(_("补发凭证"), heads, (2, 4, 3, 4, 6), rows)]


def _conditions(opinions: Sequence[Opinion]) -> list[PaperSection]:
    """Return the conditions as they stood when something was last said about the case; none before."""
    kept = next((row.eligibility for row in reversed(opinions) if row.eligibility is not None), None)
    if kept is None:
        return []
    words = {"met": _("符合"), "not-met": _("不符合"), "unknown": _("未知"), "waived": _("已豁免")}
    found = [condition_of(result) for result in kept.results]
    rows = [(row.title, words[row.outcome], row.found, row.basis) for row in found]
    title = _("资格条件（%(day)s 核对）") % {"day": kept.on.isoformat()}
    return [PaperSection(title, (_("条件"), _("结果"), _("查到的情况"), _("依据")), (5, 2, 6, 5), rows)]


def _pairs(application: Application) -> list[tuple[str, str]]:
    officer = application.officer
    pairs = [
        (_("申请编号"), application.number),
        (_("申请种类"), _kind(application)),
        (_("姓名"), officer.name),
        (_("性别"), code_name(codes.SEX, officer.sex)),
        (_("出生日期"), officer.birth_on.isoformat()),
        (_("身份证号码"), masked_id_number(officer)),
        (_("学历"), code_name(codes.EDUCATION, officer.education)),
        (_("编制性质"), code_name(codes.STAFFING, officer.staffing)),
        (_("执法单位"), officer.agency.name),
        (_("岗位"), officer.post),
        (_("职务"), officer.position),
        (_("执法门类"), _categories(application)),
    ]
    if application.certificate_number:
        pairs.append((_("原证件"), application.certificate_number))
    return pairs


def _sheet(
    application: Application,
    title: str,
    *,
    pairs: Sequence[tuple[str, str]],
    sections: Sequence[PaperSection],
    signatures: Sequence[str],
    foot: str,
) -> RecordSheet:
    return RecordSheet(
        title=title,
        subtitle=_("%(unit)s　　申请编号 %(number)s")
        % {"unit": application.officer.agency.name, "number": application.number},
        photo=_photo(application),
        photo_label=_("照片"),
        pairs=pairs,
        wide=frozenset({_("执法单位"), _("执法门类"), _("单位意见")}),
        sections=sections,
        signatures=signatures,
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        nothing=_("无"),
    )


def _form(application: Application, foot: str) -> RecordSheet:
    pairs = [
        *_pairs(application),
        (_("填报人"), application.prepared_by.display_name),
        (_("提交日期"), _day(application.submitted_at)),
        (_("单位意见"), application.statement),
    ]
    declared = [
        (_(words), _("是") if application.declarations[name] else _("否"))
        for name, words in DECLARATIONS.items()
        if name in application.declarations
    ]
    sections = [
        PaperSection(_("单位声明"), (_("事项"), _("声明")), (5, 1), declared),
        *_proofs(application),
        _material(application),
        *_conditions(opinions_of(application)),
    ]
    steps = application.chain_of_steps
    blank = "\n\n" + _("年　　月　　日")
    signatures = [_("申请人（签字）：") + blank, _("申请单位（盖章）：") + blank]
    signatures += [
        _("%(step)s意见（盖章）：") % {"step": _(STEP_NAMES[step.state])} + blank for step in steps
    ]
    return _sheet(
        application,
        _("交通运输行政执法资格申领表"),
        pairs=pairs,
        sections=sections,
        signatures=signatures,
        foot=foot,
    )


def said_of(row: Opinion) -> str:
    """Return the reason of an opinion with its marks and its remedy, line by line."""
    parts = [row.reason]
    if row.marked_fields:
        marks = _("、").join(_(MARKABLE_FIELDS[mark]) for mark in row.marked_fields)
        parts.append(_("需要补正：%(marks)s") % {"marks": marks})
    if row.remedy:
        parts.append(_("救济途径：%(remedy)s") % {"remedy": row.remedy})
    return "\n".join(part for part in parts if part)


def _opinions(application: Application, foot: str) -> RecordSheet:
    opinions = opinions_of(application)
    rows = [
        (
            str(row.seq),
            _day(row.given_at),
            _(OPINION_LABELS[row.action][0]),
            _(row.unit_name) if row.account_id is None else row.unit_name,
            row.account_name,
            said_of(row),
        )
        for row in opinions
    ]
    heads = (_("序号"), _("日期"), _("决定"), _("单位"), _("经办人"), _("意见"))
    sections = [PaperSection(_("办理意见"), heads, (1, 3, 3, 5, 2, 6), rows)]
    sections += [*_proofs(application), *_conditions(opinions)]
    pairs = [*_pairs(application), (_("现状"), _(STATE_FACES[application.state].word))]
    return _sheet(
        application,
        _("交通运输行政执法资格申请办理意见表"),
        pairs=pairs,
        sections=sections,
        signatures=(),
        foot=foot,
    )


def _letter(
    application: Application,
    title: str,
    *,
    addressee: str,
    paragraphs: Sequence[str],
    sections: Sequence[PaperSection],
    signed: Sequence[str],
    foot: str,
) -> PaperLetter:
    return PaperLetter(
        title=title,
        subtitle=_("申请编号 %(number)s") % {"number": application.number},
        addressee=addressee,
        paragraphs=paragraphs,
        sections=sections,
        signed=signed,
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        nothing=_("无"),
    )


def _receipt(application: Application, foot: str) -> PaperLetter:
    officer, units = application.officer, _units(application)
    submitted_at = application.submitted_at
    if submitted_at is None:
        raise ValueError("a draft has no receipt")
    steps = application.chain_of_steps
    rows = [
        (
            _(STEP_NAMES[step.state]),
            units.get(step.unit_id, ""),
            _("%(count)s 个工作日") % {"count": step.limit} if step.limit else _("未规定"),
        )
        for step in steps
    ]
    sections = [
        _material(application),
        PaperSection(_("办理环节"), (_("环节"), _("办理单位"), _("办理时限")), (2, 6, 3), rows),
    ]
    text = _("现收到你单位于%(day)s提交的%(name)s的行政执法资格申请（%(kind)s，执法门类：%(categories)s）。")
    paragraphs = [
        text
        % {
            "day": _written_day(submitted_at),
            "name": officer.name,
            "kind": _kind(application),
            "categories": _categories(application),
        },
        _("时限自收到次日起按工作日计算；退回补正期间停止计时。可凭申请编号查询办理进度。"),
    ]
    first = units.get(steps[0].unit_id, "") if steps else ""
    signed = [first, _written_day(submitted_at)]
    return _letter(
        application,
        _("行政执法资格申请受理回执"),
        addressee=_("%(unit)s：") % {"unit": officer.agency.name},
        paragraphs=paragraphs,
        sections=sections,
        signed=signed,
        foot=foot,
    )


def _refusal(application: Application, foot: str) -> PaperLetter:
    refused = [row for row in opinions_of(application) if row.action in ("refuse", "filing-refused")][-1]
    officer = application.officer
    unit = _(refused.unit_name) if refused.account_id is None else refused.unit_name
    paragraphs = [
        _("你于%(day)s提出的行政执法资格申请（%(kind)s，执法门类：%(categories)s），经审查，不予通过。")
        % {
            "day": _written_day(application.submitted_at or refused.given_at),
            "kind": _kind(application),
            "categories": _categories(application),
        },
        _("理由：%(reason)s") % {"reason": refused.reason},
    ]
    if refused.remedy:
        paragraphs.append(_("救济途径：%(remedy)s") % {"remedy": refused.remedy})
    until = reconsideration_until(application)
    step = reconsidering_step(application.chain_of_steps, ApplicationState(application.refused_in))
    if until is not None and step is not None:
        paragraphs.append(
            _(
                "对本决定不服的，可以在 %(until)s 以前（含当日）由本人或者经所在单位向%(unit)s申请复核一次，由未经手的人员办理。"
            )
            % {"until": until.isoformat(), "unit": _units(application).get(step.unit_id, "")}
        )
    return _letter(
        application,
        _("行政执法资格申请不予通过通知书"),
        addressee=_("%(name)s（%(unit)s）：") % {"name": officer.name, "unit": officer.agency.name},
        paragraphs=paragraphs,
        sections=[],
        signed=[unit, _written_day(refused.given_at), _("（盖章）")],
        foot=foot,
    )


_MAKERS: Mapping[str, Callable[[Application, str], RecordSheet | PaperLetter]] = {
    "form": _form,
    "receipt": _receipt,
    "opinions": _opinions,
    "refusal": _refusal,
}
