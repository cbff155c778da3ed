"""A session with one card: commands go out, status words are judged, protected commands get their challenge."""

from __future__ import annotations

from warrant.core.chip import commands, messaging, status
from warrant.core.chip.apdu import MAX_FIELD, Command, Response
from warrant.core.chip.connection import CardConnection
from warrant.core.crypto.secret import Secret


class CardSession:
    """Speaks FMCOS in one cipher suite (``sm4`` or ``3des``) over a connection."""

    def __init__(self, connection: CardConnection, suite: str) -> None:
        self._connection = connection
        self.suite = suite

    def ask(self, command: Command) -> Response:
        """Send a command and return whatever the card answers, good or bad."""
        return Response.decode(self._connection.transmit(command.encode()))

    def send(self, command: Command) -> bytes:
        """Send a command that has to succeed; return the response field.

        Raises: CardError for every status word but 9000.
        """
        response = self.ask(command)
        if response.sw != status.SUCCESS:
            raise status.CardError(response.sw, command.name)
        return response.field

    def reset(self) -> None:
        """Begin afresh, as after power-on."""
        self._connection.reset()

    def challenge(self) -> bytes:
        """Return a fresh 4-byte challenge, good for the next command only."""
        return self.send(commands.get_challenge(messaging.CHALLENGE_LENGTH))

    def send_with_mac(self, key: Secret, command: Command) -> bytes:
        """Send a command with a MAC under ``key``. Raises: CardError."""
        return self.send(messaging.with_mac(self.suite, key, self.challenge(), command))

    def send_encrypted(self, key: Secret, command: Command) -> bytes:
        """Send a command encrypted and with a MAC under ``key``. Raises: CardError."""
        return self.send(messaging.with_encryption_and_mac(self.suite, key, self.challenge(), command))

    def try_authentication(self, key_id: int, key: Secret) -> int:
        """EXTERNAL AUTHENTICATE with a key; return the status word (63Cx: wrong key, x tries left)."""
        challenge = self.ask(commands.get_challenge(messaging.CHALLENGE_LENGTH))
        if challenge.sw != status.SUCCESS:
            return challenge.sw
        cryptogram = messaging.authentication_cryptogram(self.suite, key, challenge.field)
        return self.ask(commands.external_authenticate(key_id, cryptogram)).sw

    def authenticate(self, key_id: int, key: Secret) -> None:
        """Prove to the card that we hold a key. Raises: CardError."""
        sw = self.try_authentication(key_id, key)
        if sw != status.SUCCESS:
            raise status.CardError(sw, "EXTERNAL AUTHENTICATE")

    def is_selectable(self, command: Command) -> bool:
        """Send a SELECT; return False if there is no such file. Raises: CardError for anything else."""
        response = self.ask(command)
        if response.sw == status.FILE_NOT_FOUND:
            return False
        if response.sw != status.SUCCESS:
            raise status.CardError(response.sw, command.name)
        return True

    def read_file(self, file_id: int, size: int) -> bytes:
        """Return a whole binary file of ``size`` bytes in the current DF. Raises: CardError."""
        self.send(commands.select_file(file_id))
        content = b""
        while len(content) < size:
            part = self.send(commands.read_binary(len(content), min(MAX_FIELD, size - len(content))))
            content += part
            if not part:
                raise status.CardError(0x6B00, "READ BINARY")
        return content

    def write_file(self, file_id: int, content: bytes, key: Secret) -> None:
        """Write a whole binary file in the current DF, each part with a MAC under ``key``. Raises: CardError."""
        self.send(commands.select_file(file_id))
        step = MAX_FIELD - messaging.MAC_LENGTH
        for offset in range(0, len(content), step):
            self.send_with_mac(key, commands.update_binary(offset, content[offset : offset + step]))
