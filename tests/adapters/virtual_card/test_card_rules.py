"""The rules that make a card a card: access, authentication, error counters, protection, sizes."""

from __future__ import annotations

import pytest
from tests.adapters.virtual_card.bench import Bench, blank_bench, factory_bench, open_bench

from warrant.adapters.virtual_card.cipher import CardCipher

KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")


def authenticate(bench: Bench, key: bytes = b"\xff" * 16, key_id: int = 0, suite: str = "3des") -> str:
    cipher = CardCipher(suite)
    bench.challenge("01020304")
    cryptogram = cipher.encrypt(key, b"\x01\x02\x03\x04".ljust(cipher.block, b"\x00"))
    return bench.sw(f"008200{key_id:02X}{cipher.block:02X}{cryptogram.hex()}")


def with_mac(bench: Bench, apdu: str, key: bytes = KEY, suite: str = "3des") -> str:
    """Append the MAC for challenge 05060708 to a command whose Lc already counts it."""
    bench.challenge("05060708")
    code = CardCipher(suite).code(key, b"\x05\x06\x07\x08", bytes.fromhex(apdu))
    return apdu + code.hex()


@pytest.mark.parametrize("suite", ["3des", "sm4"])
def test_right_key_is_let_in_and_wrong_key_counts_down_to_the_lock(suite: str) -> None:
    bench = blank_bench(suite)
    assert authenticate(bench, KEY, suite=suite) == "63C7"
    assert authenticate(bench, suite=suite) == "9000"
    assert [authenticate(bench, KEY, suite=suite) for _ in range(8)] == [
        f"63C{left}" for left in range(7, -1, -1)
    ]
    assert authenticate(bench, suite=suite) == "6983"


def test_a_challenge_is_valid_for_the_next_command_only() -> None:
    bench = blank_bench()
    cryptogram = CardCipher("3des").encrypt(b"\xff" * 16, b"\x01\x02\x03\x04\x00\x00\x00\x00").hex()
    bench.challenge("01020304")
    bench.ok("00A40000023F00")
    assert bench.sw("0082000008" + cryptogram) == "6985"
    bench.challenge("01020304")
    bench.ok("0082000008" + cryptogram)
    assert bench.sw("0082000008" + cryptogram) == "6985"


def test_an_unknown_command_uses_up_the_challenge_too() -> None:
    bench = blank_bench()
    cryptogram = CardCipher("3des").encrypt(b"\xff" * 16, b"\x01\x02\x03\x04\x00\x00\x00\x00").hex()
    bench.challenge("01020304")
    assert bench.sw("00FF0000") == "6D00"
    assert bench.sw("0082000008" + cryptogram) == "6985"


def test_a_blank_card_lets_nobody_build_without_the_transport_key() -> None:
    bench = blank_bench()
    create = "80E03F0111380200F0F095FFFFA00000000386980701"
    assert [bench.sw(create), bench.sw("800E000000"), bench.sw("80D401010D36F0F0FF331122334455667788")] == [
        "6982"
    ] * 3
    assert authenticate(bench) == "9000"
    bench.ok(create)


def test_security_state_is_lost_on_reset() -> None:
    bench = blank_bench()
    assert authenticate(bench) == "9000"
    bench.card.reset()
    assert bench.sw("800E000000") == "6982"


def directory_with_key() -> Bench:
    """An application with key 39/01 (state 2) and a file to read at DF state 2, another at MF state A."""
    bench = blank_bench()
    assert authenticate(bench) == "9000"
    bench.ok(
        "80E03F01113802000A0A95FFFFA00000000386980701",
        "00A40000023F01",
        "80E00000073F0080950AFFFF",
        "80D401011539F00A2233" + KEY.hex(),
        "80E00015072800082222FFFF",
        "80E00016072800080A0AFFFF",
        "00D69500080102030405060708",
        "00D69600080102030405060708",
    )
    return bench


