"""Takes over the roster tables, which the officers app made."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('officers', '0003_rosters_leave'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='RosterImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('province_unit', models.BigIntegerField(editable=False, null=True)),
                        ('city_unit', models.BigIntegerField(editable=False, null=True)),
                        ('county_unit', models.BigIntegerField(editable=False, null=True)),
                        ('agency_unit', models.BigIntegerField(editable=False, null=True)),
                        ('state', models.CharField(choices=[('previewed', 'Previewed'), ('imported', 'Imported'), ('discarded', 'Discarded')], default='previewed', max_length=12)),
                        ('row_count', models.IntegerField()),
                        ('good_count', models.IntegerField()),
                        ('warning_count', models.IntegerField(help_text='good rows with a warning')),
                        ('fix_count', models.IntegerField(help_text='good rows in which something was repaired')),
                        ('error_count', models.IntegerField(help_text='rows that an error keeps out')),
                        ('imported_count', models.IntegerField(default=0)),
                        ('file_findings', models.JSONField(default=list, help_text='what concerns the file, not a row')),
                        ('checked_on', models.DateField(help_text='the day as of which the rows were checked')),
                        ('uploaded_at', models.DateTimeField()),
                        ('imported_at', models.DateTimeField(null=True)),
                        ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='officers.document')),
                        ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'roster_import',
                        'abstract': False,
                        'base_manager_name': 'system',
                        'default_manager_name': 'system',
                        'indexes': [models.Index(fields=['uploaded_by', '-uploaded_at'], name='roster_import_mine')],
                    },
                    managers=[('system', django.db.models.manager.Manager())],
                ),
                migrations.CreateModel(
                    name='RosterRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sheet', models.CharField(max_length=80)),
                        ('row', models.IntegerField(help_text='row number in the sheet, from 1')),
                        ('content_sealed', models.BinaryField(help_text='findings and the officer it would become: ID numbers stand in both')),
                        ('has_error', models.BooleanField()),
                        ('has_warning', models.BooleanField()),
                        ('has_fix', models.BooleanField()),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='officers.officer')),
                        ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='rosters.rosterimport')),
                    ],
                    options={
                        'db_table': 'roster_row',
                        'constraints': [models.UniqueConstraint(fields=('roster', 'sheet', 'row'), name='roster_row_key')],
                    },
                ),
            ]
        )
    ]
