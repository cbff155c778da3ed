"""Diversification against published vectors; factors in their exact form."""

import pytest

from warrant.core.crypto.block import check_value
from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput
from warrant.core.keys.hierarchy import (
    KeyUsage,
    certificate_factor,
    check_version,
    diversify,
    normal_province_code,
    province_factor,
    province_of_certificate,
)

MASTER = "0123456789ABCDEFFEDCBA9876543210"


@pytest.mark.parametrize(
    ("suite", "key", "factor", "derived"),
    [
        ("3des", MASTER, "1122334455667788", "3EB3B72576BBBE831355AB0EE3123AE8"),
        ("sm4", MASTER, "1122334455667788", "7904DC533E8BCA0C93D3C36DC8328866"),
        # first level with the province's name in GBK, twice
        ("3des", MASTER, "BDADCBD5BDADCBD5", "4F3063ECAEF934D1219766A1EACD4B92"),
        ("3des", "00112233445566778899AABBCCDDEEFF", "1122334455667788", "496BD7A3513644533100B54E71196528"),
    ],
)
def test_derived_key_is_as_published(suite, key, factor, derived):
    got = diversify(suite, Secret(bytes.fromhex(key)), bytes.fromhex(factor))
    assert got == Secret(bytes.fromhex(derived))


def test_province_factor_is_the_division_code_as_right_aligned_bcd():
    assert province_factor("32").hex() == "0000000000320000"
    assert province_factor("320000") == province_factor("32")


def test_certificate_factor_is_the_number_as_right_aligned_bcd():
    assert certificate_factor("32000001234").hex() == "0000032000001234"


def test_sixteen_digits_fill_the_factor():
    assert certificate_factor("1234567890123456").hex() == "1234567890123456"


def test_second_step_starts_from_the_first():
    # checked with the openssl command line
    province = diversify("3des", Secret(bytes.fromhex(MASTER)), bytes.fromhex("BDADCBD5BDADCBD5"))
    assert check_value("3des", diversify("3des", province, bytes.fromhex("1122334455667788"))) == "191996"


def test_two_certificates_have_different_keys():
    key = Secret(bytes.fromhex(MASTER))
    assert diversify("sm4", key, certificate_factor("32000000017")) != diversify(
        "sm4", key, certificate_factor("32000000025")
    )


@pytest.mark.parametrize("text", ["", "3200000123x", "12345678901234567", "３２", "-1", " 32"])
def test_certificate_number_that_is_not_digits_is_refused(text):
    with pytest.raises(InvalidInput, match="certificate-number-invalid"):
        certificate_factor(text)


@pytest.mark.parametrize("text", ["320000012", "320000012345", "3200000123a", ""])
def test_province_is_only_read_from_eleven_digits(text):
    with pytest.raises(InvalidInput, match="certificate-number-invalid"):
        province_of_certificate(text)


def test_certificate_number_begins_with_its_province():
    assert province_of_certificate("32000001234") == "32"


@pytest.mark.parametrize("code", ["", "3", "02", "320100", "32000", "江苏", "32\n", "3２"])
def test_wrong_province_code_is_refused(code):
    with pytest.raises(InvalidInput, match="province-code-invalid"):
        normal_province_code(code)


@pytest.mark.parametrize("version", [0, -1, 256])
def test_key_version_outside_one_byte_is_refused(version):
    with pytest.raises(InvalidInput, match="key-version-invalid"):
        check_version(version)


@pytest.mark.parametrize("factor", [b"", bytes(7), bytes(9), bytes(16)])
def test_factor_of_wrong_length_is_refused(factor):
    with pytest.raises(InvalidInput, match="factor-length-wrong"):
        diversify("sm4", Secret(bytes(16)), factor)


def test_single_length_key_is_not_diversified():
    with pytest.raises(InvalidInput, match="key-length-wrong"):
        diversify("3des", Secret(bytes(8)), bytes(8))


def test_key_usages_keep_their_names():
    assert [usage.value for usage in KeyUsage] == [
        "card-control",
        "maintenance",
        "authenticity",
        "inspection",
        "mac",
    ]
