"""A year of a small province over the product's services: everything balances to the card, whatever the seed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from bench.year.balance import checks_of, state_figures
from bench.year.playing import Year, at
from bench.year.province import Province, open_province

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.cardcentre.models import Card
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation import ports

FIRST_DAY = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def node(tree: SimpleNamespace, vault: SoftwareVault, settings: SimpleNamespace, tmp_path: Path) -> None:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    settings.WARRANT_PORTS = {
        **settings.WARRANT_PORTS,
        "photo_desk": "warrant.nodes.factories.photo_desk",
    }
    ports.forget_ports()


def played(seed: int) -> Province:
    province = open_province(200, seed, at(date(2026, 12, 31)))
    Year(province, FIRST_DAY).play()
    return province


@pytest.mark.parametrize("seed", [7, 2027])
def test_a_year_balances_to_the_card(seed: int) -> None:
    province = played(seed)
    assert [(check.name, check.wrong) for check in checks_of(province) if not check.holds] == []
    acts = province.book.acts
    for act in (
        "prepare",
        "record-production",
        "hand-over",
        "cancel",
        "expire",
        "review passed",
        "lapse",
        "card: kill",
        "card: destroy",
        "card: rekey",
        "stock day closed",
    ):
        assert acts[act] > 0, act
    figures = state_figures()
    assert sum(figures["cards"].values()) == province.received
    assert set(figures["live cards by key version"]) == {"1", "2"}


def test_what_is_done_past_the_services_is_found() -> None:
    province = open_province(200, 3, at(date(2026, 12, 31)))
    assert all(check.holds for check in checks_of(province) if check.name[:12] != "the last wor")
    Certificate.system.filter(pk=Certificate.system.earliest("pk").pk).update(state="cancelled")
    Card.objects.filter(pk=Card.objects.latest("pk").pk).update(state="spoiled")
    Card.objects.filter(state="handed-over").update(key_version=9)
    broken = [check.name for check in checks_of(province) if check.wrong]
    assert len(broken) == 8
