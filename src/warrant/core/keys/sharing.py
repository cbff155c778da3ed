"""Shamir's secret sharing, byte by byte: any ``threshold`` of ``count`` shares give the secret, fewer tell nothing.

Every byte of the secret is the value at 0 of a random polynomial of degree ``threshold - 1`` over GF(2^8) with the
field polynomial of AES (x^8 + x^4 + x^3 + x + 1); share ``i`` holds the values at ``i``, for ``i`` from 1.

Source: A. Shamir, How to share a secret, CACM 22 (1979); the field: FIPS 197, 4.2.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

THRESHOLD_MIN: Final = 2
SHARES_MAX: Final = 9
"""As many custodians as can still be brought together; the field would allow 255."""


class Share(NamedTuple):
    """One share: ``number`` from 1, and as many bytes as the secret has."""

    number: int
    value: Secret


def check_plan(threshold: int, count: int) -> None:
    """Refuse a plan that is none: 2 <= threshold <= count <= 9. Raises: InvalidInput ``share-plan-invalid``."""
    if not THRESHOLD_MIN <= threshold <= count <= SHARES_MAX:
        raise InvalidInput(
            "share-plan-invalid",
            N_("恢复所需份数至少 2 份，不多于总份数；总份数最多 %(most)s 份"),
            place="threshold",
            most=SHARES_MAX,
        )


def split(
    secret: Secret, threshold: int, count: int, draw: Callable[[int], bytes] = secrets.token_bytes
) -> tuple[Share, ...]:
    """Split a secret; ``draw`` gives that many random bytes. Raises: InvalidInput ``share-plan-invalid``."""
    check_plan(threshold, count)
    # coefficients[k] are those of x**k, one byte for every byte of the secret
    coefficients = [secret.reveal(), *(draw(len(secret)) for _ in range(threshold - 1))]
    return tuple(
        Share(number, Secret(bytes(_value_at(number, column) for column in zip(*coefficients, strict=True))))
        for number in range(1, count + 1)
    )


def combine(shares: Sequence[Share], threshold: int) -> Secret:
    """Return the secret; shares above the threshold must lie on the same curve.

    Raises: InvalidInput ``shares-too-few``, ``share-repeated``, ``shares-differ``.
    """
    if len(shares) < max(threshold, THRESHOLD_MIN):
        raise InvalidInput(
            "shares-too-few",
            N_("只有 %(given)s 份，恢复需要 %(threshold)s 份"),
            given=len(shares),
            threshold=threshold,
        )
    if len({share.number for share in shares}) != len(shares) or any(share.number < 1 for share in shares):
        raise InvalidInput("share-repeated", N_("同一份份额输入了两次"))
    if len({len(share.value) for share in shares}) != 1:
        raise _differ()
    base, rest = shares[:threshold], shares[threshold:]
    if any(_interpolate(base, share.number) != share.value for share in rest):
        raise _differ()
    return _interpolate(base, 0)


def multiply(left: int, right: int) -> int:
    """Return the product in GF(2^8); its time does not depend on the factors."""
    product = 0
    for bit in range(8):
        product ^= -(right >> bit & 1) & left
        left = (left << 1) ^ (-(left >> 7) & 0x11B)
    return product


def _inverse(value: int) -> int:
    """Return value**254, which is 1 / value."""
    power = 1
    for _ in range(7):
        value = multiply(value, value)
        power = multiply(power, value)
    return power


def _value_at(number: int, column: tuple[int, ...]) -> int:
    value = 0
    for coefficient in reversed(column):
        value = multiply(value, number) ^ coefficient
    return value


def _interpolate(shares: Sequence[Share], at: int) -> Secret:
    result = bytes(len(shares[0].value))
    for share in shares:
        weight = 1
        for other in shares:
            if other.number != share.number:
                weight = multiply(weight, multiply(other.number ^ at, _inverse(other.number ^ share.number)))
        result = bytes(
            one ^ multiply(weight, byte) for one, byte in zip(result, share.value.reveal(), strict=True)
        )
    return Secret(result)


def _differ() -> InvalidInput:
    return InvalidInput("shares-differ", N_("这些份额不属于同一次备份，或其中一份有误"))


__all__ = ["SHARES_MAX", "THRESHOLD_MIN", "Share", "check_plan", "combine", "multiply", "split"]
