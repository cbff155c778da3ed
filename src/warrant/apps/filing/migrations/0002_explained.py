from django.db import migrations, models


def fill(apps, schema_editor):
    Filing = apps.get_model("filing", "Filing")
    for filing in Filing.objects.only("content").iterator(chunk_size=500):
        filing.officer_uid = str((filing.content.get("officer") or {}).get("uid", ""))[:64]
        filing.kind = str(filing.content.get("kind", "first-issue"))[:24]
        filing.save(update_fields=["officer_uid", "kind"])


class Migration(migrations.Migration):

    dependencies = [
        ("filing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="officer_uid",
            field=models.CharField(default="", help_text="as the province names the officer everywhere", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="filing",
            name="kind",
            field=models.CharField(default="first-issue", help_text="of the application", max_length=24),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["officer_uid"], name="filing_officer"),
        ),
    ]
