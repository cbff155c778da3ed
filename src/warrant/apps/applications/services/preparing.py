"""The unit's side of an application: opening, writing, submitting, withdrawing.

Source: 2009 notice, 三(一), 五(三).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.models import Application, ApplicationCounter
from warrant.apps.applications.selectors.cases import open_application_of
from warrant.apps.applications.selectors.conditions import explanation_of, missing_of
from warrant.apps.applications.selectors.grounds import missing_proof
from warrant.apps.applications.selectors.kinds import held_certificate, kind_bar
from warrant.apps.applications.selectors.regulations import steps_of_kind
from warrant.apps.applications.services.moving import (
    add_opinion,
    checked_reason,
    locked_application,
    move,
    require_state,
    subject_of,
    unit_name_of,
)
from warrant.apps.applications.services.noticing import take_notice
from warrant.apps.applications.types import DECLARATIONS, HeldCertificate
from warrant.apps.audit.services import record
from warrant.apps.eligibility.services import keep_record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.transfers import open_transfer_of
from warrant.apps.officers.services.register import locked_officer
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import ApplicationKind, ApplicationState, OfficerState
from warrant.core.lifecycle.application_grounds import checked_grounds
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY, MARITIME_CATEGORY

LONGEST_STATEMENT = 2000


def _refuse_own(actor: Actor, officer: Officer) -> None:
    if is_own(actor, officer):
        raise NotPermitted("own-case", N_("这是您本人的申请，不能由您办理"))


def _next_number(officer: Officer, now: datetime) -> str:
    """Return ``A``, two digits of the province, the year, six digits counted without holes under a lock."""
    province = officer.agency.province
    if province is None:
        raise Conflict("no-province", N_("该人员所在单位不属于任何省份，不能申请"))
    prefix = f"A{province.code[:2]}{timezone.localtime(now).year}"
    ApplicationCounter.objects.get_or_create(prefix=prefix)
    counter = ApplicationCounter.objects.select_for_update().get(prefix=prefix)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{prefix}{counter.last:06d}"


def _checked_categories(officer: Officer, categories: Sequence[str]) -> str:
    chosen = list(dict.fromkeys(categories))
    if not chosen:
        raise InvalidInput("no-category", N_("请至少选择一个执法门类"), place="categories")
    for code in chosen:
        if code not in ENFORCEMENT_CATEGORY or code not in officer.category_codes:
            raise InvalidInput(
                "category-not-registered",
                N_("该人员没有登记门类“%(category)s”；请先修改基本信息"),
                place="categories",
                category=ENFORCEMENT_CATEGORY.by_code(code).name if code in ENFORCEMENT_CATEGORY else code,
            )
        if code == MARITIME_CATEGORY:
            raise InvalidInput(
                "maritime-category",
                N_("海事行政执法证由海事管理机构核发，不在本系统申请"),
                place="categories",
            )
    return ",".join(chosen)


def _categories_of_kind(kind: ApplicationKind, held: HeldCertificate | None, chosen: str) -> str:
    """Return the categories that the new certificate is to have; a further one comes to those that are held."""
    if held is None:
        return chosen
    codes = chosen.split(",")
    if kind is ApplicationKind.ADDITIONAL_CATEGORY:
        further = [code for code in codes if code not in held.category_codes]
        if not further:
            raise InvalidInput(
                "category-held", N_("现有证件已有所选门类，请选择要增加的门类"), place="categories"
            )
        return ",".join([*held.category_codes, *further])
    if kind in (ApplicationKind.RENEWAL, ApplicationKind.REPLACEMENT):
        return ",".join(held.category_codes)
    if kind is ApplicationKind.CHANGE and not set(codes) <= set(held.category_codes):
        raise InvalidInput(
            "category-not-held", N_("变更不能增加门类；请另行办理增加门类"), place="categories"
        )
    return chosen


@transaction.atomic
def create_application(
    actor: Actor,
    officer_pk: int,
    categories: Sequence[str],
    *,
    kind: ApplicationKind = ApplicationKind.FIRST_ISSUE,
    grounds: Mapping[str, object] | None = None,
    now: datetime,
) -> Application:
    """Open a draft for an officer; ``categories`` are codes of those the officer is registered for.

    ``grounds`` is what the kind asks for besides, see ``core.lifecycle.application_grounds``.

    Raises:
        NotFound: the officer is out of reach.
        NotPermitted: the actor may not prepare here, or is the officer.
        Conflict: an application of the officer is on its way, or the certificate does not allow the kind.
        InvalidInput: no category, or one that the officer does not have; a ground is missing.
    """
    officer = locked_officer(actor, Permission.APPLICATION_PREPARE, officer_pk)
    _refuse_own(actor, officer)
    known = open_application_of(officer)
    if known is not None:
        raise Conflict(
            "application-open",
            N_("该人员已有未办结的申请 %(number)s；请先办结或撤回"),
            number=known.number,
        )
    transfer = open_transfer_of(officer)
    if transfer is not None:
        raise Conflict(
            "transfer-open",
            N_("该人员正在调往“%(unit)s”；请由新单位申请，或先撤回调动"),
            unit=transfer.to_agency.name,
        )
    if officer.state != OfficerState.ACTIVE:
        raise Conflict("not-in-post", N_("该人员已不在职，不能申请"))
    held = held_certificate(officer)
    bar = kind_bar(kind, held)
    if bar is not None:
        raise bar
    application = Application(
        officer=officer,
        kind=kind.value,
        categories=_categories_of_kind(kind, held, _checked_categories(officer, categories)),
        grounds=checked_grounds(kind, grounds or {}),
        certificate_number=held.number if held else "",
        prepared_by_id=actor.account_id,
        created_at=now,
        waiting_since=now,
    )
    application.number = _next_number(officer, now)
    application.put_at(officer.place)
    application.save()
    record(
        actor,
        "application.created",
        subject_of(application),
        f"{officer.name} {application.number}",
        now=now,
        detail={"officer": officer.pk, "kind": kind.value, "categories": application.categories},
    )
    return application


def _write_statement(application: Application, statement: str) -> None:
    text = statement.strip()
    if len(text) > LONGEST_STATEMENT:
        raise InvalidInput(
            "statement-too-long",
            N_("单位意见最多 %(longest)s 个字"),
            place="statement",
            longest=LONGEST_STATEMENT,
        )
    application.statement = text


def _write_declarations(application: Application, declarations: Mapping[str, bool]) -> None:
    """Keep what is declared; what is not said yet stays open, so that the condition stays unknown."""
    if not set(declarations) <= set(DECLARATIONS):
        raise InvalidInput("unknown-declaration", N_("声明的项目无法识别"), place="declarations")
    application.declarations = {
        name: bool(declarations[name]) for name in DECLARATIONS if name in declarations
    }


def prepared_application(actor: Actor, number: str, action: str) -> Application:
    """Return the case, locked, if the actor may do this act of the unit's on it; raises as :func:`save_statement`."""
    application = locked_application(number)
    require(actor, Permission.APPLICATION_PREPARE, application.place)
    _refuse_own(actor, application.officer)
    require_state(application, action)
    return application


