from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cardcentre', '0005_carry_over'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='card',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['arrived', 'missing', 'undelivered']), ('store__isnull', False), _connector='OR'), name='card_store_known'),
        ),
    ]
