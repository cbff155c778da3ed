"""The chip's memory: a tree of directories, elementary files and key files.

Source: FMCOS 2.0 manual, 4.1 to 4.3 (structure, space), 7.13 (file control bytes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

BINARY: Final = 0x28
FIXED: Final = 0x2A
VARIABLE: Final = 0x2C
CYCLIC: Final = 0x2E
KEY_FILE: Final = 0x3F
DIRECTORY: Final = 0x38
TYPE_MASK: Final = 0x3F
MAC_BIT: Final = 0x80
ENCRYPTION_BIT: Final = 0x40

HEADER_BYTES: Final = 11
MAX_RECORD: Final = 248
MAX_LEVELS: Final = 3


@dataclass
class Key:
    """One record of a key file. ``parameters``: the bytes before the key that FMCOS reads by type."""

    type: int
    key_id: int
    use: int
    change: int
    fourth: int
    fifth: int
    value: bytes = field(repr=False)

    @property
    def kind(self) -> int:
        """The type without its protection bits."""
        return self.type & TYPE_MASK

    @property
    def space(self) -> int:
        """Bytes of the key file that the record takes."""
        return len(self.value) + 8

    @property
    def is_blocked(self) -> bool:
        """Whether no try is left; only key types with an error counter can be."""
        return self.has_counter and self.fifth & 0x0F == 0

    @property
    def has_counter(self) -> bool:
        """Whether the fifth byte is an error counter (tries allowed, tries left)."""
        return self.kind in (0x36, 0x37, 0x38, 0x39, 0x3A)

    def count_failure(self) -> int:
        """Use up one try and return how many are left."""
        if not self.has_counter:
            return 0
        left = max(0, (self.fifth & 0x0F) - 1)
        self.fifth = self.fifth & 0xF0 | left
        return left

    def restore_tries(self) -> bool:
        """Give all tries back; return whether that changed anything."""
        full = self.fifth & 0xF0 | self.fifth >> 4
        has_changed = self.has_counter and full != self.fifth
        if has_changed:
            self.fifth = full
        return has_changed


@dataclass
class KeyFile:
    """The one key file of a directory."""

    file_id: int
    space: int
    add: int
    keys: list[Key] = field(default_factory=list)

    def find(self, kind: int, key_id: int) -> Key | None:
        """Return the key of a type and identifier."""
        return next((key for key in self.keys if key.kind == kind and key.key_id == key_id), None)

    @property
    def free_space(self) -> int:
        """Bytes left for keys."""
        return self.space - sum(key.space for key in self.keys)


@dataclass
class ElementaryFile:
    """A file of content: binary, or records. ``size`` is bytes (binary, variable) or bytes of one record."""

    file_id: int
    type: int
    size: int
    record_count: int
    read: int
    write: int
    options: int
    body: bytes = b""
    is_written: bool = False
    records: list[bytes] = field(default_factory=list)

    @property
    def kind(self) -> int:
        """The type without its protection bits."""
        return self.type & TYPE_MASK

    @property
    def needs_mac(self) -> bool:
        """Whether writing needs a MAC."""
        return bool(self.type & MAC_BIT)

    @property
    def needs_encryption(self) -> bool:
        """Whether writing needs encryption."""
        return bool(self.type & ENCRYPTION_BIT)

    @property
    def needs_protected_read(self) -> bool:
        """Whether reading needs a MAC."""
        return not self.options & 0x80

    @property
    def read_key_id(self) -> int:
        """Identifier of the line protection key for reading: the two bits count down from 3."""
        return 3 - (self.options >> 2 & 3)

    @property
    def write_key_id(self) -> int:
        """Identifier of the line protection key for writing."""
        return 3 - (self.options & 3)

    @property
    def space(self) -> int:
        """Bytes of chip memory that the file takes."""
        if self.kind in (FIXED, CYCLIC):
            return HEADER_BYTES + self.record_count * (self.size + 1)
        return HEADER_BYTES + self.size


@dataclass
class Directory:
    """The MF or a DF; ``is_card_blocked`` means something in the MF only."""

    file_id: int
    name: bytes
    space: int
    create: int
    erase: int
    application_file: int
    key_file: KeyFile | None = None
    files: list[ElementaryFile] = field(default_factory=list)
    directories: list[Directory] = field(default_factory=list)
    is_blocked: bool = False
    is_blocked_for_ever: bool = False
    unblock_tries: int = 3
    is_card_blocked: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a key file nor any other file in it."""
        return self.key_file is None and not self.files and not self.directories

    @property
    def used_space(self) -> int:
        """Bytes taken, its own header counted."""
        keys = HEADER_BYTES + self.key_file.space if self.key_file else 0
        below = sum(file.space for file in self.files) + sum(child.space for child in self.directories)
        return HEADER_BYTES + len(self.name) + keys + below

    def has_child(self, file_id: int) -> bool:
        """Whether any kind of file below has this identifier."""
        taken = [file.file_id for file in self.files] + [child.file_id for child in self.directories]
        return file_id in taken or (self.key_file is not None and self.key_file.file_id == file_id)

    def file(self, file_id: int) -> ElementaryFile | None:
        """Return the elementary file with an identifier."""
        return next((file for file in self.files if file.file_id == file_id), None)

    def clear(self) -> None:
        """Delete everything below."""
        self.key_file = None
        self.files.clear()
        self.directories.clear()

    def walk(self) -> Iterator[Directory]:
        """Yield this directory and all below."""
        yield self
        for child in self.directories:
            yield from child.walk()


