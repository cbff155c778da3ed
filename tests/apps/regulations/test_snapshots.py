"""What a process remembers of kept contents: only what was committed, so that nothing is ever missing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from warrant.apps.regulations.models import RegulationSnapshot
from warrant.apps.regulations.selectors import forget_regulations, in_force
from warrant.apps.regulations.services import keep_snapshot
from warrant.apps.regulations.types import InForce
from warrant.core.regulation import RegulationKind

DAY = date(2026, 11, 22)


@transaction.atomic
def _keep_and_fail(used: InForce) -> None:
    keep_snapshot(used)
    raise RuntimeError("undone")


@pytest.mark.django_db(transaction=True)
def test_a_content_is_asked_for_once_it_was_kept_and_not_before() -> None:
    forget_regulations()
    used = in_force(RegulationKind.CALENDAR, "320000", DAY)
    with pytest.raises(RuntimeError):
        _keep_and_fail(used)
    assert not RegulationSnapshot.objects.exists()
    with transaction.atomic():
        keep_snapshot(used)
    assert RegulationSnapshot.objects.get().digest == used.digest
    with CaptureQueriesContext(connection) as asked:
        assert keep_snapshot(used) == used.digest
    assert len(asked) == 0
    forget_regulations()
