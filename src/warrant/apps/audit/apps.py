"""Django's registration of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit app."""

    name = "warrant.apps.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
