"""Additional data of an officer: the kinds of entries, their fields, and the rules by which one is accepted."""

from warrant.core.record.kinds import KINDS, EntryField, EntryKind, FieldType, Kind
from warrant.core.record.validation import CheckedEntry, EntryRejected, check_entry

__all__ = [
    "KINDS",
    "CheckedEntry",
    "EntryField",
    "EntryKind",
    "EntryRejected",
    "FieldType",
    "Kind",
    "check_entry",
]
