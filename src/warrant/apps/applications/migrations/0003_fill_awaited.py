"""Say of cases that wait which step decides, and of refused ones which step refused."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Subquery


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Waiting cases decide as the step in which they wait; a refusal is the last opinion of its kind."""
    application = apps.get_model("applications", "Application")
    opinion = apps.get_model("applications", "Opinion")
    rows = application._base_manager
    rows.filter(state__in=["review", "verification", "approval"]).update(decides_as=F("state"))
    refusals = opinion.objects.filter(application=OuterRef("pk"), action__in=["refuse", "filing-refused"])
    last = refusals.order_by("-seq")
    rows.filter(state="refused", opinions__action__in=["refuse", "filing-refused"]).update(
        refused_in=Subquery(last.values("state")[:1]), refused_at=Subquery(last.values("given_at")[:1])
    )


class Migration(migrations.Migration):
    """Fill the new columns."""

    dependencies = [("applications", "0002_kinds")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
