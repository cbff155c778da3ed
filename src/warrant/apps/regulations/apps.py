"""Django's registration of regulations."""

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    """The regulations app."""

    name = "warrant.apps.regulations"
    label = "regulations"
    default_auto_field = "django.db.models.BigAutoField"
