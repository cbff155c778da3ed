"""A secret never prints."""

import copy
import json
import pickle

import pytest

from warrant.core.crypto.secret import Secret

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.mark.parametrize(
    "show", [repr, str, "{}".format, "{!r:>40}".format], ids=["repr", "str", "format", "padded"]
)
def test_secret_shows_only_its_length(show):
    assert show(Secret(KEY)).strip() == "<Secret 16 bytes>"


def test_secret_reveals_its_bytes_on_request():
    assert Secret(bytearray(KEY)).reveal() == KEY


@pytest.mark.parametrize("leak", [pickle.dumps, json.dumps, bytes, hash, vars])
def test_secret_refuses_to_be_turned_into_something_that_prints(leak):
    with pytest.raises(TypeError):
        leak(Secret(KEY))


def test_secrets_are_equal_when_their_bytes_are():
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret(KEY[:-1])
    assert Secret(KEY) != KEY


def test_secret_survives_copying_without_being_shown():
    assert copy.deepcopy([Secret(KEY)]) == [Secret(KEY)]
    assert len(copy.copy(Secret(KEY))) == 16
