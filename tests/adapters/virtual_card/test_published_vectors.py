"""What was published for real FMCOS cards, played to the virtual card byte for byte.

Sources: FMCOS 2.0 user manual (7.1, 7.3, 7.4, 7.12, 7.13); a published card issuing log; a published log of keys
changed with encryption and MAC; test vectors taken from an FM1208-09 card.
"""

from __future__ import annotations

import pytest
from tests.adapters.virtual_card.bench import factory_bench, open_bench


def test_manual_7_1_external_authentication() -> None:
    bench = open_bench()
    bench.ok("80D401010D39F0EF11330102030405060708")
    bench.challenge("BB83BFF3")
    bench.ok("008200010874B0047DD681D96C")


def test_issuing_log_external_authentication_with_the_transport_key() -> None:
    bench = open_bench()
    bench.ok("80D401000D39F0F0AA33FFFFFFFFFFFFFFFF")
    bench.challenge("53FD1F262EC4E6E2")
    bench.ok("0082000008A0DBBFC1192FF24A")


def test_manual_7_3_internal_authentication() -> None:
    bench = open_bench()
    bench.ok(
        "80D401010D30F0EF05981122334455667788",
        "80D401020D31F0EF05981122334455667788",
        "80D401030D32F0EF05981122334455667788",
    )
    assert bench.field("00880001080102030405060708") == "178F59F8578E0D3F"
    assert bench.field("0088010208178F59F8578E0D3F") == "0102030405060708"
    assert bench.field("00880203080102030405060708") == "A82A8CEB"


def test_manual_7_4_select_answers_control_information_and_directory() -> None:
    bench = open_bench()
    bench.ok("80E00001072A0213F000FFFF", "00E200081361114F09A00000000386980701500450424F43")
    assert bench.field("00A40000023F00") == "6F15840E315041592E5359532E4444463031A503880101"
    assert bench.field("00B2010C00") == "61114F09A00000000386980701500450424F43"


def test_manual_7_4_select_by_name_answers_the_issuers_file() -> None:
    bench = open_bench()
    bench.ok("80E03F01113802FFF0F095FFFFA00000000386980701", "00A4040009A00000000386980701")
    bench.ok("80E00000073F008F95F0FFFF", "80E000150728001EF0F0FFFF")
    issuer = "111122223333000603010006199808170000003019980815199812155566"
    bench.ok("00D695001E" + issuer)
    answer = bench.field("00A4040009A00000000386980701")
    assert answer == "6F2E8409A00000000386980701A5219F0C1E" + issuer


def test_manual_7_5_and_7_7_binary_file_without_protection() -> None:
    bench = open_bench()
    bench.ok("80E00005072800 08F0F0FFFF", "00D685000800112233445566 77")
    assert bench.field("00B0850100") == "11223344556677"


def test_manual_7_6_and_7_9_cyclic_file_answers_the_newest_first() -> None:
    bench = open_bench()
    bench.ok("80E00003072E030CF0F0FFFF", "00E2001C0C" + "00" * 12, "00E2001C0C112233445566778899AABBCC")
    assert bench.field("00B2011C00") == "112233445566778899AABBCC"
    assert bench.field("00B2021C00") == "00" * 12


def test_manual_7_12_keys_in_plain_then_changed_then_protected() -> None:
    bench = open_bench()
    bench.ok("80D401001539F0FAAA8839FF39FF39FF39FF39FF39FF39013901", "80D401000D36F0FAFF3336FF36FF36FF3601")
    change = "80D439001539F0FAAA8839FF39FF39FF39FF39FF39FF39023902"
    assert bench.sw(change) == "9000"
    # Once its type has the two high bits, a change in plain is an error (example 3).
    assert bench.sw("80D4390015F9F0FAAA8839FF39FF39FF39FF39FF39FF39023902") == "9000"
    assert bench.sw(change) == "6987"


