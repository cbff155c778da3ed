"""Django's registration of filing."""

from django.apps import AppConfig


class FilingConfig(AppConfig):
    """The filing app."""

    name = "warrant.apps.filing"
    label = "filing"
    default_auto_field = "django.db.models.BigAutoField"
