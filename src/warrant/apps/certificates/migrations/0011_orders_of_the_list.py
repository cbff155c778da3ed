"""Indexes for the orders of the list, and for its filters by state and ground."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0010_expiry"),
        ("filing", "0007_documents"),
        ("officers", "0014_kept_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["state", "number", "id"], name="certificate_state_number"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["review_warned_from"], name="certificate_by_review_warning"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["state", "id"], name="certificate_by_state"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["agency_name", "id"], name="certificate_by_agency_name"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["area_name", "id"], name="certificate_by_area_name"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["categories", "id"], name="certificate_by_categories"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["valid_from", "id"], name="certificate_by_valid_from"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["valid_until", "id"], name="certificate_by_valid_until"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["due_on", "id"], name="certificate_by_due_on"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["review_due_on", "id"], name="certificate_by_review_due_on"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["changed_at", "id"], name="certificate_by_changed_at"),
        ),
        migrations.AddIndex(
            model_name="certificateentry",
            index=models.Index(fields=["action", "ground"], name="certificate_entry_ground"),
        ),
    ]
