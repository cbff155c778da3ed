"""Django's registration of exports."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Files made of lists."""

    name = "warrant.apps.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"
