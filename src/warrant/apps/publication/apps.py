"""Django's registration of publication."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """The publication app."""

    name = "warrant.apps.publication"
    label = "publication"
    default_auto_field = "django.db.models.BigAutoField"
