"""Who is assessed, the bands that can come out, how items are judged, and why somebody is not assessed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from warrant.core.errors import N_


class SheetKind(StrEnum):
    """Who is assessed; the value is stored and is the id of the line."""

    PERSON = "person"
    AGENCY = "agency"


SHEET_KINDS: Mapping[str, str] = MappingProxyType(
    {SheetKind.PERSON.value: N_("个人考核"), SheetKind.AGENCY.value: N_("单位评议")}
)
PERSON_BANDS: Mapping[str, str] = MappingProxyType(
    {
        "excellent": N_("优秀"),
        "competent": N_("称职"),
        "basically-competent": N_("基本称职"),
        "incompetent": N_("不称职"),
    }
)
"""Best first; the codes of ``core/standards/tables/assessment.csv``."""
AGENCY_BANDS: Mapping[str, str] = MappingProxyType(
    {"excellent": N_("优秀"), "up-to-standard": N_("达标"), "below-standard": N_("不达标")}
)
BAND_NAMES: Mapping[str, str] = MappingProxyType({**PERSON_BANDS, **AGENCY_BANDS})
BANDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {SheetKind.PERSON.value: PERSON_BANDS, SheetKind.AGENCY.value: AGENCY_BANDS}
)
JUDGINGS: Mapping[str, str] = MappingProxyType(
    {
        "performance": N_("按表现评分"),
        "records": N_("依据登记的记录评分"),
        "deduction": N_("满分起扣，发现问题逐项扣分"),
    }
)
"""How an item is judged."""

NEWCOMER, LEFT, OFF_ESTABLISHMENT, KNOWN = "newcomer", "left", "off-establishment", "known"
FOUND_REASONS: Mapping[str, str] = MappingProxyType(
    {
        NEWCOMER: N_("到岗或成立不足规定月数"),
        LEFT: N_("已离开本单位或已撤销"),
        OFF_ESTABLISHMENT: N_("非在编人员"),
        KNOWN: N_("该年度已有考核结果"),
    }
)
"""Why somebody is not assessed, as the register itself knows."""
GIVEN_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "long-leave": N_("病假、事假累计超过半年"),
        "under-investigation": N_("立案审查调查尚未结案"),
        "off-post": N_("全年不在执法岗位"),
    }
)
"""Why somebody is not assessed, as the person who scores says."""
REASONS: Mapping[str, str] = MappingProxyType({**FOUND_REASONS, **GIVEN_REASONS})
