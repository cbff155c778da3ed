"""A kept connection is asked only if something has come from the server since: then it may have hung up.

Django asks each one ``SELECT 1`` at the beginning of every request, which costs a page a tenth of its time. A server
that ends a connection says so, and what it says waits to be read; as long as nothing waits, the connection stands.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend; Django finds it by this name."""

    def is_usable(self) -> bool:
        """Tell whether the connection still stands."""
        if self.connection is None:
            return False
        if not self.connection.closed and not _has_something_to_say(self.connection.fileno()):
            return True
        return bool(super().is_usable())


def _has_something_to_say(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN | select.POLLERR | select.POLLHUP)
    return bool(waiting.poll(0))
