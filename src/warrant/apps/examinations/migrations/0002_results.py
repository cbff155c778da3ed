"""Takes over the results from training: table, rows, indexes and the keys that point to them stay as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("examinations", "0001_initial"),
        ("officers", "0013_planned_leaving"),
        ("training", "0004_classes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                # The reverse names are free again once training has let go of its model (training 0005).
                migrations.CreateModel(
                    name="ExaminationRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "correction_reason",
                            models.CharField(blank=True, db_default="", default="", max_length=200),
                        ),
                        ("recorded_at", models.DateTimeField()),
                        ("paper", models.CharField(help_text="special-law or general-law", max_length=16)),
                        ("sat_on", models.DateField()),
                        ("organiser", models.CharField(max_length=120)),
                        ("score", models.DecimalField(decimal_places=1, max_digits=5)),
                        ("pass_mark", models.DecimalField(decimal_places=1, max_digits=5)),
                        (
                            "corrects",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="examinations.examinationrecord",
                            ),
                        ),
                        (
                            "officer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="examinations",
                                to="officers.officer",
                            ),
                        ),
                        (
                            "proof",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="officers.document",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "examination_record",
                        "indexes": [
                            models.Index(fields=["officer", "sat_on"], name="examination_record_officer")
                        ],
                    },
                ),
                migrations.AlterField(
                    model_name="candidate",
                    name="result",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="examinations.examinationrecord",
                    ),
                ),
                migrations.AlterField(
                    model_name="scorecorrection",
                    name="result",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_corrections",
                        to="examinations.examinationrecord",
                    ),
                ),
            ]
        ),
    ]
