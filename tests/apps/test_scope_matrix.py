"""Role x scope relation x address x verb: every cell as the policy table says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, reverse
from pytest_django.plugin import DjangoDbBlocker

from tests.apps import world as made_up
from tests.apps.conftest import VaultHere, account_opener, make_tree
from tests.apps.policy import OPEN, POLICY, SIGNED_IN, THING, Row, outcome
from tests.apps.world import AT, Things, World, become, made_up_arguments, named_patterns, unit_of
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.foundation import middleware, ports
from warrant.core.access import ROLE_LEVELS, Level, Role
from warrant.core.crypto.secret import Secret

pytestmark = pytest.mark.django_db

KINDS = ("province", "ministry")
VERBS = ("GET", "POST")
OTHER_VERBS = ("PUT", "PATCH", "DELETE")
SignIn = Callable[[Account], Client]
AccountFor = Callable[..., Account]


Shown = dict[str, dict[str, Any]]
"""The arguments with which each page shows something, by its name."""


@dataclass(frozen=True)
class Made:
    """What was made once for all cells; every cell undoes what it did."""

    world: World
    relations: Relations
    account_for: AccountFor
    known: Shown


def bare_page(_request: HttpRequest, _template: str, _context: object, status: int) -> HttpResponse:
    """Answer as a page of errors does, without the page: most of the cells are refusals."""
    return HttpResponse(status=status)


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    here = tmp_path_factory.mktemp("matrix")
    VaultHere.vault = SoftwareVault.create(here / "vault", Secret(b"made-up passphrase"), cost_log2=4)
    settings = override_settings(
        WARRANT_DOCUMENT_ROOT=str(here / "documents"),
        WARRANT_CARD_BOX=str(here / "card-box"),
        WARRANT_PORTS={**django_settings.WARRANT_PORTS, "key_vault": "tests.apps.conftest.vault_here"},
    )
    with (
        django_db_blocker.unblock(),
        settings,
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        ports.forget_ports()
        patch.setattr(made_up, "NAMES", made_up.NAMES * 3)
        patch.setattr(middleware, "render_page", bare_page)  # how a refusal looks is for other tests
        account_for = account_opener(AT)
        world = World(make_tree(), account_for)
        yield Made(world, Relations(world), account_for, world.arguments())
        transaction.set_rollback(True)
    ports.forget_ports()


@pytest.fixture
def world(made: Made, db: None) -> World:
    return made.world


def patterns(kind: str) -> list[URLPattern]:
    return list(named_patterns(f"warrant.nodes.{kind}_urls"))


def ruled(kind: str) -> list[tuple[URLPattern, Row]]:
    """Return the addresses that have a row; that one is missing is said by the test above all others."""
    return [(pattern, POLICY[str(pattern.name)]) for pattern in patterns(kind) if pattern.name in POLICY]


def asked(client: Client, verb: str, url: str) -> int:
    """Ask, and undo whatever was done: every cell stands for itself."""
    undoing = transaction.atomic()
    undoing._from_testcase = True  # type: ignore[attr-defined]  # a service may open the outermost transaction inside
    with undoing:
        status = int(client.generic(verb, url, b"", "application/x-www-form-urlencoded").status_code)
        transaction.set_rollback(True)
    return status


def stands_above(unit: Any, place: Any) -> bool:
    """Tell from the tree alone whether ``unit`` is ``place`` or above it."""
    while place is not None:
        if place.pk == unit.pk:
            return True
        place = place.parent
    return False


@pytest.mark.parametrize("kind", KINDS)
def test_every_address_has_its_row_and_the_view_declares_the_same(kind: str) -> None:
    declared = {}
    for pattern in patterns(kind):
        view = pattern.callback
        is_signed_in_only = getattr(view, "needs_sign_in_only", False)
        needs = SIGNED_IN if is_signed_in_only else view.required_permission  # type: ignore[attr-defined]  # the mark
        declared[str(pattern.name)] = OPEN if needs is None else needs
    assert declared == {name: POLICY[name].needs if name in POLICY else "no row" for name in declared}


def test_no_row_speaks_of_an_address_that_is_gone() -> None:
    names = {str(pattern.name) for kind in KINDS for pattern in patterns(kind)}
    assert set(POLICY) - names == set()


class Relations:
    """For a person over a unit: one thing at the own unit, below, above, beside, and in another province."""

    def __init__(self, world: World) -> None:
        tree = world.tree
        more = {
            unit.code: world._things(unit) for unit in (tree.kunshan, tree.suzhou, tree.jiangsu, tree.nanjing)
        }
        here, there = world, more
        self._shown = {
            thing.unit.pk: thing.arguments()
            for thing in (*more.values(), world.kunshan, world.suzhou, world.jiangsu, world.pudong)
        }
        self._of = {
            Level.AGENCY: (
                tree.kunshan_brigade,
                {
                    "own": here.kunshan,
                    "parent": there["320583"],
                    "sibling": here.suzhou,
                    "other province": here.pudong,
                },
            ),
            Level.COUNTY: (
                tree.kunshan,
                {
                    "own": there["320583"],
                    "child": here.kunshan,
                    "parent": there["320500"],
                    "sibling": there["320100"],
                    "other province": here.pudong,
                },
            ),
            Level.CITY: (
                tree.suzhou,
                {
                    "own": there["320500"],
                    "child": here.kunshan,
                    "parent": there["320000"],
                    "sibling": there["320100"],
                    "other province": here.pudong,
                },
            ),
            # Over the node's own province everything on it is in reach; another province shows how scope cuts.
            Level.PROVINCE: (
                tree.shanghai,
                {"child": here.pudong, "sibling": there["320000"], "other province": here.kunshan},
            ),
        }

    def shown(self, thing: Things) -> Shown:
        return self._shown[thing.unit.pk]

    def of(self, level: Level) -> tuple[Any, dict[str, Things]]:
        return self._of[level]


SEEN_AT_EVERY_LEVEL = (Role.REGISTRAR, Role.SUPERVISOR)
"""One role that writes and one that reads; the others stand at their lowest level: scope asks for no role."""


def viewers() -> Iterator[tuple[Role, Level]]:
    for role in Role:
        levels = sorted(ROLE_LEVELS[role] - {Level.MINISTRY}, key=list(Level).index)
        if role is Role.OFFICER:
            levels = [Level.COUNTY]
        for level in levels if role in SEEN_AT_EVERY_LEVEL else levels[-1:]:
            yield role, level


def arguments_of(pattern: URLPattern, thing: Things, shown: Shown) -> dict[str, Any] | None:
    """Return with what the address shows something of this place, nothing where the made-up world has none."""
    known = shown.get(str(pattern.name))
    if known is None and str(pattern.pattern).startswith("officers/<int:pk>/"):
        only_officer = set(pattern.pattern.converters) == {"pk"}
        return {"pk": thing.officer.pk} if only_officer else None
    return known


def rows_of_things(made: Made) -> list[tuple[URLPattern, Row]]:
    thing = made.world.kunshan
    return [
        (pattern, row)
        for pattern, row in ruled("province")
        if row.place == THING and arguments_of(pattern, thing, made.relations.shown(thing)) is not None
    ]


@pytest.mark.parametrize(("role", "level"), list(viewers()))
def test_things_answer_by_role_and_by_where_they_lie(
    made: Made, world: World, sign_in: SignIn, role: Role, level: Level
) -> None:
    unit, things = made.relations.of(level)
    account = made.account_for(f"{role.value}-over-{unit.code}", unit, role)
    if role is Role.OFFICER:
        account.officer_uid = world.kunshan.officer.uid
        account.save()
    client = sign_in(account)
    wrong: dict[tuple[str, ...], tuple[int, list[int]]] = {}
    rows = rows_of_things(made)
    for relation, thing in things.items():
        shown = made.relations.shown(thing)
        is_concerned = role is Role.OFFICER and thing is world.kunshan
        for pattern, row in rows:
            url = reverse(str(pattern.name), kwargs=arguments_of(pattern, thing, shown))
            is_in_reach = stands_above(unit, thing.unit) or (
                row.is_for_those_below and stands_above(thing.unit, unit)
            )
            for verb in VERBS:
                right = outcome(row, role, verb, is_in_reach=is_in_reach, is_concerned=is_concerned)
                status = asked(client, verb, url)
                if status not in right:
                    wrong[relation, str(pattern.name), verb] = status, sorted(right)
    assert wrong == {}


def test_the_matrix_has_five_thousand_cells(made: Made) -> None:
    people = sum(len(made.relations.of(level)[1]) for _role, level in viewers())
    assert people * len(rows_of_things(made)) * len(VERBS) >= 5000


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_the_node_answer_by_role(
    made: Made, world: World, sign_in: SignIn, settings: Any, kind: str
) -> None:
    become(settings, kind)
    known = made.known
    wrong: dict[tuple[str, ...], tuple[int, list[int]]] = {}
    for role in Role:
        unit = unit_of(world.tree, role, kind)
        if unit is None or (role is Role.OFFICER and kind == "ministry"):
            continue  # officers have their accounts where they serve
        client = sign_in(world.account_of(role, unit))
        for pattern, row in ruled(kind):
            name = str(pattern.name)
            if row.place == THING or row.needs == OPEN or name == "sign-out":
                continue
            is_made_up = name not in known
            arguments = known.get(name, made_up_arguments(pattern))
            url = reverse(name, kwargs=arguments or None)
            for verb in VERBS:
                right = outcome(row, role, verb, is_in_reach=True)
                if arguments and is_made_up and 200 in right:
                    right = right | {404}
                status = asked(client, verb, url)
                if status not in right:
                    wrong[role.value, name, verb] = status, sorted(right)
    assert wrong == {}


def test_no_address_takes_another_verb(made: Made, world: World, sign_in: SignIn) -> None:
    # past the service: no such person can be
    client = sign_in(made.account_for("everything", world.tree.jiangsu, *Role))
    known = made.known
    for pattern in patterns("province"):
        arguments = known.get(str(pattern.name), made_up_arguments(pattern))
        url = reverse(str(pattern.name), kwargs=arguments or None)
        for verb in OTHER_VERBS:
            assert asked(client, verb, url) == 405, (verb, url)
