"""How an officer stands today: what is missing or wrong, with its cure, and what may be done next and by whom.

Reads nothing of its own: it follows from the officer's row and the chain that the page has read already. What apps
above have found is asked of those whom the node names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing_columns import (
    CERTIFICATE_STATE_WORDS,
    LEAVING_WORDS,
    OFFICER_STATE_WORDS,
)
from warrant.apps.officers.types import ChainLink, NextStep
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_
from warrant.core.lifecycle import CertificateState, OfficerState
from warrant.core.standards import codes

EXPIRES_SOON_DAYS = 90
_LIVE = frozenset(
    {
        CertificateState.ACTIVE.value,
        CertificateState.LOST.value,
        CertificateState.WITHHELD.value,
        CertificateState.LAPSED.value,
    }
)
_EXPECTED = (
    ("ethnicity", N_("民族")),
    ("political_status", N_("政治面貌")),
    ("education", N_("学历")),
    ("post", N_("岗位")),
    ("staffing", N_("编制性质")),
    ("work_started_on", N_("参加工作时间")),
    ("enforcement_started_on", N_("从事执法时间")),
    ("phone", N_("联系电话")),
)


@dataclass(frozen=True)
class Finding:
    """Something missing or wrong: translated words, the cure, and where it is done (empty: not by this viewer)."""

    tone: str
    what: str
    cure: str
    url: str = ""


@dataclass(frozen=True)
class StateBadge:
    """A state in a word and a tone."""

    label: str
    word: str
    tone: str


def badges_of(officer: Officer) -> list[StateBadge]:
    """Return the state of the person and, apart from it, that of the certificate."""
    word, tone = OFFICER_STATE_WORDS[officer.state]
    said = _(word)
    if officer.state == OfficerState.LEFT and officer.left_kind in LEAVING_WORDS:
        said = _("%(word)s（%(kind)s）") % {"word": said, "kind": _(LEAVING_WORDS[officer.left_kind])}
    held, held_tone = CERTIFICATE_STATE_WORDS.get(
        officer.certificate_state, (officer.certificate_state, "ended")
    )
    return [StateBadge(_("人员"), said, tone), StateBadge(_("证件"), _(held), held_tone)]


FindingProvider = Callable[[Actor, Officer], list[Finding]]
"""Named in ``settings.WARRANT_OFFICER_FINDINGS``; asks the database once at most."""


def findings_of(viewer: Actor, officer: Officer, links: Sequence[ChainLink], on: date) -> list[Finding]:
    """Return what is missing or wrong, the worst first; what apps above have found stands with what is broken."""
    broken = [
        Finding("broken", f"{link.title}：{link.note}" if link.note else link.title, link.cure, link.cure_url)
        for link in links
        if link.tone == "broken"
    ]
    for path in getattr(settings, "WARRANT_OFFICER_FINDINGS", ()):
        provider: FindingProvider = import_string(path)
        broken.extend(provider(viewer, officer))
    if officer.state != OfficerState.ACTIVE:
        return broken
    return [*broken, *_about_certificate(officer, on), *_about_record(viewer, officer)]


def _about_certificate(officer: Officer, on: date) -> list[Finding]:
    if officer.certificate_state not in _LIVE:
        return []
    found = []
    staffing = codes.STAFFING.by_code(officer.staffing) if officer.staffing in codes.STAFFING else None
    if staffing is not None and not codes.may_staffing_enforce(staffing):
        found.append(
            Finding(
                "broken",
                _("编制性质“%(name)s”不得持证") % {"name": staffing.name},
                _("核对编制性质，或注销证件"),
            )
        )
    until = officer.certificate_valid_until
    if until is not None and on <= until <= on + timedelta(days=EXPIRES_SOON_DAYS):
        found.append(
            Finding(
                "attention",
                _("证件 %(day)s 到期，还有 %(count)s 天")
                % {"day": until.isoformat(), "count": (until - on).days},
                _("到期前办理换发"),
            )
        )
    qualification = f"{reverse('officer-detail', args=[officer.pk])}?part=qualification"
    if officer.reviewed_year < on.year:
        found.append(Finding("attention", _("%(year)s 年度尚未年审") % {"year": on.year}, _("办理年审")))
    if officer.trained_year < on.year:
        found.append(
            Finding(
                "attention",
                _("%(year)s 年度学时未达标") % {"year": on.year},
                _("登记培训"),
                f"{qualification}#training",
            )
        )
    return found


def _about_record(viewer: Actor, officer: Officer) -> list[Finding]:
    may_edit = is_permitted(viewer, Permission.OFFICER_EDIT, officer.place) and not officer.owner_node
    found = []
    if officer.agency.closed_on is not None:
        url = reverse("transfer-propose", args=[officer.pk]) if may_edit else ""
        found.append(Finding("attention", _("所在单位已撤销"), _("办理调动"), url))
    if officer.photo_id is None:
        url = reverse("officer-photo-upload", args=[officer.pk]) if may_edit else ""
        found.append(Finding("attention", _("没有照片"), _("上传照片"), url))
    missing = [_(label) for field, label in _EXPECTED if not getattr(officer, field)]
    if missing:
        url = reverse("officer-change", args=[officer.pk]) if may_edit else ""
        found.append(
            Finding(
                "attention", _("基本信息不全：%(fields)s") % {"fields": _("、").join(missing)}, _("补填"), url
            )
        )
    return found


StepProvider = Callable[[Actor, Officer, Sequence[ChainLink]], list[NextStep]]
"""Named in ``settings.WARRANT_OFFICER_STEPS``; asks no question of the database."""


def next_steps(viewer: Actor, officer: Officer, links: Sequence[ChainLink]) -> list[NextStep]:
    """Return what may be done next, by this viewer or by whom it waits for, in the order of the chain."""
    waiting = [
        NextStep(
            label=_("等待%(unit)s%(step)s") % {"unit": link.unit, "step": link.title},
            url=link.cure_url,
            is_waiting=True,
        )
        for link in links
        if link.tone == "current"
    ]
    steps = []
    for path in getattr(settings, "WARRANT_OFFICER_STEPS", ()):
        provider: StepProvider = import_string(path)
        steps.extend(provider(viewer, officer, links))
    return [*waiting, *steps]
