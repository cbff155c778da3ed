"""Names are found by their compared form."""

from django.db import migrations, models

from warrant.core.standards.agency_names import name_key


def fill(apps, schema_editor):
    version = apps.get_model("organisations", "AgencyVersion")
    for row in version.objects.all().iterator():
        row.name_key = name_key(row.name)
        row.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="agencyversion",
            name="name_key",
            field=models.CharField(default="", editable=False, help_text="the name as it is compared", max_length=120),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="agencyversion",
            index=models.Index(fields=["name_key", "valid_from"], name="agency_version_name_key"),
        ),
    ]
