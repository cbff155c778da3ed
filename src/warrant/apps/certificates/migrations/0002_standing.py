"""Write on each officer how the latest certificate stands."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def write_standing(apps, schema_editor):
    officer = apps.get_model("officers", "Officer")
    certificate = apps.get_model("certificates", "Certificate")
    latest = certificate._base_manager.filter(officer=OuterRef("pk")).order_by("-pk")
    holders = officer._base_manager.filter(pk__in=certificate._base_manager.values("officer_id"))
    holders.update(
        certificate_number=Subquery(latest.values("number")[:1]),
        certificate_state=Subquery(latest.values("state")[:1]),
        certificate_valid_until=Subquery(latest.values("valid_until")[:1]),
    )


class Migration(migrations.Migration):

    dependencies = [
        ("certificates", "0001_initial"),
        ("officers", "0002_versions_and_standing"),
    ]

    operations = [migrations.RunPython(write_standing, migrations.RunPython.noop)]
