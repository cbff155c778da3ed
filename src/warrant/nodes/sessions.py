"""Sessions in the database, as Django keeps them, with fewer and fixed statements: every page reads one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.utils import timezone

_READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Reads by a statement made beforehand; writes an existing session by one UPDATE, which needs no transaction."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; an unknown or expired key is forgotten, as Django does."""
        with connection.cursor() as cursor:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(_READ, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))

    def save(self, must_create: bool = False) -> None:
        """Write the session.

        Raises:
            UpdateError: it was ended meanwhile; ``CreateError`` for a new one whose key is taken.
        """
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(dict(self.items()))
        same = self.model.objects.filter(pk=row.pk)
        if not same.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError
