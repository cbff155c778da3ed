"""Vectors published for real FMCOS cards, against the terminal's side."""

from __future__ import annotations

import pytest

from warrant.core.chip import commands, messaging
from warrant.core.chip.apdu import Command
from warrant.core.crypto.block import mac4
from warrant.core.crypto.secret import Secret

FF16 = Secret(b"\xff" * 16)


def secret(text: str) -> Secret:
    return Secret(bytes.fromhex(text))


@pytest.mark.parametrize(
    ("key", "challenge", "cryptogram"),
    [
        # FMCOS 2.0 manual, 7.1
        ("0102030405060708", "BB83BFF3", "74B0047DD681D96C"),
        # A published card issuing log, 8-byte challenge
        ("FFFFFFFFFFFFFFFF", "53FD1F262EC4E6E2", "A0DBBFC1192FF24A"),
        # The project's reference table, 16-byte key
        ("0123456789ABCDEFFEDCBA9876543210", "BB83BFF3", "1FCA26954311DAFC"),
    ],
)
def test_external_authentication_cryptogram(key: str, challenge: str, cryptogram: str) -> None:
    made = messaging.authentication_cryptogram("3des", secret(key), bytes.fromhex(challenge))
    assert made.hex().upper() == cryptogram


@pytest.mark.parametrize(
    ("command", "challenge", "apdu"),
    [
        (
            commands.write_key(0x01, 0x02, bytes.fromhex("F9F0F0AAFF1122334455667788")),
            "4C45BAB9",
            "84D40102147C87BC23140021B3AFEA67E6359DDCFED7C943F6",
        ),
        (
            commands.write_key(0x39, 0x01, bytes.fromhex("F9F0F0AAFF1122334455667788")),
            "EF364818",
            "84D43901147C87BC23140021B3AFEA67E6359DDCFE9095E4E1",
        ),
        (
            commands.write_key(0xF9, 0x02, bytes.fromhex("39F0F0AAFF1122334455667788")),
            "C0B3549C",
            "84D4F902147E65DE142F66CA41AFEA67E6359DDCFE012EF5F5",
        ),
    ],
)
def test_key_written_with_encryption_and_mac(command: Command, challenge: str, apdu: str) -> None:
    protected = messaging.with_encryption_and_mac("3des", FF16, bytes.fromhex(challenge), command)
    assert protected.encode().hex().upper() == apdu


def test_sam_key_loaded_with_encryption_and_mac() -> None:
    key = secret("00112233445566778899AABBCCDDEEFF")
    command = Command(0x84, 0xD4, 0x00, 0x00, bytes.fromhex("22000000112233445566778899AABBCCDDEEFF")[:19])
    protected = messaging.with_encryption_and_mac("3des", key, bytes.fromhex("5D72B3FD"), command)
    assert (
        protected.encode().hex().upper()
        == "84D400001CDCC0BB5793ABFCA2CA8C1624822F6E01A86A0B5CBED191DD8A9D4ADB"
    )


@pytest.mark.parametrize(
    ("key", "challenge", "field", "mac"),
    [
        ("1122334455667788", "BB83BFF3", "1122", "446502F1"),
        ("0123456789ABCDEFFEDCBA9876543210", "BB83BFF3", "1122", "7EF031E0"),
    ],
)
def test_update_binary_with_mac(key: str, challenge: str, field: str, mac: str) -> None:
    command = Command(0x04, 0xD6, 0x85, 0x01, bytes.fromhex(field))
    protected = messaging.with_mac("3des", secret(key), bytes.fromhex(challenge), command)
    assert protected.encode().hex().upper() == "04D6850106" + field + mac


@pytest.mark.parametrize(
    ("key", "challenge", "message", "mac"),
    [
        ("FF" * 16, "44A47DEB", "04D600001411223344556677889900AABBCCDDEEFF", "F2F62231"),
        ("FF" * 16, "D0FE4FB9", "11223344556677889900AABBCCDDEEFF", "8D318577"),
        ("FF" * 16, "D0FE4FB9", "04B0000004", "F09C8A19"),
        (
            "36" * 16,
            "A3BBCFC8",
            "04D69500220001220000" + "01FFFF010100002200000000000006201601012050123100" + "00",
            "96E32EF1",
        ),
        (
            "FF" * 16,
            "88BBE4E3",
            "04D6850034000122000001FFFF22000000000000060001201610280000000000"
            "0100010000000000000000000000000000" + "20501231",
            "AE8D8774",
        ),
    ],
)
def test_message_codes_of_a_real_card(key: str, challenge: str, message: str, mac: str) -> None:
    code = mac4("3des", secret(key), bytes.fromhex(challenge + "00000000"), bytes.fromhex(message))
    assert code.hex().upper() == mac


def test_encryption_pads_only_what_does_not_fill_a_block() -> None:
    assert messaging.pad_if_needed("3des", bytes(8)) == bytes(8)
    assert messaging.pad_if_needed("3des", bytes(7)) == bytes(7) + b"\x80"
    assert messaging.pad_if_needed("sm4", bytes(8)) == bytes(8) + b"\x80" + bytes(7)


def test_sm4_fills_the_challenge_to_its_longer_block() -> None:
    assert messaging.initial_value("sm4", b"\x01\x02\x03\x04") == b"\x01\x02\x03\x04" + bytes(12)
    key = secret("0123456789ABCDEFFEDCBA9876543210")
    assert len(messaging.authentication_cryptogram("sm4", key, b"\x01\x02\x03\x04")) == 16
