from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('examinations', '0006_enrolment_from_below'),
    ]

    operations = [
        migrations.AddField(
            model_name='sitting',
            name='begins_at',
            field=models.TimeField(help_text='when the paper is handed out; none: not settled', null=True),
        ),
    ]
