"""Django's registration of examinations."""

from django.apps import AppConfig


class ExaminationsConfig(AppConfig):
    """The examinations app."""

    name = "warrant.apps.examinations"
    label = "examinations"
    default_auto_field = "django.db.models.BigAutoField"
