"""Django's registration of the standing detectors."""

from django.apps import AppConfig


class DetectorsConfig(AppConfig):
    """The standing detectors app."""

    name = "warrant.apps.detectors"
    label = "detectors"
    default_auto_field = "django.db.models.BigAutoField"
