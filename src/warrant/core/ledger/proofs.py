"""Verification of inclusion and consistency proofs, with nothing but hashes in hand.

The trees and proofs are those of RFC 6962; it gives no algorithm for checking them, so the steps are those of its
successor, RFC 9162, which are numbered in the code.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from warrant.core.errors import N_, InvalidInput
from warrant.core.ledger.merkle import EMPTY_ROOT, HASH_LENGTH, node_hash


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` (leaf hash) is entry ``index`` (from 0) of the log with ``size`` entries and ``root``.

    Raises: InvalidInput ``inclusion-proof-invalid``. Source: RFC 9162, 2.1.3.2.
    """
    _require_hashes([leaf, root, *path], "inclusion-proof-invalid")
    if not 0 <= index < size:  # 1.
        raise _invalid("inclusion-proof-invalid")
    first, second, digest = index, size - 1, leaf  # 2. and 3.
    for step in path:  # 4.
        if second == 0:  # 4.a
            raise _invalid("inclusion-proof-invalid")
        if first % 2 == 1 or first == second:  # 4.b
            digest = node_hash(step, digest)
            while first % 2 == 0 and first != 0:
                first, second = first >> 1, second >> 1
        else:
            digest = node_hash(digest, step)
        first, second = first >> 1, second >> 1  # 4.c
    if second != 0 or not hmac.compare_digest(digest, root):  # 5.
        raise _invalid("inclusion-proof-invalid")


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the log of ``size`` entries with ``root`` begins with the log of ``old_size`` entries with ``old_root``.

    An empty old log is the beginning of every log, but only under the one root that an empty log has.
    Raises: InvalidInput ``consistency-proof-invalid``. Source: RFC 9162, 2.1.4.2.
    """
    code = "consistency-proof-invalid"
    _require_hashes([old_root, root, *proof], code)
    if not 0 <= old_size <= size:
        raise _invalid(code)
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise _invalid(code)
    if old_size in {0, size}:
        if proof or (old_size == size and not hmac.compare_digest(old_root, root)):
            raise _invalid(code)
        return
    if not proof:  # 1.
        raise _invalid(code)
    steps = list(proof)
    if old_size & (old_size - 1) == 0:  # 2.
        steps.insert(0, old_root)
    first, second = old_size - 1, size - 1  # 3.
    while first % 2 == 1:  # 4.
        first, second = first >> 1, second >> 1
    old_digest = digest = steps[0]  # 5.
    for step in steps[1:]:  # 6.
        if second == 0:  # 6.a
            raise _invalid(code)
        if first % 2 == 1 or first == second:  # 6.b
            old_digest = node_hash(step, old_digest)
            digest = node_hash(step, digest)
            while first % 2 == 0 and first != 0:
                first, second = first >> 1, second >> 1
        else:
            digest = node_hash(digest, step)
        first, second = first >> 1, second >> 1  # 6.c
    agrees = hmac.compare_digest(old_digest, old_root) and hmac.compare_digest(digest, root)
    if second != 0 or not agrees:  # 7.
        raise _invalid(code)


def _require_hashes(digests: Sequence[bytes], code: str) -> None:
    if any(len(digest) != HASH_LENGTH for digest in digests):
        raise _invalid(code)


def _invalid(code: str) -> InvalidInput:
    if code == "inclusion-proof-invalid":
        return InvalidInput(code, N_("包含证明不成立：这条记录不在该日志中。"), place="proof")
    return InvalidInput(code, N_("一致性证明不成立：日志的历史被改动过。"), place="proof")


__all__ = ["verify_consistency", "verify_inclusion"]
