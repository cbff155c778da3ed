"""A filed case in words: names of codes, opinions as a timeline and as the chain."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warrant.apps.applications.types import KIND_FACES, MARKABLE_FIELDS
from warrant.apps.filing.models import Filing
from warrant.apps.filing.selectors.register import face_of
from warrant.apps.filing.types import FiledCase, FiledOpinion
from warrant.apps.officers.types import ChainLink, LinkTone
from warrant.core.eligibility import Paper
from warrant.core.errors import N_
from warrant.core.lifecycle import APPLICATION_MACHINES, ApplicationKind, ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION
from warrant.core.qualification.filing_reasons import FILING_REASON
from warrant.core.standards.code_table import CodeTable
from warrant.core.standards.codes import EDUCATION, ENFORCEMENT_CATEGORY, POST, SEX, STAFFING

PAPER_WORDS = {Paper.SPECIAL_LAW: N_("专门法律知识"), Paper.GENERAL_LAW: N_("通用法律知识")}
STEP_WORDS = {
    ApplicationState.REVIEW: N_("审查"),
    ApplicationState.VERIFICATION: N_("核审"),
    ApplicationState.APPROVAL: N_("审批"),
}
DOCUMENT_WORDS = {
    "photo": N_("照片"),
    "education": N_("学历证明"),
    "training": N_("培训证明"),
    "examination": N_("考试证明"),
}
_TONES = {"submit": "ended", "return-for-correction": "attention", "withdraw": "ended", "refuse": "broken"}


def code_name(table: CodeTable, text: str) -> str:
    """Return the name of a code in the language of the request; what is no code stays as it is."""
    found = table.find(text) if text else None
    if found is None:
        return text
    return found.english if get_language() == "en" else found.name


def case_facts(case: FiledCase) -> list[tuple[str, str]]:
    """Return the officer and what was asked for as pairs of term and value."""
    officer = case.officer
    separator = "; " if get_language() == "en" else "、"
    return [
        (_("姓名"), officer.name),
        (_("性别"), code_name(SEX, officer.sex)),
        (_("出生日期"), officer.birth_on.isoformat()),
        (_("学历"), code_name(EDUCATION, officer.education)),
        (_("执法单位"), officer.agency_name),
        (_("执法区域"), officer.area_name),
        (_("岗位"), code_name(POST, officer.post)),
        (_("职务"), officer.position),
        (_("编制性质"), code_name(STAFFING, officer.staffing)),
        (_("执法门类"), separator.join(code_name(ENFORCEMENT_CATEGORY, code) for code in case.categories)),
        (_("申领种类"), _(KIND_FACES[case.kind].word)),
        (_("涉及的证件"), case.certificate_number),
        (_("发证机关"), case.issuer_name),
    ]


def document_rows(case: FiledCase) -> list[tuple[str, str]]:
    """Return what each digest is of, and the digest, the photo first."""
    others = [document for document in case.documents if document.digest != case.photo_digest]
    return [
        (_(DOCUMENT_WORDS["photo"]), case.photo_digest),
        *((_(DOCUMENT_WORDS.get(row.kind, row.kind)), row.digest) for row in others),
    ]


def waiver_rows(case: FiledCase) -> list[tuple[str, str, str]]:
    """Return what was waived: id of the condition, why and by whom, and the digest of the document, if any."""
    said = _("%(reason)s（依据：%(basis)s；%(person)s于 %(day)s 同意，至 %(until)s）")
    return [
        (
            row.rule_id,
            said
            % {
                "reason": row.reason,
                "basis": row.basis,
                "person": row.granted_by,
                "day": row.granted_on.isoformat(),
                "until": row.until_on.isoformat(),
            },
            row.digest,
        )
        for row in case.waivers
    ]


def reason_class(code: str) -> str:
    """Return what the class of a reason is called in the language of the request; empty for none."""
    return code_name(FILING_REASON, code)


def marks_in_words(marks: Sequence[str]) -> str:
    """Return the marked fields as one line."""
    return _("、").join(_(MARKABLE_FIELDS[mark]) for mark in marks if mark in MARKABLE_FIELDS)


def examination_rows(case: FiledCase) -> list[tuple[str, str, str]]:
    """Return paper, score and day of every result."""
    return [(_(PAPER_WORDS[row.paper]), str(row.score), row.sat_on.isoformat()) for row in case.examinations]


def opinion_label(opinion: FiledOpinion) -> str:
    """Return what was decided, in the language of the request."""
    try:
        return _(APPLICATION_MACHINES[ApplicationKind.FIRST_ISSUE].transition(opinion.action).label)
    except KeyError:
        return opinion.action


def timeline_of(case: FiledCase) -> list[dict[str, object]]:
    """Return the opinions as entries of the timeline, newest first."""
    return [
        {
            "at": opinion.at,
            "title": opinion_label(opinion),
            "unit": opinion.unit,
            "person": opinion.person,
            "text": "",
            "tone": _TONES.get(opinion.action, "valid"),
        }
        for opinion in sorted(case.opinions, key=lambda opinion: opinion.seq, reverse=True)
    ]


def chain_of(case: FiledCase, filing: Filing) -> list[ChainLink]:
    """Return the steps that said yes, and the filing itself."""
    passed = {
        opinion.state: opinion
        for opinion in sorted(case.opinions, key=lambda opinion: opinion.seq)
        if STEP_PASS_ACTION.get(opinion.state) == opinion.action
    }
    links = [
        ChainLink(
            title=_(word),
            tone="whole",
            at=passed[state].at,
            unit=passed[state].unit,
            person=passed[state].person,
        )
        for state, word in STEP_WORDS.items()
        if state in passed
    ]
    tones: dict[str, LinkTone] = {"valid": "whole", "waiting": "current"}
    tone: LinkTone = tones.get(face_of(filing).tone, "broken")
    words = {"word": _(face_of(filing).word), "reason": filing.reason}
    filed = ChainLink(
        title=_("备案"),
        tone=tone,
        at=filing.decided_at or filing.received_at,
        unit=_("交通运输部"),
        person=filing.decided_by.display_name if filing.decided_by else "",
        note=_("%(word)s：%(reason)s") % words if tone == "broken" else "",
    )
    return [*links, filed, ChainLink(title=_("制卡"))]
