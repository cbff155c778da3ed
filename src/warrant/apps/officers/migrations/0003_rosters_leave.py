"""Rosters become an app of their own; the tables keep their names and their rows."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('officers', '0002_versions_and_standing')]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel('RosterRow'),
                migrations.DeleteModel('RosterImport'),
            ]
        )
    ]
