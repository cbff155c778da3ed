"""Django's registration of cardcentre."""

from django.apps import AppConfig


class CardcentreConfig(AppConfig):
    """The cardcentre app."""

    name = "warrant.apps.cardcentre"
    label = "cardcentre"
    default_auto_field = "django.db.models.BigAutoField"