def test_key_log_written_and_changed_with_encryption_and_mac() -> None:
    bench = open_bench()
    bench.ok("80D401001539F0F0AA33" + "FF" * 16, "80D401010D39F0F0AAFF0000000000000000")
    bench.challenge("4C45BAB9")
    bench.ok("84D40102147C87BC23140021B3AFEA67E6359DDCFED7C943F6")
    bench.challenge("EF364818")
    bench.ok("84D43901147C87BC23140021B3AFEA67E6359DDCFE9095E4E1")
    bench.challenge("C0B3549C")
    bench.ok("84D4F902147E65DE142F66CA41AFEA67E6359DDCFE012EF5F5")


def test_real_card_update_and_read_binary_with_mac() -> None:
    bench = open_bench()
    bench.ok("80D401001536F0F0FF33" + "FF" * 16, "80E0000207A80200F0F0FF7F", "00A40000020002")
    bench.challenge("44A47DEB")
    bench.ok("04D600001411223344556677889900AABBCCDDEEFFF2F62231")
    bench.challenge("D0FE4FB9")
    assert bench.field("04B0000004F09C8A1910") == "11223344556677889900AABBCCDDEEFF8D318577"


@pytest.mark.parametrize(
    ("key", "file", "challenge", "apdu"),
    [
        (
            "36" * 16,
            "80E0001507A8001EF0F0FFFF",
            "A3BBCFC8",
            "04D695002200012200000" + "1FFFF010100002200000000000006201601012050123100" + "00" + "96E32EF1",
        ),
        (
            "FF" * 16,
            "80E0000507A80037F0F0FFFF",
            "88BBE4E3",
            "04D6850034000122000001FFFF220000000000000600012016102800000000000100010000000000000000000000000000"
            "20501231AE8D8774",
        ),
    ],
)
def test_real_card_update_binary_with_mac_by_short_identifier(
    key: str, file: str, challenge: str, apdu: str
) -> None:
    bench = open_bench()
    bench.ok("80D401001536F0F0FF33" + key, file)
    bench.challenge(challenge)
    bench.ok(apdu)


@pytest.mark.parametrize(
    ("key", "apdu"),
    [
        ("1122334455667788", "04D68501061122446502F1"),
        ("0123456789ABCDEFFEDCBA9876543210", "04D685010611227EF031E0"),
    ],
)
def test_update_binary_with_mac_under_short_and_long_key(key: str, apdu: str) -> None:
    bench = open_bench()
    record = "36F0F0FF33" + key
    bench.ok(f"80D40100{len(record) // 2:02X}{record}", "80E0000507A80008F0F0FFFF")
    bench.challenge("BB83BFF3")
    bench.ok(apdu)


def test_issuing_log_creates_master_file_keys_and_application() -> None:
    bench = factory_bench()
    bench.ok(
        "80E03F000D38FFFFF0F001FFFFFFFFFFFFFF",
        "80E00000073F005001F0FFFF",
        "80D401000D36F0F0FF33FFFFFFFFFFFFFFFF",
        "80D401001539F0F0AA33FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "80E00001072A0213F000FFFF",
        "00E2000C1361114F09A00000000386980701500450424F43",
        "80E03F011138036FF0F095FFFFA00000000386980701",
        "00A40000023F01",
        "80E00000073F018F95F0FFFF",
        "80E0001507A8001EF0F0FFFF",
        "80E0001607A80027F0F0FFFF",
        "80E0001807 2E0A17F1EFFFFF",
    )


def test_sm4_block_and_key_of_the_standard() -> None:
    bench = open_bench("sm4")
    bench.ok("80D401001530F0EF0101" + "0123456789ABCDEFFEDCBA9876543210")
    # GB/T 32907-2016, annex A.1
    field = bench.field("00880000100123456789ABCDEFFEDCBA9876543210")
    assert field == "681EDF34D206965E86B3E94F536E4246"
