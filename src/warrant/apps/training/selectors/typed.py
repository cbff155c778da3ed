"""Finding officers by what somebody pasted: a certificate number, an ID number, or a name with or without the unit."""

from __future__ import annotations

from django.db.models import Q

from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import id_number_index
from warrant.apps.training.types import Typed
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, WarrantError
from warrant.core.lifecycle import OfficerState
from warrant.core.roster.text import half_width, with_name_dots, without_hidden
from warrant.core.standards.id_number import without_id_numbers

MOST_LINES = 200
MOST_NAME_PARTS = 3
"""Into how many parts blanks may cut a name before the unit begins."""

_ID_NUMBER_LENGTH = 18
_CERTIFICATE_LENGTH = 11


def _condition(words: list[str]) -> Q:
    """Return what the words name; blanks within a number or a name are not held against whoever pasted them."""
    key = half_width("".join(words)).upper()
    if len(key) == _ID_NUMBER_LENGTH and key[:-1].isascii() and key[:-1].isdigit():
        return Q(id_number_index=id_number_index(key))
    if len(key) == _CERTIFICATE_LENGTH and key.isascii() and key.isdigit():
        return Q(certificate_number=key)
    condition = Q(name="".join(words))
    for count in range(1, min(len(words), MOST_NAME_PARTS + 1)):
        condition |= Q(name="".join(words[:count]), agency__name=" ".join(words[count:]))
    return condition


def _read(viewer: Actor, number: int, line: str) -> Typed:
    plain = with_name_dots(without_hidden(line.replace("\t", " ")))
    words = plain.replace("，", " ").replace(",", " ").split()
    shown = without_id_numbers(" ".join(words))[:60]
    problem: WarrantError
    rows = Officer.objects.visible_to(viewer, Permission.TRAINING_RECORD).filter(_condition(words))
    found = list(rows.exclude(state=OfficerState.DELETED.value).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return Typed(number, shown, found[0])
    if found:
        problem = Conflict("several-found", N_("有同名的人，请写上单位全称，或改用证件编号"))
    else:
        problem = NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return Typed(number, shown, problem=problem)


def typed_officers(viewer: Actor, text: str) -> list[Typed]:
    """Return whom the lines of a pasted list name among the officers whose training the viewer records.

    Raises:
        InvalidInput: there is no line, or there are too many; ``place`` is ``keys``.
    """
    lines = [
        (number, line)
        for number, line in enumerate(text.replace("\x00", "").splitlines(), start=1)
        if without_hidden(line).strip(" ,，\t\u3000\u00a0")
    ]
    if not 1 <= len(lines) <= MOST_LINES:
        raise InvalidInput(
            "too-many-at-once", N_("请粘贴 1 至 %(most)s 行，每行一人"), place="keys", most=MOST_LINES
        )
    return [_read(viewer, number, line) for number, line in lines]
