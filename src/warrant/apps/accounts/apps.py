"""Django's registration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "warrant.apps.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
