"""Django's registration of officers."""

from django.apps import AppConfig


class OfficersConfig(AppConfig):
    """The officers app."""

    name = "warrant.apps.officers"
    label = "officers"
    default_auto_field = "django.db.models.BigAutoField"