def directory_as_json(directory: Directory) -> dict[str, Any]:
    """Return the tree in JSON types, bytes as hex."""
    key_file = directory.key_file
    return {
        "id": directory.file_id,
        "name": directory.name.hex(),
        "space": directory.space,
        "create": directory.create,
        "erase": directory.erase,
        "application_file": directory.application_file,
        "blocked": [directory.is_blocked, directory.is_blocked_for_ever, directory.unblock_tries],
        "card_blocked": directory.is_card_blocked,
        "keys": None
        if key_file is None
        else {
            "id": key_file.file_id,
            "space": key_file.space,
            "add": key_file.add,
            "keys": [
                [key.type, key.key_id, key.use, key.change, key.fourth, key.fifth, key.value.hex()]
                for key in key_file.keys
            ],
        },
        "files": [
            {
                "id": file.file_id,
                "type": file.type,
                "size": file.size,
                "record_count": file.record_count,
                "read": file.read,
                "write": file.write,
                "options": file.options,
                "written": file.is_written,
                "body": file.body.hex(),
                "records": [record.hex() for record in file.records],
            }
            for file in directory.files
        ],
        "directories": [directory_as_json(child) for child in directory.directories],
    }


def directory_from_json(tree: dict[str, Any]) -> Directory:
    """Undo :func:`directory_as_json`. Raises: KeyError, TypeError, ValueError on anything else."""
    keys = tree["keys"]
    is_blocked, is_blocked_for_ever, unblock_tries = tree["blocked"]
    return Directory(
        tree["id"],
        bytes.fromhex(tree["name"]),
        tree["space"],
        tree["create"],
        tree["erase"],
        tree["application_file"],
        None
        if keys is None
        else KeyFile(
            keys["id"],
            keys["space"],
            keys["add"],
            [_key_from_json(row) for row in keys["keys"]],
        ),
        [
            ElementaryFile(
                file["id"],
                file["type"],
                file["size"],
                file["record_count"],
                file["read"],
                file["write"],
                file["options"],
                bytes.fromhex(file["body"]),
                file["written"],
                [bytes.fromhex(record) for record in file["records"]],
            )
            for file in tree["files"]
        ],
        [directory_from_json(child) for child in tree["directories"]],
        is_blocked,
        is_blocked_for_ever,
        unblock_tries,
        tree["card_blocked"],
    )


def _key_from_json(row: list[Any]) -> Key:
    kind, key_id, use, change, fourth, fifth, value = row
    return Key(kind, key_id, use, change, fourth, fifth, bytes.fromhex(value))
