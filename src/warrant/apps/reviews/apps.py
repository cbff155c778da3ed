"""Django's registration of annual reviews."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """The annual reviews app."""

    name = "warrant.apps.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"
