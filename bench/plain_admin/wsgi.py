"""The WSGI entry; ``python -m bench.plain_admin.wsgi`` makes the small database and prints a session's cookie."""

from __future__ import annotations

import os
import sys

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.plain_admin.settings")
application = get_wsgi_application()


def _prepare() -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415 - after setup
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - after setup
    from django.core.management import call_command  # noqa: PLC0415 - after setup

    django.setup()
    call_command("migrate", verbosity=0, database="default")
    user = User.objects.filter(username="bench").first() or User.objects.create_superuser(
        "bench", "", "bench"
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


if __name__ == "__main__":
    sys.stdout.write(_prepare())
