"""What each kind of application asks for besides the person: why a card is replaced, what is to change.

Source: assumption; the notice names loss, transfers and the yearly review, but no forms (docs/assumptions.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle.application import ApplicationKind as K

SHORTEST_TEXT = 5
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Ground:
    """One thing to say: a choice among ``choices`` (code to msgid), several of them, or a free text without choices."""

    name: str
    title: str
    choices: Mapping[str, str] | None = None
    is_several: bool = False


_ACCOUNT = Ground("account", N_("情况说明"))

GROUNDS: Mapping[K, tuple[Ground, ...]] = {
    K.FIRST_ISSUE: (),
    K.ADDITIONAL_CATEGORY: (_ACCOUNT,),
    K.CHANGE: (
        Ground(
            "changed",
            N_("变更事项"),
            {
                "unit": N_("执法单位"),
                "post": N_("岗位"),
                "area": N_("执法区域"),
                "name": N_("姓名"),
                "photo": N_("照片"),
                "categories": N_("减少执法门类"),
            },
            is_several=True,
        ),
        _ACCOUNT,
    ),
    K.RENEWAL: (),
    K.REPLACEMENT: (
        Ground("cause", N_("补发原因"), {"lost": N_("遗失"), "damaged": N_("损坏")}),
        _ACCOUNT,
    ),
    K.RE_ENTRY: (_ACCOUNT,),
}


@dataclass(frozen=True)
class ProofKind:
    """A proof on which a ground rests: what it is called, what it says (where, on which day), and what is uploaded.

    All texts are msgids. ``is_of_certificate``: it is kept with the certificate, and the case takes a copy when it is
    submitted.
    """

    code: str
    title: str
    where: str
    day: str
    file_hint: str
    is_of_certificate: bool = False


PROOFS_BY_CAUSE: Mapping[str, ProofKind] = {
    "lost": ProofKind(
        "loss-notice",
        N_("遗失声明"),
        N_("刊登于"),
        N_("刊登日期"),
        N_("刊登遗失声明的报纸版面或者网页截图"),
        is_of_certificate=True,
    ),
    "damaged": ProofKind("old-card", N_("旧证交回"), N_("交回单位"), N_("交回日期"), N_("旧证收缴回执")),
}
"""What proves why a card is replaced, by the cause. Whether it is asked for is dated data: ``application_steps``."""

LONGEST_WHERE = 120


def proof_kind(kind: K, grounds: Mapping[str, object]) -> ProofKind | None:
    """Return the proof that belongs to the grounds of a case; only replacements have one."""
    cause = grounds.get("cause")
    return PROOFS_BY_CAUSE.get(cause) if kind is K.REPLACEMENT and isinstance(cause, str) else None


NEEDS_CERTIFICATE: Mapping[K, tuple[str, ...]] = {
    K.ADDITIONAL_CATEGORY: ("active",),
    K.CHANGE: ("active", "withheld"),
    K.RENEWAL: ("active",),
    K.REPLACEMENT: ("active", "lost"),
}
"""The states of the live certificate from which a kind can be asked for; the others need that there is none."""


def checked_grounds(kind: K, grounds: Mapping[str, object]) -> dict[str, object]:
    """Return what the kind asks for, trimmed and in its order; anything else is left out.

    Raises:
        InvalidInput: something is missing or is no choice; ``place`` is its name.
    """
    found: dict[str, object] = {}
    for ground in GROUNDS[kind]:
        value = grounds.get(ground.name)
        if ground.choices is None:
            found[ground.name] = _text(value, ground)
        elif ground.is_several:
            chosen = list(dict.fromkeys(value)) if isinstance(value, (list, tuple)) else []
            if not chosen or not set(chosen) <= set(ground.choices):
                raise InvalidInput("not-chosen", N_("请至少选择一项"), place=ground.name)
            found[ground.name] = chosen
        else:
            if value not in ground.choices:
                raise InvalidInput("not-chosen", N_("请选择一项"), place=ground.name)
            found[ground.name] = value
    return found


def _text(value: object, ground: Ground) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
        raise InvalidInput(
            "text-length",
            N_("请写明情况，%(shortest)s 至 %(longest)s 个字"),
            place=ground.name,
            shortest=SHORTEST_TEXT,
            longest=LONGEST_TEXT,
        )
    return text
