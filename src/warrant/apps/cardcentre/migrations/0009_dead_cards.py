"""Cards whose certificate ended before its end reached them: dead, each by one line in the ledger."""

from django.db import migrations
from django.utils import timezone

_BOOK = (
    "INSERT INTO card_entry"
    " (card_id, action, from_state, to_state, from_store_id, to_store_id, remark, happened_at)"
    " SELECT id, 'kill', state, 'dead', store_id, store_id, '', %s FROM card"
    " WHERE state IN ('personalised', 'handed-over') AND certificate_id IN"
    " (SELECT id FROM certificate WHERE state IN ('cancelled', 'revoked', 'expired'))"
)
_KILL = (
    "UPDATE card SET state = 'dead', changed_at = %s"
    " WHERE state IN ('personalised', 'handed-over') AND certificate_id IN"
    " (SELECT id FROM certificate WHERE state IN ('cancelled', 'revoked', 'expired'))"
)


def kill_cards_of_ended_certificates(apps, schema_editor):
    now = timezone.now()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_BOOK, [now])
        cursor.execute(_KILL, [now])


class Migration(migrations.Migration):
    dependencies = [
        ("cardcentre", "0008_key_ceremonies"),
        ("certificates", "0006_declared_grounds"),
    ]

    operations = [
        migrations.RunPython(kill_cards_of_ended_certificates, migrations.RunPython.noop),
    ]
