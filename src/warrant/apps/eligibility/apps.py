"""Django's registration of eligibility."""

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    """The eligibility app."""

    name = "warrant.apps.eligibility"
    label = "eligibility"
    default_auto_field = "django.db.models.BigAutoField"
