"""Why the ministry returns or refuses a filing, in classes that can be counted.

The words beside the class say what is wrong in this case; the class only makes cases comparable.
Source: our own list (assumption); the 2009 notice, 五(一)1, names no reasons.
"""

from __future__ import annotations

from warrant.core.errors import N_, InvalidInput
from warrant.core.standards.code_table import load

FILING_REASON = load("filing_reason", "备案退回和不予备案原因分类")
"""A code once given is never given a second meaning; lines are only ever added."""


def checked_reason_code(code: str, *, is_needed: bool) -> str:
    """Return the class of a reason: one of the table where it is needed, otherwise nothing.

    Raises:
        InvalidInput: ``reason-class-missing``, or ``unknown-code`` for one that is not in the table; place
            ``reason_code``.
    """
    if not is_needed:
        return ""
    if not code:
        raise InvalidInput("reason-class-missing", N_("请选择原因分类"), place="reason_code")
    if code not in FILING_REASON:
        raise InvalidInput(
            "unknown-code",
            N_("代码 %(value)s 不在《%(table)s》中"),
            place="reason_code",
            value=code,
            table=FILING_REASON.title,
        )
    return code
