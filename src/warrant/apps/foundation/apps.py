"""Django's registration of foundation."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """The lowest app; every node has it."""

    name = "warrant.apps.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from warrant.apps.foundation import checks  # noqa: F401, PLC0415 - Django registers checks when apps are ready