@transaction.atomic
def save_statement(
    actor: Actor, number: str, statement: str, declarations: Mapping[str, bool] | None = None
) -> Application:
    """Keep the unit's statement and its declarations as far as they are written.

    A draft is no act: the audit ledger gets the statement when it is submitted.

    Raises:
        NotFound, NotPermitted: as for preparing.
        Conflict: the case is neither a draft nor returned.
        InvalidInput: the statement is too long.
    """
    application = prepared_application(actor, number, "submit")
    _write_statement(application, statement)
    if declarations is not None:
        _write_declarations(application, declarations)
    application.save(update_fields=["statement", "declarations"])
    return application


@transaction.atomic
def submit(
    actor: Actor,
    number: str,
    statement: str | None = None,
    declarations: Mapping[str, bool] | None = None,
    *,
    now: datetime,
) -> Application:
    """Send a draft or a mended case on its way; the chain is fixed here, from where the officer belongs now.

    ``statement`` and ``declarations`` (of ``DECLARATIONS``) replace the kept ones if they are given.

    Raises:
        NotFound, NotPermitted: as for preparing.
        Conflict: the case is neither a draft nor returned.
        InvalidInput: a condition does not certainly hold, or the grounds are not proven; the message says which.
    """
    application = prepared_application(actor, number, "submit")
    if statement is not None:
        _write_statement(application, statement)
    if declarations is not None:
        _write_declarations(application, declarations)
    explanation = explanation_of(application, timezone.localtime(now).date())
    missing = missing_of(explanation)
    if missing:
        raise InvalidInput(
            "conditions-missing",
            N_("还有 %(count)s 项条件没有满足，不能提交：%(titles)s"),
            count=len(missing),
            titles="；".join(result.title for result in missing),
        )
    unproven = missing_proof(application, timezone.localtime(now).date())
    if unproven:
        raise InvalidInput("proof-missing", N_("还不能提交：%(missing)s"), missing=unproven)
    take_notice(application, timezone.localtime(now).date())
    before = application.state
    application.put_at(application.officer.place)
    steps = steps_of_kind(application, timezone.localtime(now).date())
    application.steps = [
        {
            "state": step.state.value,
            "level": step.level.value,
            "unit_id": step.unit_id,
            "limit": step.limit,
            "warning": step.warning,
        }
        for step in steps
    ]
    application.submitted_at = now
    application.marked_fields = []
    move(application, "submit", now=now, target=ApplicationState(steps[0].state))
    add_opinion(
        application,
        actor,
        "submit",
        state=before,
        reason=application.statement,
        eligibility=keep_record(explanation, now=now),
        unit_name=unit_name_of(actor),
        now=now,
    )
    return application


@transaction.atomic
def withdraw(actor: Actor, number: str, reason: str, *, now: datetime) -> Application:
    """End a case that has not been approved.

    Raises:
        NotFound, NotPermitted: as for preparing.
        Conflict: it was approved, or has ended.
        InvalidInput: the reason is too short.
    """
    application = prepared_application(actor, number, "withdraw")
    text = checked_reason(application.machine, "withdraw", reason)
    before = application.state
    move(application, "withdraw", now=now)
    add_opinion(
        application,
        actor,
        "withdraw",
        state=before,
        reason=text,
        unit_name=unit_name_of(actor),
        now=now,
    )
    return application
