"""A correction of a score becomes a claim of a result, which may also be one from elsewhere."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("examinations", "0002_results"),
        ("training", "0005_results_move"),
    ]

    operations = [
        *(
            migrations.RemoveConstraint("scorecorrection", name)
            for name in ("score_correction_state", "score_correction_two_people", "score_correction_asked_once")
        ),
        *(
            migrations.RemoveIndex("scorecorrection", f"score_correction_{level}")
            for level in ("province", "city", "county", "agency")
        ),
        migrations.RenameModel("ScoreCorrection", "ResultClaim"),
        migrations.AlterModelTable("resultclaim", "result_claim"),
        migrations.AddField(
            "resultclaim",
            "officer",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="result_claims",
                to="officers.officer",
            ),
        ),
        migrations.AddField(
            "resultclaim",
            "made",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="examinations.examinationrecord",
            ),
        ),
    ]
