"""Whose accounts a new node opens."""

from __future__ import annotations

from warrant.core.access import Role
from warrant.nodes.people import PEOPLE, first_people


def test_a_real_node_opens_its_three_administrators_and_nobody_made_up():
    people = first_people("province", "330000", is_development=False)
    assert [(person.username, person.unit_code, person.roles) for person in people] == [
        ("system", "330000", (Role.SYSTEM_ADMINISTRATOR,)),
        ("security", "330000", (Role.SECURITY_ADMINISTRATOR,)),
        ("audit", "330000", (Role.AUDIT_ADMINISTRATOR,)),
    ]


def test_the_demonstration_has_somebody_for_every_role_of_its_nodes():
    held = {role for people in PEOPLE.values() for person in people for role in person.roles}
    assert held == set(Role) - {Role.OFFICER}
