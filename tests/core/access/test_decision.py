"""The decision: deny by default, scope before right."""

from __future__ import annotations

import pytest

from warrant.core.access import (
    EXCLUSIVE_ROLES,
    ROLE_PERMISSIONS,
    Actor,
    Decision,
    Grant,
    Level,
    Permission,
    Place,
    Role,
    decide,
    require,
)
from warrant.core.access.decision import NATION
from warrant.core.errors import NotFound, NotPermitted

KUNSHAN = Place(province_id=32, city_id=3205, county_id=320583, agency_id=7)
NANJING = Place(province_id=32, city_id=3201)


def actor(*grants: Grant) -> Actor:
    return Actor(1, "li", None, grants)


REGISTRAR_OF_KUNSHAN = actor(Grant(Role.REGISTRAR, Level.COUNTY, 320583))


def test_a_grant_reaches_what_lies_below_its_unit():
    assert decide(REGISTRAR_OF_KUNSHAN, Permission.OFFICER_EDIT, KUNSHAN) is Decision.ALLOWED


def test_in_scope_without_the_right_is_not_permitted():
    assert decide(REGISTRAR_OF_KUNSHAN, Permission.APPLICATION_APPROVE, KUNSHAN) is Decision.NOT_PERMITTED


def test_out_of_scope_is_not_admitted_to_exist():
    assert decide(REGISTRAR_OF_KUNSHAN, Permission.OFFICER_EDIT, NANJING) is Decision.OUT_OF_SCOPE


@pytest.mark.parametrize("permission", list(Permission))
def test_an_actor_without_grants_may_nothing(permission):
    assert decide(actor(), permission, KUNSHAN) is Decision.OUT_OF_SCOPE


def test_no_actor_at_all_may_nothing():
    assert decide(None, Permission.OFFICER_VIEW, KUNSHAN) is Decision.OUT_OF_SCOPE


def test_a_province_does_not_reach_another_province():
    approver = actor(Grant(Role.APPROVER, Level.PROVINCE, 31))
    assert decide(approver, Permission.APPLICATION_APPROVE, KUNSHAN) is Decision.OUT_OF_SCOPE


def test_what_belongs_to_the_whole_node_needs_a_grant_of_its_top_unit():
    below = actor(Grant(Role.SYSTEM_ADMINISTRATOR, Level.PROVINCE, 32))
    top = actor(Grant(Role.SYSTEM_ADMINISTRATOR, Level.PROVINCE, 32, is_node_wide=True))
    assert decide(below, Permission.ACCOUNT_MANAGE, NATION) is Decision.OUT_OF_SCOPE
    assert decide(top, Permission.ACCOUNT_MANAGE, NATION) is Decision.ALLOWED


def test_an_officer_reaches_nobody_through_scope():
    officer = actor(Grant(Role.OFFICER, Level.AGENCY, 7))
    assert decide(officer, Permission.OWN_RECORD, KUNSHAN) is Decision.OUT_OF_SCOPE


def test_require_raises_by_the_decision():
    with pytest.raises(NotFound):
        require(REGISTRAR_OF_KUNSHAN, Permission.OFFICER_EDIT, NANJING)
    with pytest.raises(NotPermitted):
        require(REGISTRAR_OF_KUNSHAN, Permission.CARD_PRODUCE, KUNSHAN)


def test_no_role_holds_permissions_of_two_administrators():
    administrator_rights = {
        Role.SYSTEM_ADMINISTRATOR: Permission.ACCOUNT_MANAGE,
        Role.SECURITY_ADMINISTRATOR: Permission.ROLE_ASSIGN,
        Role.AUDIT_ADMINISTRATOR: Permission.AUDIT_VIEW,
    }
    assert set(administrator_rights) == EXCLUSIVE_ROLES
    for permissions in ROLE_PERMISSIONS.values():
        assert len(permissions & set(administrator_rights.values())) <= 1


def test_nobody_who_prepares_may_decide():
    decides = {
        Permission.APPLICATION_REVIEW,
        Permission.APPLICATION_VERIFY,
        Permission.APPLICATION_APPROVE,
        Permission.FILING_REVIEW,
    }
    for permissions in ROLE_PERMISSIONS.values():
        assert not (Permission.APPLICATION_PREPARE in permissions and permissions & decides)
        assert len(permissions & decides) <= 1
