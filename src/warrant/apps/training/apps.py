"""Django's registration of training."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """The training app."""

    name = "warrant.apps.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"