def test_rights_are_enforced_once_the_new_directory_has_been_left() -> None:
    bench = directory_with_key()
    assert bench.sw("00B0950000") == "9000"
    bench.ok("00A40000023F00", "00A40000023F01")
    assert bench.sw("00B0950000") == "6982"


def test_authentication_in_a_directory_opens_its_files_until_the_directory_is_left() -> None:
    bench = directory_with_key()
    bench.ok("00A40000023F00", "00A40000023F01")
    assert authenticate(bench, KEY, 1) == "9000"
    assert bench.sw("00B0950000") == "9000"
    bench.ok("00A40000023F00", "00A40000023F01")
    assert bench.sw("00B0950000") == "6982"


def test_the_state_of_the_master_file_stays_while_directories_change() -> None:
    bench = directory_with_key()
    bench.ok("00A40000023F00", "00A40000023F01")
    assert bench.sw("00B0960000") == "9000"
    bench.card.reset()
    bench.ok("00A40000023F01")
    assert bench.sw("00B0960000") == "6982"


def test_a_range_that_runs_backwards_means_never() -> None:
    bench = open_bench()
    bench.ok("80D401001539F0F0FF33" + "FF" * 16, "80E0000107280008F0EFFFFF")
    assert authenticate(bench) == "9000"
    bench.ok("00A40000020001")
    # State F is enough for EF's lower bound but above its upper one.
    bench.card.reset()
    assert bench.sw("00D6810001AA") == "6982"


def test_key_files_cannot_be_selected_or_read() -> None:
    bench = open_bench()
    assert bench.sw("00A40000020000") == "6A82"
    assert bench.sw("00B0800000") == "6A86"


@pytest.mark.parametrize("suite", ["3des", "sm4"])
def test_a_file_that_demands_a_mac_takes_only_a_right_one_over_a_fresh_challenge(suite: str) -> None:
    bench = open_bench(suite)
    bench.ok("80D401001536F0F0FF33" + KEY.hex(), "80E0000107A80008F0F0FFFF", "00A40000020001")
    assert bench.sw("00D6000002AABB") == "6987"
    assert bench.sw("04D6000006AABB00000000") == "6985"
    protected = with_mac(bench, "04D6000006AABB", suite=suite)
    bench.ok(protected)
    assert bench.sw(protected) == "6985"
    assert bench.field("00B0000002") == "AABB"


def test_a_wrong_mac_counts_down_the_line_key_and_changes_nothing() -> None:
    bench = open_bench()
    bench.ok("80D401001536F0F0FF33" + KEY.hex(), "80E0000107A80008F0F0FFFF", "00A40000020001")
    for _ in range(3):
        bench.challenge("05060708")
        assert bench.sw("04D6000006AABB00000000") == "9302"
    assert bench.sw(with_mac(bench, "04D6000006AABB")) == "6983"
    assert bench.sw("00B0000002") == "6281"


@pytest.mark.parametrize("suite", ["3des", "sm4"])
def test_a_file_that_demands_encryption_stores_what_was_meant(suite: str) -> None:
    bench = open_bench(suite)
    cipher = CardCipher(suite)
    bench.ok("80D401001536F0F0FF33" + KEY.hex(), "80E0000107E80008F0F0FFFF", "00A40000020001")
    clear = bytes.fromhex("0301020380").ljust(cipher.block, b"\x00")
    encrypted = cipher.encrypt(KEY, clear).hex()
    bench.ok(with_mac(bench, f"04D60000{cipher.block + 4:02X}{encrypted}", suite=suite))
    assert bench.field("00B0000003") == "010203"
    assert bench.sw(with_mac(bench, "04D6000006AABB", suite=suite)) == "6700"


def test_a_protected_command_to_an_unprotected_file_is_refused() -> None:
    bench = open_bench()
    bench.ok("80E0000107280008F0F0FFFF", "00A40000020001")
    assert bench.sw("04D6000006AABB00000000") == "6900"


