"""Every claim names its officer, and what a confirmed one put on the record."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Take the officer from the result; the correction is the record that took its place."""
    claims = apps.get_model("examinations", "ResultClaim")._base_manager
    results = apps.get_model("examinations", "ExaminationRecord")._base_manager
    of_result = results.filter(pk=OuterRef("result_id"))
    claims.filter(officer=None).update(officer_id=Subquery(of_result.values("officer_id")[:1]))
    made = results.filter(corrects_id=OuterRef("result_id"))
    claims.filter(state="confirmed", made=None).update(made_id=Subquery(made.values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [("examinations", "0003_result_claims")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
