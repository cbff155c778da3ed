"""How the form for a draft of the conditions asks each value: by the check that a line names."""

from __future__ import annotations

from collections.abc import Mapping

from warrant.core.eligibility.checks import CHECKS
from warrant.core.eligibility.parameter_kinds import Parameter, ParameterKind
from warrant.core.errors import N_
from warrant.core.regulation import Content
from warrant.core.regulation.fields import Field, FieldKind, Names
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

APPLICATION_KINDS: Mapping[str, str] = {
    "first-issue": N_("首次申领"),
    "additional-category": N_("增加门类"),
    "change": N_("变更"),
    "renewal": N_("换发"),
    "replacement": N_("补发"),
    "re-entry": N_("重新申领"),
}
READ_ONLY = frozenset({"check"})
"""A line keeps its check: another check has other parameters, and is another line."""

_FIELD_KINDS: Mapping[ParameterKind, FieldKind] = {
    ParameterKind.WHOLE: FieldKind.WHOLE,
    ParameterKind.FLAG: FieldKind.FLAG,
    ParameterKind.CHOICE: FieldKind.CHOICE,
    ParameterKind.CHOICES: FieldKind.CHOICES,
    ParameterKind.WORDS: FieldKind.WORDS,
    ParameterKind.HOURS: FieldKind.COUNTS,
    ParameterKind.DAY: FieldKind.DAY,
}


def _parameter(parameter: Parameter) -> Field:
    return Field(_FIELD_KINDS[parameter.kind], parameter.label, parameter.choices, parameter.may_be_open)


def describe(line: Content, names: Names) -> Field | None:
    """Return what kind of field lies at a path of a line; nothing where the value itself tells."""
    if names == ("kinds",):
        return Field(FieldKind.CHOICES, N_("适用的申请"), APPLICATION_KINDS)
    if names == ("categories",):
        categories = {code.code: code.name for code in ENFORCEMENT_CATEGORY}
        return Field(FieldKind.CHOICES, N_("适用的门类（不选为全部）"), categories, may_be_empty=True)
    if names == ("check",):
        return Field(FieldKind.CHOICE, N_("核对方法"), {name: check.title for name, check in CHECKS.items()})
    check = CHECKS.get(str(line.get("check")))
    if check is not None and names[0] == "parameters" and len(names) == 2 and names[1] in check.parameters:
        return _parameter(check.parameters[names[1]])
    return None
