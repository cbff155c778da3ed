"""The pure decision: an actor, a permission, a place in the tree. Deny is the default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from warrant.core.access.permissions import Permission
from warrant.core.access.roles import DELEGABLE_PERMISSIONS, ROLE_PERMISSIONS, Level, Role
from warrant.core.errors import N_, NotFound, NotPermitted


@dataclass(frozen=True)
class Place:
    """Where a thing lies in the tree: the ids of the units above it, each ``None`` where there is none."""

    province_id: int | None = None
    city_id: int | None = None
    county_id: int | None = None
    agency_id: int | None = None

    def covers_unit(self, level: Level, unit_id: int) -> bool:
        """Tell whether ``unit_id`` of ``level`` stands above (or is) this place."""
        if level is Level.MINISTRY:
            return True
        here = {
            Level.PROVINCE: self.province_id,
            Level.CITY: self.city_id,
            Level.COUNTY: self.county_id,
            Level.AGENCY: self.agency_id,
        }[level]
        return here is not None and here == unit_id


NATION = Place()
"""The place of things that belong to a whole node; only grants of the node's top unit reach it."""


_HANDED_ON = {role: held & DELEGABLE_PERMISSIONS for role, held in ROLE_PERMISSIONS.items()}


@dataclass(frozen=True)
class Principal:
    """The person for whom a substitute acts."""

    account_id: int
    name: str


@dataclass(frozen=True)
class Grant:
    """One role held over one unit and all below it; ``on_behalf_of`` names the person who handed it on for a time."""

    role: Role
    level: Level
    unit_id: int
    is_node_wide: bool = False
    on_behalf_of: Principal | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the grant is good for; a substitute's for the decisions that were handed on alone."""
        return ROLE_PERMISSIONS[self.role] if self.on_behalf_of is None else _HANDED_ON[self.role]


@dataclass(frozen=True)
class Actor:
    """The person who acts: an account with its grants, as they stand at this moment."""

    account_id: int
    name: str
    agency_id: int | None
    grants: tuple[Grant, ...] = ()
    officer_uid: str | None = None

    def grants_for(self, permission: Permission) -> Iterator[Grant]:
        """Yield the grants that carry ``permission``."""
        return (grant for grant in self.grants if permission in grant.permissions)

    def has_anywhere(self, permission: Permission) -> bool:
        """Tell whether any grant carries ``permission``, wherever it reaches."""
        return any(True for _ in self.grants_for(permission))


class Decision(Enum):
    """Why something is allowed or not; the HTTP edge maps these to 200, 403 and 404."""

    ALLOWED = "allowed"
    NOT_PERMITTED = "not-permitted"
    OUT_OF_SCOPE = "out-of-scope"


def _reaches(grant: Grant, place: Place) -> bool:
    if grant.role is Role.OFFICER:
        return False  # an officer reaches the own record only, through the own-record services
    if place == NATION:
        return grant.is_node_wide
    return place.covers_unit(grant.level, grant.unit_id)


def decide(actor: Actor | None, permission: Permission, place: Place) -> Decision:
    """Decide whether ``actor`` may use ``permission`` on something at ``place``.

    Out of scope means that no grant of the actor reaches the place at all; the thing is then not even admitted
    to exist.
    """
    if actor is None:
        return Decision.OUT_OF_SCOPE
    reaching = [grant for grant in actor.grants if _reaches(grant, place)]
    if any(permission in grant.permissions for grant in reaching):
        return Decision.ALLOWED
    return Decision.NOT_PERMITTED if reaching else Decision.OUT_OF_SCOPE


def is_permitted(actor: Actor, permission: Permission, place: Place) -> bool:
    """Tell whether :func:`decide` allows."""
    return decide(actor, permission, place) is Decision.ALLOWED


def require(actor: Actor, permission: Permission, place: Place) -> None:
    """Return if the actor may; otherwise raise.

    Raises:
        NotFound: nothing of the actor reaches the place.
        NotPermitted: the place is in reach, the permission is not held there.
    """
    decision = decide(actor, permission, place)
    if decision is Decision.OUT_OF_SCOPE:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if decision is Decision.NOT_PERMITTED:
        raise NotPermitted(
            "not-permitted",
            N_("您没有这项权限（%(permission)s），请与本单位系统管理员联系"),
            permission=permission.value,
        )
