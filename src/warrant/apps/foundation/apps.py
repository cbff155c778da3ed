"""Django's registration of foundation."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """The lowest app; every node has it."""

    name = "warrant.apps.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"
