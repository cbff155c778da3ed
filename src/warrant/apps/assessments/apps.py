"""Django's registration of assessments."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """The assessments app."""

    name = "warrant.apps.assessments"
    label = "assessments"
    default_auto_field = "django.db.models.BigAutoField"
