"""The WSGI entry of every node: the settings module follows from the node file."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from warrant.nodes.start import prepare_django

prepare_django()

application = get_wsgi_application()
