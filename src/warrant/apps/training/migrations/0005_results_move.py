"""Results belong to examinations from here on; the table and its rows stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0004_classes"),
        ("examinations", "0002_results"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("ExaminationRecord")]),
    ]
