"""Who may do what where: permissions, roles and the one function that decides."""

from warrant.core.access.decision import (
    Actor,
    Decision,
    Grant,
    Place,
    Principal,
    decide,
    is_permitted,
    require,
)
from warrant.core.access.permissions import Permission
from warrant.core.access.roles import (
    DELEGABLE_PERMISSIONS,
    DELEGABLE_ROLES,
    EXCLUSIVE_ROLES,
    ROLE_LEVELS,
    ROLE_NAMES,
    ROLE_PERMISSIONS,
    Level,
    Role,
)

__all__ = [
    "DELEGABLE_PERMISSIONS",
    "DELEGABLE_ROLES",
    "EXCLUSIVE_ROLES",
    "ROLE_LEVELS",
    "ROLE_NAMES",
    "ROLE_PERMISSIONS",
    "Actor",
    "Decision",
    "Grant",
    "Level",
    "Permission",
    "Place",
    "Principal",
    "Role",
    "decide",
    "is_permitted",
    "require",
]
