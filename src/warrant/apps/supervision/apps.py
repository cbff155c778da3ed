"""Django's registration of supervision."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """The supervision app."""

    name = "warrant.apps.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"
