"""Django's registration of certificates."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """The certificates app."""

    name = "warrant.apps.certificates"
    label = "certificates"
    default_auto_field = "django.db.models.BigAutoField"
