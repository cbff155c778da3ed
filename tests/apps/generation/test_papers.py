"""The papers of the made-up officers: what the officer's row says is what the product's own functions read from them."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Max

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.chain import chain_links as step_links
from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.selectors import chain_links as card_links
from warrant.apps.certificates.models import Certificate, CertificateEntry, CertificateSerial
from warrant.apps.certificates.services.standing import standing_of
from warrant.apps.filing.models import FilingRequest
from warrant.apps.filing.selectors.requests import chain_links as filing_links
from warrant.apps.foundation.log import stored_tree
from warrant.apps.foundation.models import LogStream
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.core.ledger.merkle import Frontier, leaf_hash
from warrant.core.lifecycle import CERTIFICATE
from warrant.core.record import KINDS, EntryKind, check_entry
from warrant.nodes.generation.nation import AS_OF, generate_nation
from warrant.nodes.generation.papers import STREAM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nation(settings: SimpleNamespace, tmp_path: Any, vault: SoftwareVault) -> None:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    generate_nation(200, 5)


def test_the_officers_row_says_what_the_certificate_says() -> None:
    held = {row.officer_id: row for row in Certificate.system.order_by("pk")}
    assert len(held) > 130
    for officer in Officer.system.all():
        told = {name: getattr(officer, name) for name in standing_of(None)}
        assert told == standing_of(held.get(officer.pk))
    states = Counter(row.state for row in held.values())
    assert states["active"] > 100
    assert len(states) > 2


def test_every_certificate_went_through_its_states_one_by_one() -> None:
    for certificate in Certificate.system.prefetch_related("entries"):
        entries = sorted(certificate.entries.all(), key=lambda row: row.pk)
        assert [row.happened_at for row in entries] == sorted(row.happened_at for row in entries)
        state = ""
        for row in entries:
            assert row.from_state == state
            if state:
                assert CERTIFICATE.next_state(row.action, state).value == row.to_state
            state = row.to_state
        assert state == certificate.state


def test_the_chain_of_a_holder_is_whole() -> None:
    for certificate in Certificate.system.filter(state="active").select_related("officer__agency")[:15]:
        officer = certificate.officer
        links = [*step_links(officer), *filing_links(officer), *card_links(officer)]
        assert len(links) >= 4
        assert {link.tone for link in links} == {"whole"}


def test_open_cases_wait_in_every_step_for_a_unit_above_the_officer() -> None:
    cases = Application.system.exclude(state="filed").select_related("officer")
    assert 2 <= len(cases) <= 20
    for case in cases:
        place = case.officer.place
        if case.state in ("review", "verification", "approval"):
            assert case.waiting_unit_id in (place.province_id, place.city_id, place.county_id)
            assert case.decides_as == case.state
        else:
            assert case.waiting_unit_id is None
    assert len({case.state for case in cases}) > 1


def test_numbers_go_on_after_the_last_that_was_given() -> None:
    for row in CertificateSerial.objects.all():
        last = Certificate.system.filter(number__startswith=row.province_code).aggregate(last=Max("number"))[
            "last"
        ]
        assert int(last[2:10]) == row.last_serial
    assert Card.objects.count() == Certificate.system.count() == FilingRequest.objects.count()


def test_the_log_of_filings_is_a_log() -> None:
    stream = LogStream.objects.get(pk=STREAM)
    entries = list(stream.entries.order_by("seq"))
    assert [entry.seq for entry in entries] == list(range(stream.size))
    frontier = Frontier().extend(leaf_hash(bytes(entry.body)) for entry in entries)
    assert bytes(stream.frontier) == frontier.encode()
    assert stored_tree(stream).root() == frontier.root()


def test_additional_data_are_what_the_forms_accept() -> None:
    entries = list(AdditionalEntry.objects.select_related("officer").prefetch_related("proofs"))
    assert {entry.kind for entry in entries} >= {"assessment", "annual-review", "service", "reward"}
    assert 1 < len(entries) / 200 < 5
    for entry in entries:
        checked = check_entry(
            KINDS[EntryKind(entry.kind)], entry.content, birth_on=entry.officer.birth_on, on=AS_OF
        )
        assert (checked.content, checked.from_on, checked.until_on) == (
            entry.content,
            entry.from_on,
            entry.until_on,
        )
        assert len(entry.proofs.all()) == 1


def test_a_lost_card_was_in_hand_before() -> None:
    for entry in CertificateEntry.objects.filter(action="report-lost"):
        handed_over_at = entry.certificate.cards.get().handed_over_at
        assert handed_over_at is not None
        assert handed_over_at < entry.happened_at
