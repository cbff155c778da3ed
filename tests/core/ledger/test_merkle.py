"""The tree against the published Certificate Transparency vectors and against pymerkle."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from warrant.core.errors import InvalidInput
from warrant.core.ledger.merkle import EMPTY_ROOT, Frontier, GrowingTree, leaf_hash
from warrant.core.ledger.proofs import verify_consistency, verify_inclusion

# Reference vectors of Certificate Transparency's merkletree tests (RFC 6962 trees).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
# (entry, from 0; size; path)
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# (old size, size, proof)
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
SOME_HASH = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def numbered(count: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


def test_empty_log_has_the_published_root():
    assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_frontier_gives_the_published_roots_at_every_size():
    frontier = Frontier()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier = frontier.append(leaf)
        assert frontier.root() == root


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_path_is_the_published_one(index, size, path):
    assert list(GrowingTree(LEAVES).stored.inclusion_proof(index, size)) == hashes(path)
    verify_inclusion(LEAVES[index], index, size, hashes(path), ROOTS[size - 1])


@pytest.mark.parametrize(("old_size", "size", "proof"), CONSISTENCY)
def test_consistency_proof_is_the_published_one(old_size, size, proof):
    assert list(GrowingTree(LEAVES).stored.consistency_proof(old_size, size)) == hashes(proof)
    verify_consistency(old_size, ROOTS[old_size - 1], size, ROOTS[size - 1], hashes(proof))


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_spoiled_inclusion_proof_is_refused(index, size, path):
    good, root, leaf = hashes(path), ROOTS[size - 1], LEAVES[index]
    spoiled = [
        (leaf, index - 1, size, good, root),
        (leaf, index + 1, size, good, root),
        (leaf, index ^ 2, size, good, root),
        (leaf, index, size * 2, good, root),
        (leaf, index, size // 2, good, root),
        (b"wrong leaf", index, size, good, root),
        (leaf, index, size, good, EMPTY_ROOT),
        (leaf, index, size, good, SOME_HASH),
        (leaf, index, size, [*good, b""], root),
        (leaf, index, size, [*good, root], root),
        (leaf, index, size, [root, *good], root),
    ]
    if good:
        spoiled.append((leaf, index, size, good[:-1], root))
    for at, step in enumerate(good):
        spoiled.append((leaf, index, size, [*good[:at], flipped(step, 0, 3), *good[at + 1 :]], root))
    for case in spoiled:
        with pytest.raises(InvalidInput, match="inclusion-proof-invalid"):
            verify_inclusion(*case)


@pytest.mark.parametrize(("old_size", "size", "proof"), CONSISTENCY)
def test_spoiled_consistency_proof_is_refused(old_size, size, proof):
    good, old_root, root = hashes(proof), ROOTS[old_size - 1], ROOTS[size - 1]
    spoiled = [
        (old_size - 1, old_root, size, root, good),
        (old_size + 1, old_root, size, root, good),
        (old_size ^ 2, old_root, size, root, good),
        (old_size, old_root, size * 2, root, good),
        (old_size, old_root, size // 2, root, good),
        (old_size, SOME_HASH, size, root, good),
        (old_size, old_root, size, SOME_HASH, good),
        (old_size, old_root, size, root, [*good, b""]),
        (old_size, old_root, size, root, [*good, old_root]),
        (old_size, old_root, size, root, [root, *good]),
    ]
    if good:
        spoiled += [
            (old_size, root, size, old_root, good),
            (old_size, old_root, size, root, good[:-1]),
            (old_size, old_root, size, root, []),
        ]
    for at, step in enumerate(good):
        spoiled.append((old_size, old_root, size, root, [*good[:at], flipped(step, 0, 4), *good[at + 1 :]]))
    for case in spoiled:
        with pytest.raises(InvalidInput, match="consistency-proof-invalid"):
            verify_consistency(*case)


def test_empty_log_is_the_beginning_of_every_log_only_under_its_own_root():
    verify_consistency(0, EMPTY_ROOT, 8, ROOTS[7], [])
    with pytest.raises(InvalidInput, match="consistency-proof-invalid"):
        verify_consistency(0, ROOTS[0], 8, ROOTS[7], [])


def test_roots_are_those_of_pymerkle_up_to_a_hundred_entries():
    entries = [f"entry {number}".encode() for number in range(100)]
    oracle = InmemoryTree(algorithm="sha256")
    tree = GrowingTree()
    for size, entry in enumerate(entries, start=1):
        oracle.append_entry(entry)
        tree.append(leaf_hash(entry))
        assert tree.frontier.root() == oracle.get_root()
        assert tree.stored.root(size) == oracle.get_root(size)


@given(st.integers(1, 70), st.data())
def test_every_proof_verifies_against_the_roots_of_pymerkle(size, data):
    entries = [f"entry {number}".encode() for number in range(size)]
    oracle = InmemoryTree(algorithm="sha256")
    for entry in entries:
        oracle.append_entry(entry)
    tree = GrowingTree(leaf_hash(entry) for entry in entries).stored
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))

    path = tree.inclusion_proof(index)
    assert path == tuple(oracle.prove_inclusion(index + 1).path[1:])
    verify_inclusion(leaf_hash(entries[index]), index, size, path, oracle.get_root())

    proof = tree.consistency_proof(old_size)
    verify_consistency(old_size, oracle.get_root(old_size), size, oracle.get_root(), proof)


@given(st.integers(1, 40), st.data())
def test_flipped_bit_anywhere_in_an_inclusion_proof_is_refused(size, data):
    leaves = numbered(size)
    tree = GrowingTree(leaves).stored
    index = data.draw(st.integers(0, size - 1))
    parts = [leaves[index], tree.root(), *tree.inclusion_proof(index)]
    at = data.draw(st.integers(0, len(parts) - 1))
    parts[at] = flipped(parts[at], data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7)))
    with pytest.raises(InvalidInput, match="inclusion-proof-invalid"):
        verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.integers(0, 200))
def test_frontier_survives_storage(size):
    frontier = Frontier().extend(numbered(size))
    assert Frontier.decode(frontier.encode()) == frontier


@pytest.mark.parametrize(
    "stored",
    [b"", bytes(7), bytes(7) + b"\x01", bytes(8) + bytes(32), bytes(7) + b"\x01" + bytes(33), b"\xff" * 40],
)
def test_damaged_frontier_is_refused(stored):
    with pytest.raises(InvalidInput, match="frontier-invalid"):
        Frontier.decode(stored)


def test_appending_completes_a_logarithmic_number_of_nodes():
    frontier = Frontier().extend(numbered(7))
    assert [(node.level, node.index) for node in frontier.completed_by(SOME_HASH)] == [
        (0, 7),
        (1, 3),
        (2, 1),
        (3, 0),
    ]
    assert len(frontier.append(SOME_HASH).completed_by(SOME_HASH)) == 1


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (3, 3), (0, 9), (0, 0)])
def test_proof_for_a_position_outside_the_log_is_refused(index, size):
    with pytest.raises(InvalidInput, match="log-position-invalid"):
        GrowingTree(LEAVES).stored.inclusion_proof(index, size)


def flipped(digest: bytes, byte: int, bit: int) -> bytes:
    changed = bytearray(digest)
    changed[byte] ^= 1 << bit
    return bytes(changed)
