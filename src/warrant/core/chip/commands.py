"""The FMCOS commands that Warrant uses, one function each.

Source: FMCOS 2.0 manual, chapters 7 and 8. Bytes are written out in ``tests/core/chip/test_commands.py``.
"""

from __future__ import annotations

from warrant.core.chip.apdu import Command

CLA_PLAIN = 0x00
CLA_SECURE = 0x04
CLA_PROPRIETARY = 0x80
CLA_PROPRIETARY_SECURE = 0x84


def select_file(file_id: int) -> Command:
    """SELECT by file identifier: an EF or DF in the current DF, or the MF (3F00)."""
    return Command(CLA_PLAIN, 0xA4, 0x00, 0x00, file_id.to_bytes(2, "big"), name="SELECT")


def select_name(name: bytes) -> Command:
    """SELECT by DF name, 5 to 16 bytes."""
    return Command(CLA_PLAIN, 0xA4, 0x04, 0x00, name, name="SELECT")


def get_challenge(length: int = 4) -> Command:
    """GET CHALLENGE of 4 or 8 bytes; the card honours it for the next command only."""
    return Command(CLA_PLAIN, 0x84, 0x00, 0x00, le=length, name="GET CHALLENGE")


def external_authenticate(key_id: int, cryptogram: bytes) -> Command:
    """EXTERNAL AUTHENTICATE: one block, the encrypted challenge."""
    return Command(CLA_PLAIN, 0x82, 0x00, key_id, cryptogram, name="EXTERNAL AUTHENTICATE")


def internal_authenticate(operation: int, key_id: int, blocks: bytes) -> Command:
    """INTERNAL AUTHENTICATE: operation 0 encrypts, 1 decrypts, 2 makes a MAC."""
    return Command(CLA_PLAIN, 0x88, operation, key_id, blocks, name="INTERNAL AUTHENTICATE")


def read_binary(offset: int, length: int) -> Command:
    """READ BINARY of the current EF; offset 0 to 7FFF, length 1 to 239, 0 for "to the end"."""
    return Command(CLA_PLAIN, 0xB0, offset >> 8, offset & 0xFF, le=length, name="READ BINARY")


def update_binary(offset: int, content: bytes) -> Command:
    """UPDATE BINARY of the current EF, in the form that a MAC is then put on (class 04)."""
    return Command(CLA_SECURE, 0xD6, offset >> 8, offset & 0xFF, content, name="UPDATE BINARY")


def update_binary_plain(offset: int, content: bytes) -> Command:
    """UPDATE BINARY of the current EF without a MAC."""
    return Command(CLA_PLAIN, 0xD6, offset >> 8, offset & 0xFF, content, name="UPDATE BINARY")


def read_record(number: int, short_file_id: int) -> Command:
    """READ RECORD by number (1 is the newest of a cyclic file)."""
    return Command(CLA_PLAIN, 0xB2, number, short_file_id << 3 | 4, le=0, name="READ RECORD")


def append_record(short_file_id: int, record: bytes, *, secure: bool) -> Command:
    """APPEND RECORD; with ``secure`` in the form that a MAC is then put on."""
    cla = CLA_SECURE if secure else CLA_PLAIN
    return Command(cla, 0xE2, 0x00, short_file_id << 3 | 4, record, name="APPEND RECORD")


def update_record(number: int, short_file_id: int, record: bytes) -> Command:
    """UPDATE RECORD by number, without a MAC."""
    return Command(CLA_PLAIN, 0xDC, number, short_file_id << 3 | 4, record, name="UPDATE RECORD")


def create_file(file_id: int, control: bytes) -> Command:
    """CREATE FILE in the current DF; the new file is not selected by it."""
    return Command(CLA_PROPRIETARY, 0xE0, file_id >> 8, file_id & 0xFF, control, name="CREATE FILE")


def erase_directory() -> Command:
    """ERASE DF: delete all files below the current DF, keep the DF itself and its rights."""
    return Command(CLA_PROPRIETARY, 0x0E, 0x00, 0x00, le=0, name="ERASE DF")


def write_key_plain(target: int, key_id: int, record: bytes) -> Command:
    """WRITE KEY in plain; ``target`` is 01 to add a key or the type of the key to change."""
    return Command(CLA_PROPRIETARY, 0xD4, target, key_id, record, name="WRITE KEY")


def write_key(target: int, key_id: int, record: bytes) -> Command:
    """WRITE KEY in the form that is then encrypted and given a MAC (class 84)."""
    return Command(CLA_PROPRIETARY_SECURE, 0xD4, target, key_id, record, name="WRITE KEY")


def block_card() -> Command:
    """CARD BLOCK, for ever; a MAC has to be put on it."""
    return Command(CLA_PROPRIETARY_SECURE, 0x16, 0x00, 0x00, name="CARD BLOCK")


def read_chip_serial_number() -> Command:
    """GET DATA of PC/SC part 3: the UID of the chip, answered by the reader for contactless cards."""
    return Command(0xFF, 0xCA, 0x00, 0x00, le=0, name="GET UID")
