from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("filing", "0002_explained"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="sample_reasons",
            field=models.JSONField(default=list, help_text="ids of the sampling rules that drew it; none: not drawn"),
        ),
        migrations.AddField(
            model_name="filing",
            name="sampling_digest",
            field=models.CharField(blank=True, help_text="of the sampling rules when it arrived", max_length=64),
        ),
    ]
