"""The steps of a case as links: who decided, when, what is awaited, where it broke and how to cure it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.selectors.cases import opinions_of
from warrant.apps.applications.selectors.regulations import province_code_of, steps_at, steps_of_kind
from warrant.apps.applications.types import MINISTRY_NAME, STATE_FACES, STEP_NAMES, STEP_ORDER
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.types import ChainLink
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import ApplicationKind, ApplicationState, Step
from warrant.core.lifecycle.application import STEP_PASS_ACTION

S = ApplicationState


def steps_of(application: Application) -> tuple[Step, ...]:
    """Return the fixed chain, or before submission the one that the place would give now."""
    return application.chain_of_steps or steps_of_kind(application, clock.today())


def unit_names(application: Application, steps: Sequence[Step]) -> Mapping[int, str]:
    """Return the names of the deciding units, by id; they stand above the officer's unit unless it was left since."""
    agency = application.officer.agency
    above = (agency, agency.county, agency.city, agency.province)
    names = {unit.pk: unit.name for unit in above if unit is not None}
    missing = {step.unit_id for step in steps} - set(names)
    if missing:
        names.update(Agency.objects.filter(pk__in=missing).values_list("pk", "name"))
    return names


def _this_round(opinions: Sequence[Opinion]) -> list[Opinion]:
    """Return what was said since the last submission."""
    last = max((i for i, row in enumerate(opinions) if row.action == "submit"), default=-1)
    return list(opinions[last + 1 :])


def _step_link(
    application: Application, step: Step, unit: str, said: Sequence[Opinion], url: str
) -> ChainLink:
    title, order = _(STEP_NAMES[step.state]), STEP_ORDER[step.state]
    here = [row for row in said if row.state == step.state]
    last = here[-1] if here else None
    if last is not None and last.action in ("return-for-correction", "refuse"):
        is_return = last.action == "return-for-correction"
        return ChainLink(
            title,
            "broken",
            at=last.given_at,
            unit=last.unit_name,
            person=last.account_name,
            note=last.reason,
            cure=_("补正后重新提交") if is_return else _("可以重新申请"),
            cure_url=url,
            order=order,
        )
    if application.state == step.state:
        note = _("备案退回：%(reason)s") % {"reason": said[-1].reason} if _was_sent_back(said) else ""
        return ChainLink(
            title, "current", at=application.waiting_since, unit=unit, note=note, cure_url=url, order=order
        )
    if last is not None and last.action == STEP_PASS_ACTION[step.state]:
        return ChainLink(
            title, "whole", at=last.given_at, unit=last.unit_name, person=last.account_name, order=order
        )
    return ChainLink(title, "pending", unit=unit, order=order)


def _was_sent_back(said: Sequence[Opinion]) -> bool:
    return bool(said) and said[-1].action == "filing-returned"


def step_links(application: Application, opinions: Sequence[Opinion], url: str = "") -> list[ChainLink]:
    """Return one link for each step of the chain."""
    steps = steps_of(application)
    names = unit_names(application, steps)
    said = _this_round(opinions)
    return [_step_link(application, step, names.get(step.unit_id, ""), said, url) for step in steps]


def case_links(application: Application, opinions: Sequence[Opinion]) -> list[ChainLink]:
    """Return the case from its submission to its filing, for the page of the case."""
    submitted = next((row for row in reversed(opinions) if row.action == "submit"), None)
    if application.state == S.RETURNED:
        first = ChainLink(_("提交"), "current", note=_("等待补正后重新提交"), order=20)
    elif submitted is None:
        tone = STATE_FACES[application.state].tone
        first = ChainLink(
            _("提交"),
            "pending" if tone == "ended" and application.state == S.WITHDRAWN else "current",
            unit=application.prepared_by.agency.name,
            person=application.prepared_by.display_name,
            note=_("草稿尚未提交") if application.state == S.DRAFT else "",
            order=20,
        )
    else:
        first = ChainLink(
            _("提交"),
            "whole",
            at=submitted.given_at,
            unit=submitted.unit_name,
            person=submitted.account_name,
            order=20,
        )
    links = [first, *step_links(application, opinions)]
    return [*links, _filing_link(application, opinions)] if S.FILING in application.machine.states else links


def _filing_link(application: Application, opinions: Sequence[Opinion]) -> ChainLink:
    title, unit = _("备案"), _(MINISTRY_NAME)
    last = opinions[-1] if opinions else None
    if application.state == S.FILED and last is not None:
        return ChainLink(title, "whole", at=last.given_at, unit=unit, order=60)
    if application.state == S.FILING:
        return ChainLink(title, "current", at=application.waiting_since, unit=unit, order=60)
    if application.state == S.REFUSED and last is not None and last.action == "filing-refused":
        return ChainLink(title, "broken", at=last.given_at, unit=unit, note=last.reason, order=60)
    return ChainLink(title, "pending", unit=unit, order=60)


def chain_links(officer: Officer) -> list[ChainLink]:
    """Return the links "reviewed", "verified" and "approved": of the newest application that was submitted, or to come."""
    rows = Application.system.filter(officer=officer).exclude(state__in=(S.DRAFT, S.WITHDRAWN))
    rows = rows.select_related(
        "officer__agency__province", "officer__agency__city", "officer__agency__county"
    )
    application = rows.order_by("-created_at", "-id").first()
    if application is None:
        steps = steps_at(officer.place, ApplicationKind.FIRST_ISSUE, province_code_of(officer), clock.today())
        return [ChainLink(_(STEP_NAMES[step.state]), order=STEP_ORDER[step.state]) for step in steps]
    url = reverse("application-detail", kwargs={"number": application.number})
    return step_links(application, opinions_of(application), url)


def short_links(application: Application) -> list[dict[str, str]]:
    """Return the chain as a row of a list shows it: from the state alone, without a query."""
    steps = [step.state for step in steps_of(application)]
    stages = [*steps, S.FILING] if S.FILING in application.machine.states else steps
    titles = [_(STEP_NAMES[state]) if state in STEP_NAMES else _("备案") for state in stages]
    state = ApplicationState(application.state)
    if state in (S.FILED, S.COMPLETED):
        return [{"title": title, "tone": "whole"} for title in titles]
    if state not in stages:
        return [{"title": title, "tone": "pending"} for title in titles]
    here = stages.index(state)
    tones = ["whole"] * here + ["current"] + ["pending"] * (len(stages) - here - 1)
    return [{"title": title, "tone": tone} for title, tone in zip(titles, tones, strict=True)]
