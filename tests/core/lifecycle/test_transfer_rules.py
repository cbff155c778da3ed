"""What becomes of a certificate when its holder goes to another unit or leaves."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.lifecycle import CertificateState, LeavingKind
from warrant.core.lifecycle.transfer_rules import (
    Meanwhile,
    Outcome,
    Printed,
    meanwhile_on,
    verdict_at_leaving,
    verdict_at_transfer,
)

C = CertificateState
KUNSHAN = Printed("昆山市交通运输综合行政执法大队", "320583", frozenset({"01", "02"}), 7)


def changed(**fields) -> Printed:
    return Printed(**{**KUNSHAN.__dict__, **fields})


@pytest.mark.parametrize(
    ("state", "after", "outcome"),
    [
        (C.ACTIVE, KUNSHAN, Outcome.KEPT),
        (C.PRODUCED, KUNSHAN, Outcome.KEPT),
        (C.ACTIVE, changed(unit_name="太仓市交通运输综合行政执法大队"), Outcome.CHANGED),
        (C.ACTIVE, changed(area_code="320585"), Outcome.CHANGED),
        (C.LOST, changed(authority_id=8), Outcome.CHANGED),
        (C.WITHHELD, changed(categories=frozenset({"01"})), Outcome.CHANGED),
        (C.AWAITING_PRODUCTION, changed(area_code="320585"), Outcome.TAKEN_BACK),
        (C.PRODUCED, changed(area_code="320585"), Outcome.TAKEN_BACK),
        (C.ACTIVE, changed(categories=frozenset({"03"})), Outcome.TAKEN_BACK),
        (C.CANCELLED, changed(area_code="320585"), Outcome.NOTHING),
        (None, KUNSHAN, Outcome.NOTHING),
    ],
)
def test_the_certificate_at_a_transfer(state, after, outcome):
    assert verdict_at_transfer(state, KUNSHAN, after).outcome is outcome


def test_every_difference_is_named():
    verdict = verdict_at_transfer(
        C.ACTIVE, KUNSHAN, Printed("南京市交通运输局", "320100", frozenset({"01"}), 9)
    )
    assert len(verdict.reasons) == 5


PRINTED = st.builds(
    Printed,
    st.sampled_from(["甲", "乙"]),
    st.sampled_from(["320583", "320585"]),
    st.frozensets(st.sampled_from(["01", "02", "03"]), min_size=1),
    st.sampled_from([7, 8]),
)


@given(st.sampled_from([C.ACTIVE, C.LOST, C.WITHHELD]), PRINTED, PRINTED)
def test_a_certificate_is_kept_exactly_while_it_says_what_is_true(state, printed, true_now):
    is_kept = verdict_at_transfer(state, printed, true_now).outcome is Outcome.KEPT
    assert is_kept == (printed == true_now)


@pytest.mark.parametrize(
    ("state", "kind", "is_for_cause", "outcome"),
    [
        (C.ACTIVE, LeavingKind.RETIREMENT, False, Outcome.TAKEN_BACK),
        (C.ACTIVE, LeavingKind.DEATH, False, Outcome.TAKEN_BACK),
        (C.LOST, LeavingKind.DISMISSAL, True, Outcome.TO_REVOKE),
        (C.ACTIVE, LeavingKind.DISMISSAL, False, Outcome.TAKEN_BACK),
        (C.AWAITING_PRODUCTION, LeavingKind.DISMISSAL, True, Outcome.TAKEN_BACK),
        (C.REVOKED, LeavingKind.RETIREMENT, False, Outcome.NOTHING),
        (None, LeavingKind.RESIGNATION, False, Outcome.NOTHING),
    ],
)
def test_the_certificate_at_leaving(state, kind, is_for_cause, outcome):
    assert verdict_at_leaving(state, kind, is_for_cause=is_for_cause).outcome is outcome


def test_until_the_new_card_the_certificate_is_withheld():
    assert meanwhile_on(date(2026, 11, 22)) is Meanwhile.WITHHELD
