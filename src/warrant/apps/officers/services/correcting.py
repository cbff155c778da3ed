"""One way to put a record in the place of a wrong one, for everything about an officer that is never overwritten.

The earlier record keeps its content, its proof and who recorded it; a record is corrected once, a correction may be
corrected again. Source: ADR-0010.
"""

from __future__ import annotations

from typing import TypeVar

from warrant.apps.officers.models import Correctable, Document, Officer
from warrant.apps.officers.models.correctable import LONGEST_CORRECTION_REASON
from warrant.apps.officers.selectors.entries import Standing, standings
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.register import locked_officer
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.standards.id_number import without_id_numbers

Row = TypeVar("Row", bound=Correctable)


def lock_to_correct(actor: Actor, model: type[Row], pk: int, permission: Permission) -> tuple[Officer, Row]:
    """Return a record that counts, and its officer locked.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
        Conflict: it was corrected or withdrawn in the meantime.
    """
    rows = model._default_manager
    officer_id = rows.filter(pk=pk).values_list("officer_id", flat=True).first()
    if officer_id is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    officer = locked_officer(actor, permission, officer_id)
    if is_own(actor, officer):
        raise NotPermitted("own-record", N_("不能更正本人的记录，请由其他登记员办理"))
    siblings = list(rows.filter(officer_id=officer.pk))
    if standings(siblings).get(pk) is not Standing.VALID:
        raise Conflict("entry-not-valid", N_("该条目已被更正或撤销；请刷新页面，在有效的条目上办理"))
    return officer, next(row for row in siblings if row.pk == pk)


def correction_reason(text: str) -> str:
    """Return why a record is corrected. Raises: InvalidInput ``reason-missing`` at ``reason``."""
    reason = without_id_numbers(" ".join(text.split()))
    if not reason:
        raise InvalidInput("reason-missing", N_("请写明更正的理由"), place="reason")
    return reason[:LONGEST_CORRECTION_REASON]


def refuse_no_difference(row: Correctable, values: dict[str, object], proof: Document | None) -> None:
    """Refuse a correction that says what stands there already. Raises: InvalidInput ``nothing-different``."""
    if proof is None and all(getattr(row, field) == value for field, value in values.items()):
        raise InvalidInput("nothing-different", N_("与原条目没有差别；请改正有误的项目"))


def derived(present: int, before: int, after: int) -> int:
    """Return a year that follows from records, after one of them was corrected.

    ``before`` and ``after``: what the records said and say. A later year that came from elsewhere stays.
    """
    return after if present == before else max(present, after)
