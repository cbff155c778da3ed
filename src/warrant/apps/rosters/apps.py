"""Django's registration of rosters."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    """The rosters app."""

    name = "warrant.apps.rosters"
    label = "rosters"
    default_auto_field = "django.db.models.BigAutoField"
