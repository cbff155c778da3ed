"""Sessions in the database, as Django keeps them, with one statement instead of three for a sign of life."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError


class SessionStore(db.SessionStore):
    """Writes an existing session by one UPDATE, which needs no transaction around it."""

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
