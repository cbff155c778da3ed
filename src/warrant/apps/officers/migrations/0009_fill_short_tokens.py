"""Officers who are registered already get the short tokens too, a thousand at a time."""

from django.db import migrations

from warrant.apps.officers.services.spelling import ordered_tokens


def fill(apps, schema_editor):
    officer, token = apps.get_model("officers", "Officer"), apps.get_model("officers", "OfficerNameToken")
    last = 0
    while rows := list(officer._base_manager.filter(pk__gt=last).order_by("pk").values_list("pk", "name", "sort_key")[:1000]):
        token._base_manager.filter(officer_id__gt=last, officer_id__lte=rows[-1][0]).delete()
        token._base_manager.bulk_create(
            [
                token(officer_id=pk, token=text, sort_key=kept)
                for pk, name, key in rows
                for text, kept in ordered_tokens(name, key)
            ],
            batch_size=2000,
        )
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("officers", "0008_short_tokens")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
