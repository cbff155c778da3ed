"""Django's registration of organisations."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The organisations app."""

    name = "warrant.apps.organisations"
    label = "organisations"
    default_auto_field = "django.db.models.BigAutoField"
