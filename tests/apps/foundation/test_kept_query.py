"""A kept statement answers as the query that it was written from."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F, QuerySet

from warrant.apps.foundation.kept_query import KeptQueries
from warrant.apps.organisations.models import Agency


def _with_province(number: int) -> QuerySet[Agency]:
    return Agency.objects.filter(pk=number).select_related("province", "parent").annotate(again=F("pk"))


def test_a_kept_statement_answers_as_the_query_it_was_written_from(
    tree: Any, django_assert_num_queries: Any
) -> None:
    kept: KeptQueries[Agency] = KeptQueries()
    for unit in (tree.kunshan, tree.ministry, tree.pudong):
        asked = _with_province(unit.pk).get()
        with django_assert_num_queries(1):
            found = kept.first("here", unit.pk, _with_province)
            assert found is not None
            assert found.province == asked.province  # comes with it
        assert found.__dict__.keys() == asked.__dict__.keys()
        assert [getattr(found, f.attname) for f in Agency._meta.concrete_fields] == [
            getattr(asked, f.attname) for f in Agency._meta.concrete_fields
        ]


def test_a_number_that_no_row_has_finds_nothing(tree: Any) -> None:
    kept: KeptQueries[Agency] = KeptQueries()
    assert kept.first("here", 0, _with_province) is None
    assert kept.first("here", 2**63, _with_province) is None


def test_each_key_has_a_statement_of_its_own_and_the_oldest_goes(tree: Any) -> None:
    kept: KeptQueries[Agency] = KeptQueries(most=1)
    county = {"level": "county"}
    assert kept.first("any", tree.suzhou.pk, _with_province) == tree.suzhou
    assert kept.first("county", tree.suzhou.pk, lambda pk: _with_province(pk).filter(**county)) is None
    assert len(kept._kept) == 1
    assert kept.first("any", tree.suzhou.pk, _with_province) == tree.suzhou


def test_a_query_without_the_number_cannot_be_kept(tree: Any) -> None:
    kept: KeptQueries[Agency] = KeptQueries()
    with pytest.raises(ValueError, match="number"):
        kept.first("here", 1, lambda _pk: Agency.objects.all())


def test_a_condition_that_holds_for_nobody_finds_nobody_without_asking(
    tree: Any, django_assert_num_queries: Any
) -> None:
    kept: KeptQueries[Agency] = KeptQueries()
    with django_assert_num_queries(0):
        for _again in range(2):
            assert kept.first("here", 1, lambda pk: _with_province(pk).filter(pk__in=[])) is None
