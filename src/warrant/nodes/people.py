"""The made-up people of the demonstration and of the journey: who works where, in which role."""

from __future__ import annotations

from dataclasses import dataclass

from warrant.core.access import ROLE_NAMES, Role


@dataclass(frozen=True)
class Person:
    """One account to open. ``unit_code`` is the unit over which the roles are held."""

    username: str
    display_name: str
    unit_code: str
    roles: tuple[Role, ...]


MINISTRY_PEOPLE: tuple[Person, ...] = (
    Person("filing", "陈静远", "ministry", (Role.FILING_REVIEWER,)),
    Person("supervisor", "宋知行", "ministry", (Role.SUPERVISOR,)),
    Person("statistician", "江月明", "ministry", (Role.STATISTICIAN,)),
    Person("editor", "白若溪", "ministry", (Role.PUBLICATION_EDITOR,)),
    Person("rules-a", "顾行之", "ministry", (Role.RULE_EDITOR,)),
    Person("rules-b", "尹正则", "ministry", (Role.RULE_EDITOR,)),
    Person("custodian-a", "罗一鸣", "ministry", (Role.KEY_CUSTODIAN,)),
    Person("custodian-b", "冯若水", "ministry", (Role.KEY_CUSTODIAN,)),
    Person("custodian-c", "邵怀远", "ministry", (Role.KEY_CUSTODIAN,)),
    Person("system", "杜明哲", "ministry", (Role.SYSTEM_ADMINISTRATOR,)),
    Person("security", "严守信", "ministry", (Role.SECURITY_ADMINISTRATOR,)),
    Person("audit", "温如玉", "ministry", (Role.AUDIT_ADMINISTRATOR,)),
)

JIANGSU_PEOPLE: tuple[Person, ...] = (
    Person("registrar", "周文清", "320000", (Role.REGISTRAR,)),
    Person("approver", "沈国栋", "320000", (Role.APPROVER,)),
    Person("card", "唐小雅", "320000", (Role.CARD_OPERATOR,)),
    Person("card-b", "白思齐", "320000", (Role.CARD_OPERATOR,)),
    Person("training", "汤学勤", "320000", (Role.TRAINING_MANAGER,)),
    Person("rules-a", "姚守中", "320000", (Role.RULE_EDITOR,)),
    Person("rules-b", "吕方正", "320000", (Role.RULE_EDITOR,)),
    Person("statistician", "方明远", "320000", (Role.STATISTICIAN,)),
    Person("custodian-a", "秦思源", "320000", (Role.KEY_CUSTODIAN,)),
    Person("custodian-b", "许安澜", "320000", (Role.KEY_CUSTODIAN,)),
    Person("custodian-c", "卢清和", "320000", (Role.KEY_CUSTODIAN,)),
    Person("system", "丁致远", "320000", (Role.SYSTEM_ADMINISTRATOR,)),
    Person("security", "叶知秋", "320000", (Role.SECURITY_ADMINISTRATOR,)),
    Person("audit", "蒋慎言", "320000", (Role.AUDIT_ADMINISTRATOR,)),
    Person("suzhou-verifier", "钱立本", "320500", (Role.VERIFIER,)),
    Person("kunshan-registrar", "顾晓岚", "320583", (Role.REGISTRAR,)),
    Person("kunshan-reviewer", "陆正平", "320583", (Role.REVIEWER,)),
    Person("nanjing-registrar", "何书悦", "320100", (Role.REGISTRAR,)),
    Person("nanjing-reviewer", "俞承志", "320100", (Role.REVIEWER,)),
)

FIRST_ADMINISTRATORS: tuple[tuple[str, Role], ...] = (
    ("system", Role.SYSTEM_ADMINISTRATOR),
    ("security", Role.SECURITY_ADMINISTRATOR),
    ("audit", Role.AUDIT_ADMINISTRATOR),
)


def first_people(kind: str, code: str, *, is_development: bool) -> tuple[Person, ...]:
    """Return whose accounts a new node opens: the made-up people in development, else its three administrators."""
    if is_development:
        return PEOPLE[kind]
    return tuple(Person(username, ROLE_NAMES[role], code, (role,)) for username, role in FIRST_ADMINISTRATORS)


PEOPLE: dict[str, tuple[Person, ...]] = {
    "ministry": MINISTRY_PEOPLE,
    "province": JIANGSU_PEOPLE,
    "public": (),
}
