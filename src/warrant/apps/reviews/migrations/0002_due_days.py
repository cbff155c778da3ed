"""Certificates of campaigns from before learn by when they have to pass."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def note_due_days(apps, schema_editor):
    lines = apps.get_model("reviews", "ReviewLine")._base_manager.exclude(state="passed")
    earliest = lines.filter(certificate=OuterRef("pk")).order_by("campaign__due_on", "pk")
    certificates = apps.get_model("certificates", "Certificate")._base_manager
    certificates.filter(pk__in=lines.values("certificate")).update(
        review_due_on=Subquery(earliest.values("campaign__due_on")[:1]),
        review_warned_from=Subquery(earliest.values("campaign__warned_from")[:1]),
    )


class Migration(migrations.Migration):

    dependencies = [
        ("reviews", "0001_initial"),
        ("certificates", "0009_review_due"),
    ]

    operations = [
        migrations.RunPython(note_due_days, migrations.RunPython.noop),
    ]
