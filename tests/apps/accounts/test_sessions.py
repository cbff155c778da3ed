"""How a session is written: one statement, and never back to life."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError

from warrant.nodes.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_sign_of_life_is_one_statement_and_is_kept(django_assert_num_queries: Any) -> None:
    session = SessionStore()
    session["seen_at"] = 1
    session.save()
    session["seen_at"] = 2
    with django_assert_num_queries(1):
        session.save()
    assert SessionStore(session.session_key)["seen_at"] == 2


def test_a_session_ended_meanwhile_is_not_revived() -> None:
    session = SessionStore()
    session["seen_at"] = 1
    session.save()
    SessionStore().delete(session.session_key)
    session["seen_at"] = 2
    with pytest.raises(UpdateError):
        session.save()
    assert session.session_key
    assert not SessionStore().exists(session.session_key)
