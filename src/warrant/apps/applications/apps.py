"""Django's registration of applications."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The applications app."""

    name = "warrant.apps.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"
