"""Keeping views of the list and the columns of an account."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import ListPreference, SavedView
from warrant.apps.officers.selectors.listing import DEFAULT_COLUMNS, Listing
from warrant.apps.officers.selectors.saved_views import MOST_VIEWS, view_for
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted

LONGEST_NAME = 40


def _require_view(actor: Actor) -> None:
    if not actor.has_anywhere(Permission.OFFICER_VIEW):
        raise NotPermitted(
            "not-permitted",
            N_("您没有这项权限（%(permission)s），请与本单位系统管理员联系"),
            permission=Permission.OFFICER_VIEW.value,
        )


@transaction.atomic
def save_view(
    actor: Actor, name: str, listing: Listing, *, is_shared: bool, is_first: bool, now: datetime
) -> SavedView:
    """Keep ``listing`` under ``name``; an own view of the same name is replaced.

    What was found by an ID number is not kept: the rest of the list is.

    Raises:
        InvalidInput: the name is empty, too long, or has characters that cannot be shown.
        Conflict: the account has as many views as it may have.
    """
    _require_view(actor)
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise InvalidInput(
            "view-name", N_("请给视图起一个不超过 %(most)s 字的名称"), place="name", most=LONGEST_NAME
        )
    own = SavedView.objects.select_for_update().filter(owner_id=actor.account_id)
    if own.exclude(name=plain).count() >= MOST_VIEWS:
        raise Conflict("too-many-views", N_("已有 %(most)s 个视图；请先删除不用的"), most=MOST_VIEWS)
    view, _ = SavedView.objects.update_or_create(
        owner_id=actor.account_id,
        name=plain,
        defaults={
            "params": urlencode(listing.without("tail").as_params()),
            "unit_id": actor.agency_id if is_shared else None,
            "saved_at": now,
        },
    )
    if is_first:
        ListPreference.objects.update_or_create(account_id=actor.account_id, defaults={"opens_with": view})
    else:
        ListPreference.objects.filter(account_id=actor.account_id, opens_with=view).update(opens_with=None)
    record(actor, "view.saved", f"view:{view.pk}", plain, now=now)
    return view


@transaction.atomic
def delete_view(actor: Actor, pk: int, *, now: datetime) -> str:
    """Delete an own view and return its name.

    Raises:
        NotFound: the actor has no such view.
        NotPermitted: it is shared by somebody else.
    """
    _require_view(actor)
    view = view_for(actor, pk)
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
def choose_columns(actor: Actor, columns: tuple[str, ...]) -> None:
    """Remember the columns of the account's list."""
    _require_view(actor)
    text = "" if columns == DEFAULT_COLUMNS else ",".join(columns)
    ListPreference.objects.update_or_create(account_id=actor.account_id, defaults={"columns": text})


__all__ = ["choose_columns", "delete_view", "save_view"]
