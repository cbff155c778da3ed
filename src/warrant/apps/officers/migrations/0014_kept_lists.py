"""Saved views and columns of more lists than that of officers; what was kept so far is of officers."""

from django.conf import settings
from django.db import migrations, models


def carry_over(apps, schema_editor):
    """Take over the columns and the first view that accounts have chosen."""
    old = apps.get_model("officers", "ListPreference")
    new = apps.get_model("officers", "ListChoice")
    new.objects.bulk_create(
        (
            new(account_id=row.account_id, list_name="officers", columns=row.columns, opens_with_id=row.opens_with_id)
            for row in old.objects.all().iterator()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("officers", "0013_planned_leaving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="list_name",
            field=models.CharField(default="officers", help_text="of which list it is a view", max_length=24),
        ),
        migrations.RemoveConstraint(model_name="savedview", name="saved_view_once"),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("owner", "list_name", "name"), name="saved_view_once"),
        ),
        migrations.CreateModel(
            name="ListChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_name", models.CharField(default="officers", max_length=24)),
                ("columns", models.CharField(blank=True, help_text="keys joined by commas", max_length=400)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "opens_with",
                    models.ForeignKey(
                        null=True, on_delete=models.deletion.SET_NULL, related_name="+", to="officers.savedview"
                    ),
                ),
            ],
            options={"db_table": "list_choice"},
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel(name="ListPreference"),
        migrations.RenameModel(old_name="ListChoice", new_name="ListPreference"),
        migrations.AddConstraint(
            model_name="listpreference",
            constraint=models.UniqueConstraint(fields=("account", "list_name"), name="list_choice_once"),
        ),
    ]