@pytest.mark.parametrize(
    ("apdu", "sw"),
    [
        ("00", "6700"),
        ("00B00000F0", "6700"),
        ("00D68100F0" + "00" * 240, "6700"),
        ("00D6810009" + "00" * 9, "6B00"),
        ("00D6810801AA", "6B00"),
        ("00B0810800", "6B00"),
        ("00B0810009", "6C08"),
        ("00B0820000", "6A82"),
        ("00B2010C00", "6981"),
        ("00A4010002 3F00", "6A86"),
        ("00A4000003 3F0000", "6700"),
        ("00A4000002 7777", "6A82"),
        ("00A4040005 1111111111", "6A82"),
        ("0084000010", "6700"),
        ("0084010004", "6A86"),
        ("80A4000002 3F00", "6E00"),
        ("A0B0000000", "6E00"),
        ("00100000", "6D00"),
        ("80E0000107 280008F0F0FFFF", "6A86"),
        ("80E0000007 3F0050 01F0FFFF", "6A86"),
        ("80E0000907 2E0110 F0F0FFFF", "6A80"),
        ("80E0000907 2EFFF8 F0F0FFFF", "6A84"),
        ("80E0000907 282000 F0F0FFFF", "6A84"),
        ("80E0000907 290008 F0F0FFFF", "6A80"),
        ("80D4010006 39F0F0AA33FF", "6700"),
        ("80D401000D 33F0F0AA33 FFFFFFFFFFFFFFFF", "6A80"),
        ("80D439000D 39F0F0AA33 FFFFFFFFFFFFFFFF", "6A88"),
        ("80D401FF0D 39F0F0AA33 FFFFFFFFFFFFFFFF", "6A86"),
        ("0088000008 0102030405060708", "6A88"),
        ("0088030008 0102030405060708", "6A86"),
        ("0082000107", "6700"),
    ],
)
def test_every_wrong_command_has_its_status_word(apdu: str, sw: str) -> None:
    bench = open_bench()
    bench.ok("80E0000107280008F0F0FFFF")
    assert bench.sw(apdu) == sw


def test_a_directory_needs_its_key_file_first() -> None:
    bench = factory_bench()
    bench.ok("80E03F000D38FFFFF0F001FFFFFFFFFFFFFF")
    assert bench.sw("80E0000107280008F0F0FFFF") == "6985"


def test_a_chip_from_the_factory_knows_nothing_but_its_transport_code() -> None:
    bench = factory_bench()
    assert bench.sw("0084000004") == "6A81"
    assert bench.sw("80E03F000D38FFFFF0F001FFFF112233445566") == "6A80"
    bench.ok("80E03F000D38FFFFF0F001FFFFFFFFFFFFFF", "0084000004")


def test_directories_are_at_most_three_deep() -> None:
    bench = open_bench()
    for number in (1, 2):
        bench.ok(
            f"80E03F0{number}0D380{4 - number}00F0F095FFFFA00000000{number}",
            f"00A40000023F0{number}",
        )
    assert bench.sw("80E03F030D380010F0F095FFFFA000000003") == "6A80"


def test_erasing_keeps_the_directory_and_its_rights() -> None:
    bench = directory_with_key()
    bench.ok("800E000000")
    assert bench.sw("00B0950000") == "6A82"
    bench.card.reset()
    assert bench.sw("800E000000") == "6982"
    bench.ok("00A4040009A00000000386980701")


def test_a_pin_opens_and_its_trailing_filling_may_be_left_out() -> None:
    bench = open_bench()
    bench.ok("80D401000D3AF0EF0133123456FFFFFFFFFF")
    assert bench.sw("002000000212 34") == "63C2"
    bench.ok("0020000003123456")
    assert [bench.sw("0020000003654321") for _ in range(3)] == ["63C2", "63C1", "63C0"]
    assert bench.sw("0020000003123456") == "6983"


