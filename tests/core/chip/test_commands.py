from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.chip import commands, layout
from warrant.core.chip.apdu import Command, Response
from warrant.core.chip.status import CardError, meaning_of, tries_left
from warrant.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("command", "apdu"),
    [
        (commands.select_file(0x3F00), "00A40000023F00"),
        (commands.select_name(bytes.fromhex("A00000000386980701")), "00A4040009A00000000386980701"),
        (commands.get_challenge(4), "0084000004"),
        (commands.external_authenticate(1, bytes.fromhex("74B0047DD681D96C")), "008200010874B0047DD681D96C"),
        (
            commands.internal_authenticate(0, 1, bytes.fromhex("0102030405060708")),
            "00880001080102030405060708",
        ),
        (commands.read_binary(0x0123, 0xEF), "00B00123EF"),
        (commands.update_binary(2, b"\x11\x22"), "04D60002021122"),
        (commands.read_record(1, 1), "00B2010C00"),
        (commands.append_record(1, b"\x61\x00", secure=False), "00E2000C026100"),
        (commands.erase_directory(), "800E000000"),
        (commands.create_file(0, bytes.fromhex("3F005001F0FFFF")), "80E00000073F005001F0FFFF"),
        (
            commands.write_key_plain(1, 0, bytes.fromhex("36F0F0FF33FFFFFFFFFFFFFFFF")),
            "80D401000D36F0F0FF33FFFFFFFFFFFFFFFF",
        ),
        (commands.read_chip_serial_number(), "FFCA000000"),
    ],
)
def test_commands_are_encoded_as_published(command: Command, apdu: str) -> None:
    assert command.encode().hex().upper() == apdu


@given(
    st.builds(
        Command,
        st.integers(0, 255),
        st.integers(0, 255),
        st.integers(0, 255),
        st.integers(0, 255),
        st.binary(max_size=239),
        st.none() | st.integers(0, 239),
    )
)
def test_a_command_comes_back_the_same(command: Command) -> None:
    assert Command.decode(command.encode()) == command


@pytest.mark.parametrize("apdu", ["", "00A400", "00A400000000", "00A40000033F00", "00A40000023F000000"])
def test_a_command_whose_length_is_wrong_is_refused(apdu: str) -> None:
    with pytest.raises(InvalidInput):
        Command.decode(bytes.fromhex(apdu))


def test_a_field_longer_than_the_card_takes_is_not_sent() -> None:
    with pytest.raises(InvalidInput):
        commands.update_binary(0, bytes(240)).encode()


def test_an_answer_without_status_word_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Response.decode(b"\x90")


def test_a_card_error_tells_status_word_meaning_and_whether_to_retry() -> None:
    failed, worn_out = CardError(0x63C2, "EXTERNAL AUTHENTICATE"), CardError(0x6A82, "SELECT")
    assert (failed.sw, failed.is_retry_safe, tries_left(failed.sw)) == (0x63C2, False, 2)
    assert (worn_out.meaning, worn_out.is_retry_safe) == ("未找到文件", True)
    assert str(worn_out) == "card-refused: 证卡拒绝了命令 SELECT：未找到文件（状态字 6A82）"
    assert not meaning_of(0x1234).is_retry_safe


def test_the_layout_fits_an_8_kilobyte_chip() -> None:
    assert layout.ENFORCEMENT_SPACE == 2416
    assert layout.CERTIFICATE.control.hex().upper() == "A800D0F022FFFF"
    assert layout.REVIEWS.control.hex().upper() == "AE0A103222FFFF"
    assert layout.ENFORCEMENT_CONTROL.hex().upper() == "3809700A0A95FFFFD1560000015A465A4A01"
