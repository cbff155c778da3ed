"""Keeping views of the list and the columns of an account."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import ListPreference, SavedView
from warrant.apps.officers.selectors.saved_views import MOST_VIEWS, OFFICER_LIST, view_for
from warrant.apps.officers.types import KeptList, KeptState
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted

LONGEST_NAME = 40


def _require_view(actor: Actor, kept: KeptList) -> None:
    if not actor.has_anywhere(kept.permission):
        raise NotPermitted(
            "not-permitted",
            N_("您没有这项权限（%(permission)s），请与本单位系统管理员联系"),
            permission=kept.permission.value,
        )


@transaction.atomic
def save_view(
    actor: Actor,
    name: str,
    listing: KeptState,
    *,
    is_shared: bool,
    is_first: bool,
    now: datetime,
    kept: KeptList = OFFICER_LIST,
) -> SavedView:
    """Keep ``listing`` under ``name``; an own view of the same name is replaced.

    What was found by an ID number is not kept: the rest of the list is.

    Raises:
        InvalidInput: the name is empty, too long, or has characters that cannot be shown.
        Conflict: the account has as many views as it may have.
    """
    _require_view(actor, kept)
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise InvalidInput(
            "view-name", N_("请给视图起一个不超过 %(most)s 字的名称"), place="name", most=LONGEST_NAME
        )
    own = SavedView.objects.select_for_update().filter(owner_id=actor.account_id, list_name=kept.name)
    if own.exclude(name=plain).count() >= MOST_VIEWS:
        raise Conflict("too-many-views", N_("已有 %(most)s 个视图；请先删除不用的"), most=MOST_VIEWS)
    view, _ = SavedView.objects.update_or_create(
        owner_id=actor.account_id,
        list_name=kept.name,
        name=plain,
        defaults={
            "params": urlencode(listing.kept_params()),
            "unit_id": actor.agency_id if is_shared else None,
            "saved_at": now,
        },
    )
    preferences = ListPreference.objects.filter(account_id=actor.account_id, list_name=kept.name)
    if is_first:
        ListPreference.objects.update_or_create(
            account_id=actor.account_id, list_name=kept.name, defaults={"opens_with": view}
        )
    else:
        preferences.filter(opens_with=view).update(opens_with=None)
    record(actor, "view.saved", f"view:{view.pk}", plain, now=now)
    return view


@transaction.atomic
def delete_view(actor: Actor, pk: int, *, now: datetime, kept: KeptList = OFFICER_LIST) -> str:
    """Delete an own view and return its name.

    Raises:
        NotFound: the actor has no such view.
        NotPermitted: it is shared by somebody else.
    """
    _require_view(actor, kept)
    view = view_for(actor, pk, kept)
    if view.owner_id != actor.account_id:
        raise NotPermitted(
            "view-of-another",
            N_("“%(name)s”由 %(owner)s 共享；只有本人可以删除"),
            name=view.name,
            owner=view.owner.display_name,
        )
    name = view.name
    record(actor, "view.deleted", f"view:{view.pk}", name, now=now)
    view.delete()
    return name


@transaction.atomic
def choose_columns(actor: Actor, columns: tuple[str, ...], kept: KeptList = OFFICER_LIST) -> None:
    """Remember the columns of one of the account's lists."""
    _require_view(actor, kept)
    text = "" if columns == kept.default_columns else ",".join(columns)
    ListPreference.objects.update_or_create(
        account_id=actor.account_id, list_name=kept.name, defaults={"columns": text}
    )


__all__ = ["choose_columns", "delete_view", "save_view"]
