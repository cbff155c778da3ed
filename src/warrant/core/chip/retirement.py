"""Taking a card out of the world: its application is erased, so that no reader takes it for a certificate any more."""

from __future__ import annotations

from warrant.core.chip import commands, layout
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.inspection import CardPhase, inspect_card, read_chip_serial_number
from warrant.core.chip.session import CardSession
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict


def erase_application(
    connection: CardConnection, suite: str, serial_number: bytes, transport_key: Secret, control_key: Secret
) -> bool:
    """Erase all files of the application; may be called again after any failure.

    Returns whether nothing of a certificate is left on the chip; False where the chip knows neither key or is
    blocked: then only scissors help. Raises: Conflict ``card-different`` if another chip lies in the reader;
    CardError; Unavailable.
    """
    if read_chip_serial_number(connection) != serial_number:
        raise Conflict("card-different", N_("读卡器中的卡不是为本任务领用的那一张"), place="erase")
    phase = inspect_card(connection, suite, transport_key, control_key)
    if phase in (CardPhase.FOREIGN, CardPhase.UNUSABLE):
        return False
    session = CardSession(connection, suite)
    if session.is_selectable(commands.select_file(layout.ENFORCEMENT_DIRECTORY)):
        session.send(commands.erase_directory())
    return True
