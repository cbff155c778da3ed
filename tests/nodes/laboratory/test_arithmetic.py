"""``warrant lab`` on the command line: published vectors, and what it says of bad input."""

from __future__ import annotations

import pytest

from warrant.nodes.commands import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        # PBOC 2.0 diversification as published with the FM1208 tools
        (
            "diversify --suite 3des --key 00112233445566778899aabbccddeeff --factor 1122334455667788",
            "496BD7A3513644533100B54E71196528",
        ),
        # SM4(key, X | NOT X) twice, as OpenSSL's command line gives it
        (
            "diversify --suite sm4 --key 0123456789abcdeffedcba9876543210 --factor 0000000000320000 "
            "--factor 0000032000012348",
            "7257DB180CA09B0F3A862B01A0B194F7",
        ),
        # FMCOS 2.0 manual, 7.3; then one of the codes published with klks/fmcos-python
        ("mac --suite 3des --key 1122334455667788 --message 0102030405060708", "A82A8CEB"),
        (
            f"mac --suite 3des --key {'FF' * 16} --challenge 44A47DEB "
            "--message 04D600001411223344556677889900AABBCCDDEEFF",
            "F2F62231",
        ),
    ],
)
def test_what_is_printed_is_the_result_in_hex(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", *words.split()]) == 0
    assert capsys.readouterr().out == f"{told}\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("diversify --suite sm4 --key 00 --factor 1122334455667788", "key-length-wrong"),
        ("diversify --suite sm4 --key 00112233445566778899aabbccddeeff --factor 11", "factor-length-wrong"),
        ("diversify --suite sm4 --key 0x --factor 1122334455667788", "hexadecimal-invalid"),
        ("mac --suite sm4 --key 012 --message 00", "hexadecimal-invalid"),
        ("card --broken nothing-of-the-kind", "broken-card-unknown"),
    ],
)
def test_bad_input_is_said_in_a_line(words: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", *words.split()]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"warrant: {code}: ")


def test_the_order_of_the_factors_counts(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["lab", "diversify", "--suite", "3des", "--key", "00112233445566778899aabbccddeeff"]
    for factors in (("11" * 8, "22" * 8), ("22" * 8, "11" * 8)):
        main([*words, *(word for factor in factors for word in ("--factor", factor))])
    first, second = capsys.readouterr().out.split()
    assert first != second
