"""Cards that were there before stores and a ledger: all in the central store, each carried over by one line."""

from django.db import migrations


def carry_over(apps, schema_editor):
    Card = apps.get_model("cardcentre", "Card")
    if not Card.objects.exists():
        return
    central, _ = apps.get_model("cardcentre", "CardStore").objects.get_or_create(
        kind="central", defaults={"name": "中心库"}
    )
    Card.objects.update(store=central)
    apps.get_model("cardcentre", "CardBatch").objects.update(state="usable", transport_key="card-transport-key")
    schema_editor.execute(
        "INSERT INTO card_entry (card_id, action, from_state, to_state, to_store_id, remark, happened_at)"
        " SELECT id, 'carry-over', '', state, store_id, '', changed_at FROM card"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cardcentre', '0004_stock'),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
