"""Django's registration of exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange app."""

    name = "warrant.apps.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
