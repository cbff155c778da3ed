"""Whatever a terminal sends, the card answers with a status word and stays a card."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.virtual_card.bench import blank_bench, open_bench

INSTRUCTIONS = bytes.fromhex("A4E00EB0D6D0B2DCE2D48288201E181684CA")
COMMANDS = st.builds(
    lambda cla, ins, p1, p2, field, tail: bytes((cla, ins, p1, p2)) + bytes((len(field),)) + field + tail,
    st.sampled_from((0x00, 0x04, 0x80, 0x84)),
    st.sampled_from(INSTRUCTIONS),
    st.sampled_from((0x00, 0x01, 0x02, 0x3F, 0x39, 0x36, 0x81)) | st.integers(0, 255),
    st.sampled_from((0x00, 0x01, 0x04, 0x0C)) | st.integers(0, 255),
    st.binary(max_size=24),
    st.binary(max_size=1),
)
FILES = st.builds(
    lambda file_id, kind, size: (
        bytes.fromhex("80E000") + bytes((file_id, 7, kind)) + size + b"\xf0\xf0\xff\xff"
    ),
    st.integers(0, 3),
    st.sampled_from((0x28, 0x2A, 0x2C, 0x2E, 0x3F, 0xA8, 0xE8, 0xAE)),
    st.sampled_from((b"\x00\x20", b"\x02\x08", b"\x00\x00")),
)


@given(st.lists(COMMANDS | FILES | st.binary(max_size=12), max_size=20), st.sampled_from(("3des", "sm4")))
def test_any_sequence_of_commands_is_answered(apdus: list[bytes], suite: str) -> None:
    bench = open_bench(suite)
    for apdu in apdus:
        assert len(bench.card.transmit(apdu)) in range(2, 258)


@given(st.lists(COMMANDS | FILES, max_size=20))
def test_no_sequence_of_commands_opens_a_blank_card_without_its_key(apdus: list[bytes]) -> None:
    bench = blank_bench()
    for apdu in apdus:
        bench.card.transmit(apdu)
    bench.card.reset()
    assert bench.sw("80E0000107280008F0F0FFFF") == "6982"
    assert bench.sw("00A40000020001") == "6A82"
