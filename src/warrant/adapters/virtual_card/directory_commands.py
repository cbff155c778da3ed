"""SELECT, CREATE FILE, ERASE DF.

Source: FMCOS 2.0 manual, 7.4, 7.11, 7.13.
"""

from __future__ import annotations

from typing import Final

from warrant.adapters.virtual_card import files
from warrant.adapters.virtual_card.files import Directory, ElementaryFile, KeyFile
from warrant.adapters.virtual_card.line_protection import path_to
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.adapters.virtual_card.security import SecurityState
from warrant.core.chip.apdu import MAX_FIELD, Command

MASTER_FILE: Final = 0x3F00


class DirectoryCommands:
    """The commands on the tree itself."""

    def __init__(self, master: Directory, capacity: int, state: SecurityState) -> None:
        self._master = master
        self._capacity = capacity
        self._state = state

    def select(self, command: Command, _challenge: bytes | None) -> bytes:
        """SELECT by identifier (P1 00) or by directory name (P1 04); a directory answers its FCI."""
        if command.p1 not in (0x00, 0x04) or command.p2:
            raise Refusal(0x6A86)
        if command.p1 == 0x04:
            return self._enter(self._directory_by_name(command.field))
        if len(command.field) != 2:
            raise Refusal(0x6700)
        file_id = int.from_bytes(command.field, "big")
        current = self._state.directory
        if file_id == MASTER_FILE:
            return self._enter(self._master)
        for child in current.directories:
            if child.file_id == file_id:
                return self._enter(child)
        file = current.file(file_id)
        if file is None:
            # Key files have an identifier too, but nothing can be done with a selected one: they are not found.
            raise Refusal(0x6A82)
        self._state.file = file
        return b""

    def _directory_by_name(self, name: bytes) -> Directory:
        if not 1 <= len(name) <= 16:
            raise Refusal(0x6700)
        current = self._state.directory
        path = path_to(self._master, current)
        siblings = path[-2].directories if len(path) > 1 else []
        for candidate in (self._master, current, *current.directories, *siblings):
            if candidate.name == name:
                return candidate
        raise Refusal(0x6A82)

    def _enter(self, directory: Directory) -> bytes:
        if directory.is_blocked or directory.is_blocked_for_ever:
            self._state.enter(directory)
            raise Refusal(0x6A81)
        self._state.enter(directory)
        return self._control_information(directory)

    def _control_information(self, directory: Directory) -> bytes:
        if directory.application_file & 0xE0 == 0:
            proprietary = b"\x88\x01" + bytes((directory.application_file,))
        else:
            file = directory.file(directory.application_file & 0x1F)
            content = file.body if file is not None and file.is_written else b""
            proprietary = _tagged(b"\x9f\x0c", content) if content else b""
        template = _tagged(b"\x84", directory.name) + _tagged(b"\xa5", proprietary)
        information = _tagged(b"\x6f", template)
        # The field of an answer is limited; a reader then reads the file itself.
        if len(information) > MAX_FIELD:
            information = _tagged(b"\x6f", _tagged(b"\x84", directory.name) + b"\xa5\x00")
        return information

    def create_file(self, command: Command, _challenge: bytes | None) -> bytes:
        """CREATE FILE in the current directory."""
        file_id = command.p1 << 8 | command.p2
        current, field = self._state.directory, command.field
        if len(field) < 7:
            raise Refusal(0x6700)
        self._state.demand(current.create)
        if file_id == MASTER_FILE or current.has_child(file_id):
            raise Refusal(0x6A86)
        kind = field[0] & files.TYPE_MASK
        if kind == files.DIRECTORY:
            self._create_directory(current, file_id, field)
        elif kind == files.KEY_FILE:
            self._create_key_file(current, file_id, field)
        else:
            self._create_elementary(current, file_id, field)
        return b""

    def _create_directory(self, current: Directory, file_id: int, field: bytes) -> None:
        name = field[8:]
        if not 5 <= len(name) <= 16:
            raise Refusal(0x6700)
        if len(path_to(self._master, current)) >= files.MAX_LEVELS:
            raise Refusal(0x6A80)
        if any(directory.name == name for directory in self._master.walk()):
            raise Refusal(0x6A86)
        space = int.from_bytes(field[1:3], "big")
        self._demand_space(current, space)
        current.directories.append(Directory(file_id, name, space, field[3], field[4], field[5]))

    def _create_key_file(self, current: Directory, file_id: int, field: bytes) -> None:
        if len(field) != 7:
            raise Refusal(0x6700)
        if current.key_file is not None:
            raise Refusal(0x6A86)
        if current.files:
            raise Refusal(0x6985)
        space = int.from_bytes(field[1:3], "big")
        self._demand_space(current, files.HEADER_BYTES + space)
        current.key_file = KeyFile(file_id, space, field[4])

    def _create_elementary(self, current: Directory, file_id: int, field: bytes) -> None:
        if len(field) != 7:
            raise Refusal(0x6700)
        kind = field[0] & files.TYPE_MASK
        if kind not in (files.BINARY, files.FIXED, files.VARIABLE, files.CYCLIC):
            raise Refusal(0x6A80)
        if current.key_file is None:
            # The key file comes first in every directory.
            raise Refusal(0x6985)
        size, count = int.from_bytes(field[1:3], "big"), 0
        if kind in (files.FIXED, files.CYCLIC):
            count, size = field[1], field[2]
            if count < 2 or not 1 <= size <= files.MAX_RECORD:
                raise Refusal(0x6A80)
        elif size == 0:
            raise Refusal(0x6A80)
        file = ElementaryFile(file_id, field[0], size, count, field[3], field[4], field[6])
        if kind == files.BINARY:
            file.body = b"\xff" * size
        self._demand_space(current, file.space)
        current.files.append(file)

    def _demand_space(self, current: Directory, needed: int) -> None:
        limit = min(current.space, self._capacity)
        if current.used_space + needed > limit:
            raise Refusal(0x6A84)

    def erase(self, command: Command, _challenge: bytes | None) -> bytes:
        """ERASE DF: empty the current directory, keep it and its rights."""
        if command.p1 or command.p2:
            raise Refusal(0x6A86)
        if command.field or command.le not in (None, 0):
            raise Refusal(0x6700)
        self._state.demand(self._state.directory.erase)
        self._state.directory.clear()
        self._state.note_erased()
        return b""


def _tagged(tag: bytes, value: bytes) -> bytes:
    length = bytes((len(value),)) if len(value) < 0x80 else b"\x81" + bytes((len(value),))
    return tag + length + value
