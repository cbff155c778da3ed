"""The made-up nation: the same for the same seed, believable, and in the form that the services write."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.officers.models import AdditionalEntry, Officer, OfficerNameToken, OfficerVersion
from warrant.apps.officers.selectors.sealing import (
    id_number_index,
    id_number_of,
    id_tail_index,
    seal_id_number,
)
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.officers.services.writing import VERSIONED_FIELDS, write_change, write_new
from warrant.apps.organisations.models import Agency, AgencyVersion
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards import certificate_number, codes, id_number
from warrant.nodes.generation.nation import (
    AS_OF,
    RECORDER,
    NotForGenerationError,
    generate_nation,
)
from warrant.nodes.generation.papers import TABLES

pytestmark = pytest.mark.django_db

SEALED = {"id_number_sealed"}
_PEOPLE = (Agency, Officer, OfficerNameToken, OfficerVersion, TrainingRecord, ExaminationRecord)


@pytest.fixture(autouse=True)
def empty_of_places(settings: SimpleNamespace, tmp_path: Any, vault: SoftwareVault) -> None:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")


def _digest() -> str:
    """SHA-256 of every row of every table that is written, what is sealed and its file left out."""
    sum_of_all = hashlib.sha256()
    for model in (*_PEOPLE, AdditionalEntry, *TABLES):
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in SEALED]
        manager: models.Manager[Any] = model._base_manager
        for row in manager.order_by("pk").values_list(*names):
            sum_of_all.update(repr(tuple(bytes(c) if isinstance(c, memoryview) else c for c in row)).encode())
    return sum_of_all.hexdigest()


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    digests = []
    for seed in (7, 7, 8):
        generate_nation(120, seed)
        digests.append(_digest())
        _restart()
    assert digests[0] == digests[1]
    assert digests[0] != digests[2]


def _restart() -> None:
    """Empty the tables and begin to count anew."""
    call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence")
        else:
            for model in (*_PEOPLE, AdditionalEntry, *TABLES):
                cursor.execute(f'TRUNCATE "{model._meta.db_table}" RESTART IDENTITY CASCADE')


def _as_python(field: str, value: Any) -> Any:
    return date.fromisoformat(value) if field.endswith("_on") and isinstance(value, str) else value


def _columns(officer: Officer) -> dict[str, Any]:
    officer.refresh_from_db()
    left_out = {"id", "uid", *SEALED, "id_number_index", "id_tail_index"}
    names = [f.attname for f in Officer._meta.concrete_fields if f.attname not in left_out]
    return {name: getattr(officer, name) for name in names}


def _kept(officer: Officer) -> list[dict[str, Any]]:
    left_out = {"id", "officer_id"}
    names = [f.attname for f in OfficerVersion._meta.concrete_fields if f.attname not in left_out]
    return [{name: getattr(v, name) for name in names} for v in officer.versions.order_by("revision")]


def _written_again(officer: Officer, actor: Actor) -> Officer:
    """Enter the officer again, step by step, through the services."""
    versions = list(officer.versions.order_by("revision"))
    first = {name: _as_python(name, value) for name, value in versions[0].content.items()}
    again = Officer(
        **first,
        sort_key=sort_key(first["name"]),
        id_number_sealed=seal_id_number(officer.uid, "329901199001010018"),
        id_number_index=id_number_index(f"again {officer.pk}"),
        id_tail_index=b"",
        owner_node=officer.owner_node,
        entered_by_id=officer.entered_by_id,
        entered_at=versions[0].recorded_at,
        changed_at=versions[0].recorded_at,
    )
    write_new(
        [again],
        ChangeKind(versions[0].kind),
        actor,
        now=again.entered_at,
        effective_on=versions[0].effective_on,
    )
    for version in versions[1:]:
        values = {name: _as_python(name, version.content[name]) for name in version.changed_fields}
        write_change(
            again,
            values,
            ChangeKind(version.kind),
            actor,
            now=version.recorded_at,
            effective_on=version.effective_on,
        )
    return again


def test_a_generated_officer_is_what_the_services_would_have_written() -> None:
    generate_nation(60, 3)
    recorder = Account.objects.get(username=RECORDER)
    actor = Actor(recorder.pk, recorder.display_name, recorder.agency_id)
    officers = list(Officer.system.order_by("pk"))
    assert max(officer.revision for officer in officers) > 2
    for officer in officers:
        again = _written_again(officer, actor)
        assert _columns(again) == _columns(officer)
        assert _kept(again) == _kept(officer)
        assert {t.token for t in again.name_tokens.all()} == {t.token for t in officer.name_tokens.all()}


def test_units_have_the_codes_of_the_standard_and_stand_below_their_parents() -> None:
    nation = generate_nation(10, 1)
    assert nation.units == Agency.objects.count() == AgencyVersion.objects.count()
    assert 3400 <= nation.units <= 3800
    chengdu = Agency.objects.get(code="510100")
    jinjiang = Agency.objects.get(code="510104")
    assert (chengdu.name, jinjiang.name) == ("成都市交通运输局", "成都市锦江区交通运输局")
    assert jinjiang.parent == chengdu
    assert jinjiang.place.province_id == Agency.objects.get(code="510000").pk
    assert Agency.objects.get(code="110101").parent == Agency.objects.get(code="110000")
    assert Agency.objects.get(code="429004").parent == Agency.objects.get(code="420000")


def test_people_are_believable() -> None:
    generate_nation(3000, 5)
    officers = list(Officer.system.all())
    assert len(officers) == 3000
    ages = Counter((AS_OF.year - officer.birth_on.year) // 10 for officer in officers)
    assert ages[3] > ages[2]
    assert ages[4] > ages[5]
    assert set(ages) <= {2, 3, 4, 5, 6}
    surnames = Counter(officer.name[0] for officer in officers)
    assert {"王", "李", "张"} == {name for name, _count in surnames.most_common(3)}
    assert 0.6 < sum(officer.certificate_state == "active" for officer in officers) / 3000 < 0.8
    assert 0.03 < sum(officer.state == "left" for officer in officers) / 3000 < 0.12
    for officer in officers[:300]:
        number = id_number.check(id_number_of(officer))
        assert (number.born_on, number.sex_code, number.area_code[:4]) == (
            officer.birth_on,
            officer.sex,
            "3299",
        )
        assert bytes(officer.id_number_index) == id_number_index(number.text)
        assert bytes(officer.id_tail_index) == id_tail_index(number.text)
        assert all(code in codes.ENFORCEMENT_CATEGORY for code in officer.category_codes)
        assert officer.education in codes.EDUCATION
        assert not officer.degree or officer.degree in codes.DEGREE
        assert officer.staffing in codes.STAFFING
        assert officer.enforcement_started_on is not None
        assert officer.enforcement_started_on < AS_OF
        if officer.certificate_number:
            assert certificate_number.check(officer.certificate_number) == officer.certificate_number
    assert len({officer.certificate_number for officer in officers if officer.certificate_number}) == sum(
        bool(officer.certificate_number) for officer in officers
    )


def test_every_change_comes_after_the_one_before_and_none_after_the_day() -> None:
    generate_nation(400, 11)
    last: dict[int, datetime] = {}
    for version in OfficerVersion.system.order_by("officer_id", "revision"):
        assert version.effective_on <= AS_OF
        assert version.officer_id not in last or last[version.officer_id] < version.recorded_at
        assert set(version.content) == set(VERSIONED_FIELDS)
        last[version.officer_id] = version.recorded_at


def test_a_register_with_people_is_left_alone() -> None:
    generate_nation(1, 1)
    with pytest.raises(NotForGenerationError, match="empty database"):
        generate_nation(1, 1)
    assert Officer.system.count() == 1


def test_a_real_node_is_left_alone(settings: SimpleNamespace) -> None:
    node = settings.WARRANT_NODE
    settings.WARRANT_NODE = SimpleNamespace(kind=node.kind, code=node.code, is_development=False)
    with pytest.raises(NotForGenerationError, match="development"):
        generate_nation(1, 1)
    assert Officer.system.count() == 0