def test_a_blocked_application_can_be_unblocked_and_a_blocked_card_never() -> None:
    bench = open_bench()
    bench.ok("80D401001536F0F0FF88" + KEY.hex())
    bench.ok("80E03F01113802000A0A95FFFFA00000000386980701", "00A40000023F01")
    bench.ok("80E00000073F0080950AFFFF", "80D401001536F0F0FF88" + KEY.hex())
    bench.ok(with_mac(bench, "841E000004"))
    bench.ok("00A40000023F00")
    assert [bench.sw("00A40000023F01"), bench.sw("00B0950000")] == ["6A81", "6A81"]
    bench.ok(with_mac(bench, "8418000004"), "00A40000023F00", "00A40000023F01", "00A40000023F00")
    bench.ok(with_mac(bench, "8416000004"))
    assert bench.sw("00A40000023F00") == "6A81"
    bench.card.reset()
    assert bench.sw("0084000004") == "6A81"


def test_three_failures_to_unblock_block_the_application_for_ever() -> None:
    bench = open_bench()
    bench.ok("80D401001536F0F0FF88" + KEY.hex())
    for _ in range(3):
        bench.challenge("05060708")
        assert bench.sw("841800000400000000") == "9302"
    assert bench.sw(with_mac(bench, "8418000004")) == "9303"


def test_records_of_all_kinds_keep_their_shape() -> None:
    bench = open_bench()
    bench.ok("80E00001072A0204F0F0FFFF", "80E00002072C0010F0F0FFFF", "80E00003072E0202F0F0FFFF")
    bench.ok("00E2000C0401020304", "00E2000C0405060708", "00DC020C04AABBCCDD")
    assert bench.field("00B2020C00") == "AABBCCDD"
    assert [bench.sw("00E2000C0401020304"), bench.sw("00E2000C03010203")] == ["6A84", "6700"]
    bench.ok("00E20014040102AABB")
    assert [bench.sw("00E20014040103AABB"), bench.sw("00DC0114030101AA")] == ["6A80", "6700"]
    bench.ok("00E2001C020101", "00E2001C020202", "00E2001C020303")
    assert [bench.field("00B2011C00"), bench.field("00B2021C00")] == ["0303", "0202"]
    assert [bench.sw("00B2031C00"), bench.sw("00DC011C020404"), bench.sw("00B2010C03")] == [
        "6A83",
        "6981",
        "6C04",
    ]


def test_changing_a_key_never_changes_its_error_counter() -> None:
    bench = blank_bench()
    assert authenticate(bench, KEY) == "63C7"
    assert authenticate(bench) == "9000"
    assert bench.sw("80D439000D39F0FAAA11" + "00" * 8) == "6700"
    bench.ok("80D439001539F0FAAA11" + KEY.hex())
    assert authenticate(bench) == "63C7"


@pytest.mark.parametrize("suite", ["3des", "sm4"])
def test_the_first_key_of_an_application_is_protected_by_the_key_above_it(suite: str) -> None:
    bench = blank_bench(suite)
    cipher = CardCipher(suite)
    assert authenticate(bench, suite=suite) == "9000"
    bench.ok("80E03F01113802000A0A95FFFFA00000000386980701", "00A40000023F01", "80E00000073F0080950AFFFF")
    clear = bytes.fromhex("15F9F00AAA88") + KEY
    clear = clear + b"\x80" + bytes(-(len(clear) + 1) % cipher.block)
    field = cipher.encrypt(b"\xff" * 16, clear).hex()
    apdu = f"84D40100{len(field) // 2 + 4:02X}{field}"
    assert bench.sw(with_mac(bench, apdu, KEY, suite)) == "9302"
    bench.ok(with_mac(bench, apdu, b"\xff" * 16, suite))
    assert authenticate(bench, KEY, suite=suite) == "9000"
