"""The Merkle tree of RFC 6962: hashes, the compact frontier of a growing log, roots and proofs made from stored nodes.

A log that grows keeps two things: its :class:`Frontier` (at most one hash a level, enough to append and to know
the root) and its complete nodes (what :meth:`Frontier.completed_by` returns, one or two an entry), from which
:class:`StoredTree` makes any older root and any proof by reading O(log n) nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from warrant.core.errors import N_, InvalidInput

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
SIZE_LIMIT = 1 << 63

_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of one log entry.

    Source: RFC 6962, 2.1.
    """
    return hashlib.sha256(_LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node.

    Source: RFC 6962, 2.1.
    """
    return hashlib.sha256(_NODE_PREFIX + left + right).digest()


@dataclass(frozen=True)
class Node:
    """The root of a complete subtree: leaves ``index * 2**level`` up to ``(index + 1) * 2**level``, exclusive."""

    level: int
    index: int
    digest: bytes


@dataclass(frozen=True)
class Frontier:
    """The complete subtrees that make up a log of ``size`` entries, largest first: all that appending needs."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        fits = 0 <= self.size < SIZE_LIMIT and len(self.peaks) == self.size.bit_count()
        if not fits or any(len(peak) != HASH_LENGTH for peak in self.peaks):
            raise InvalidInput("frontier-invalid", N_("日志前沿数据已损坏，不能继续追加。"), place="frontier")

    def completed_by(self, leaf: bytes) -> tuple[Node, ...]:
        """Return the nodes that become complete when ``leaf`` (32-byte leaf hash) is appended, leaf level first."""
        nodes = [Node(0, self.size, leaf)]
        for peak in reversed(self.peaks):
            last = nodes[-1]
            if last.index % 2 == 0:
                break
            nodes.append(Node(last.level + 1, last.index // 2, node_hash(peak, last.digest)))
        return tuple(nodes)

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier with ``leaf`` (32-byte leaf hash) appended."""
        nodes = self.completed_by(leaf)
        kept = len(self.peaks) - (len(nodes) - 1)
        return Frontier(self.size + 1, (*self.peaks[:kept], nodes[-1].digest))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier with all of ``leaves`` (leaf hashes, in log order) appended."""
        frontier = self
        for leaf in leaves:
            frontier = frontier.append(leaf)
        return frontier

    def root(self) -> bytes:
        """Return the 32-byte Merkle tree hash of the log."""
        if not self.peaks:
            return EMPTY_ROOT
        digest = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            digest = node_hash(peak, digest)
        return digest

    def encode(self) -> bytes:
        """Return the stored form: size as 8 bytes big-endian, then the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def decode(cls, stored: bytes) -> Frontier:
        """Read the stored form back.

        Raises: InvalidInput ``frontier-invalid`` if length and size do not belong together.
        """
        rest = stored[8:]
        if len(stored) < 8 or len(rest) % HASH_LENGTH:
            raise InvalidInput("frontier-invalid", N_("日志前沿数据已损坏，不能继续追加。"), place="frontier")
        peaks = tuple(rest[at : at + HASH_LENGTH] for at in range(0, len(rest), HASH_LENGTH))
        return cls(int.from_bytes(stored[:8], "big"), peaks)


@dataclass(frozen=True)
class StoredTree:
    """A log of ``size`` entries whose complete nodes can be read one by one.

    ``read(level, index)`` returns the digest of a complete :class:`Node`; it is only asked for nodes that lie
    whole inside the first ``size`` entries.
    """

    size: int
    read: Callable[[int, int], bytes]

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at ``index`` (from 0)."""
        self._require(0 <= index < self.size)
        return self.read(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root as it was at ``size`` entries (now, if left out)."""
        size = self.size if size is None else size
        self._require(0 <= size <= self.size)
        return self._range_root(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the audit path of entry ``index`` (from 0) in the tree of ``size`` entries, leaf's sibling first.

        Source: RFC 6962, 2.1.1, PATH(m, D[n]).
        """
        size = self.size if size is None else size
        self._require(0 <= index < size <= self.size)
        return tuple(self._path(index, 0, size))

    def consistency_proof(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the tree of ``size`` entries only added to the tree of ``old_size`` entries.

        Empty if the sizes are equal or ``old_size`` is 0. Source: RFC 6962, 2.1.2, PROOF(m, D[n]).
        """
        size = self.size if size is None else size
        self._require(0 <= old_size <= size <= self.size)
        if old_size in {0, size}:
            return ()
        return tuple(self._subproof(old_size, 0, size, True))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        split = start + _largest_power_below(end - start)
        if index < split:
            return [*self._path(index, start, split), self._range_root(split, end)]
        return [*self._path(index, split, end), self._range_root(start, split)]

    def _subproof(self, old_end: int, start: int, end: int, is_known: bool) -> list[bytes]:
        # ``is_known`` is b of SUBPROOF(m, D[n], b): the subtree's root is the old root itself.
        if old_end == end:
            return [] if is_known else [self._range_root(start, end)]
        split = start + _largest_power_below(end - start)
        if old_end <= split:
            return [*self._subproof(old_end, start, split, is_known), self._range_root(split, end)]
        return [*self._subproof(old_end, split, end, False), self._range_root(start, split)]

    def _range_root(self, start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0:
            # Every range met while halving starts at a multiple of its own width rounded up to a power of two.
            return self.read(width.bit_length() - 1, start // width)
        split = start + _largest_power_below(width)
        return node_hash(self._range_root(start, split), self._range_root(split, end))

    @staticmethod
    def _require(holds: bool) -> None:
        if not holds:
            raise InvalidInput("log-position-invalid", N_("日志中没有这个位置。"), place="position")


class GrowingTree:
    """A log's hashes held in memory: for simulations, tests and logs that are replayed on start."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._frontier = Frontier()
        self._nodes: dict[tuple[int, int], bytes] = {}
        for leaf in leaves:
            self.append(leaf)

    @property
    def frontier(self) -> Frontier:
        """The frontier at the present size."""
        return self._frontier

    @property
    def stored(self) -> StoredTree:
        """The tree at the present size; later appends do not change it."""
        return StoredTree(self._frontier.size, lambda level, index: self._nodes[level, index])

    def append(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        for node in self._frontier.completed_by(leaf):
            self._nodes[node.level, node.index] = node.digest
        self._frontier = self._frontier.append(leaf)


def _largest_power_below(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


__all__ = [
    "EMPTY_ROOT",
    "HASH_LENGTH",
    "Frontier",
    "GrowingTree",
    "Node",
    "StoredTree",
    "leaf_hash",
    "node_hash",
]
