"""Educations are put right by a later record, and the officer's education follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import EducationRecord, Officer
from warrant.apps.officers.selectors.register import educations_of
from warrant.apps.officers.services import add_education_record, correct_education_record
from warrant.core.access import Actor
from warrant.core.errors import Conflict, InvalidInput, NotFound

pytestmark = pytest.mark.django_db

MASTER = {
    "education": "14",
    "degree": "2",
    "school": "东南大学",
    "major": "法律",
    "graduated_on": date(2016, 6, 30),
}
BACHELOR = {**MASTER, "education": "21", "degree": "3", "graduated_on": date(2012, 6, 30)}
WHY = "毕业证书是大学本科"


@pytest.fixture
def wrong(officer: Officer, registrar: Actor, today: Any, now: Any) -> EducationRecord:
    return add_education_record(registrar, officer.pk, MASTER, pdf(), "毕业证.pdf", on=today, now=now)


def test_the_officers_education_follows_the_correction(
    wrong: EducationRecord, officer: Officer, registrar: Actor, today: Any, now: Any
) -> None:
    officer.refresh_from_db()
    assert (officer.education, officer.school) == ("14", "东南大学")
    row = correct_education_record(registrar, wrong.pk, BACHELOR, None, WHY, on=today, now=now)
    officer.refresh_from_db()
    assert (officer.education, officer.degree, officer.school) == ("21", "3", "东南大学")
    assert [one.pk for one in educations_of(officer)] == [row.pk]
    assert (row.proof, row.correction_reason) == (wrong.proof, WHY)
    audit = AuditRow.objects.get(action="officer.education-corrected")
    assert (audit.subject, audit.account_id) == (f"officer:{officer.pk}", registrar.account_id)


def test_a_higher_education_that_counts_takes_the_place_of_a_wrong_one(
    wrong: EducationRecord, officer: Officer, registrar: Actor, today: Any, now: Any
) -> None:
    other = {**BACHELOR, "school": "河海大学"}
    add_education_record(registrar, officer.pk, other, pdf("二"), "本科.pdf", on=today, now=now)
    college = {**MASTER, "education": "31", "degree": ""}
    correct_education_record(registrar, wrong.pk, college, None, WHY, on=today, now=now)
    officer.refresh_from_db()
    assert (officer.education, officer.school) == ("21", "河海大学")


def test_a_lower_one_that_was_never_the_highest_changes_nothing_else(
    wrong: EducationRecord, officer: Officer, registrar: Actor, today: Any, now: Any
) -> None:
    low = add_education_record(registrar, officer.pk, BACHELOR, pdf("二"), "本科.pdf", on=today, now=now)
    correct_education_record(
        registrar, low.pk, {**BACHELOR, "major": "行政管理"}, None, WHY, on=today, now=now
    )
    officer.refresh_from_db()
    assert (officer.education, officer.major) == ("14", "法律")


def test_a_corrected_education_is_not_corrected_again(
    wrong: EducationRecord, registrar: Actor, stranger: Actor, today: Any, now: Any
) -> None:
    with pytest.raises(NotFound):
        correct_education_record(stranger, wrong.pk, BACHELOR, None, WHY, on=today, now=now)
    with pytest.raises(InvalidInput, match="nothing-different"):
        correct_education_record(registrar, wrong.pk, MASTER, None, WHY, on=today, now=now)
    correct_education_record(registrar, wrong.pk, BACHELOR, None, WHY, on=today, now=now)
    with pytest.raises(Conflict, match="entry-not-valid"):
        correct_education_record(registrar, wrong.pk, MASTER, None, WHY, on=today, now=now)


def test_it_is_corrected_by_form_and_the_earlier_one_is_listed_with_the_reason(
    wrong: EducationRecord, officer: Officer, registrar: Actor, client: Client
) -> None:
    client.force_login(Account.objects.get(pk=registrar.account_id))
    url = reverse("officer-education-correct", args=[wrong.pk])
    assert 'value="东南大学"' in client.get(url).content.decode()
    typed = {**BACHELOR, "graduated_on": "2012-06-30", "reason": WHY}
    assert client.post(url, {**typed, "graduated_on": "2999-01-01"}).status_code == 400
    assert client.post(url, typed).status_code == 302
    page = client.get(f"{reverse('officer-detail', args=[officer.pk])}?part=additional").content.decode()
    assert "已更正的 1 条" in page
    assert WHY in page
    assert client.get(url).status_code == 409
