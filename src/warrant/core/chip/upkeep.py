"""What is written to a card that is in use: the results of annual reviews.

Source: 2009 notice, 五(二)3 (the annual review is recorded on the card); docs/card-format.md, file 0018.
"""

from __future__ import annotations

from collections.abc import Sequence

from warrant.core.chip import commands, layout
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.reviews import ReviewRecord
from warrant.core.chip.session import CardSession
from warrant.core.crypto.secret import Secret


def append_reviews(
    connection: CardConnection,
    suite: str,
    records: Sequence[ReviewRecord],
    maintenance_key: Secret,
    mac_key: Secret,
) -> None:
    """Append records, oldest first, to the cyclic file; the eleventh takes the place of the oldest.

    Nothing tells whether a record arrived whose answer was lost: read the card before trying again.
    Raises: CardError; Unavailable if the card is removed.
    """
    session = CardSession(connection, suite)
    session.reset()
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    session.authenticate(layout.MAINTENANCE_KEY.key_id, maintenance_key)
    for record in records:
        command = commands.append_record(layout.REVIEWS.short_id, record.encode(), secure=True)
        session.send_with_mac(mac_key, command)
