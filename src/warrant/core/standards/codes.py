"""The code tables that Warrant uses, each with the standard it comes from.

Short values (``01``) and long ones (``civil-servant``) are stored in records and sent between nodes, so a code
once given is never given a second meaning; lines are only ever added.
"""

from __future__ import annotations

from warrant.core.standards.code_table import Code, load

SEX = load("sex", "性别代码")
"""Source: GB/T 2261.1-2003."""

EDUCATION = load("education", "学历代码")
"""Source: GB/T 4658-2006."""

DEGREE = load("degree", "学位代码")
"""Source: GB/T 6864-2003; the three codes of one digit (level only) are used where the discipline is not known."""

POLITICAL_STATUS = load("political", "政治面貌代码")
"""Source: GB/T 4762-1984."""

ETHNIC_GROUP = load("ethnic", "民族代码")
"""Source: GB/T 3304-1991; 97 and 98 are common extensions (assumption)."""

ENFORCEMENT_CATEGORY = load("categories", "执法门类代码")
"""The eight categories of Order 2011/16, Art. 2; no official numeric code was found, the numbers are ours (assumption)."""

STAFFING = load("staffing", "编制性质代码")
"""Our own list (assumption). ``may_enforce`` says whether such staff may hold a certificate; practice differs by province."""

POST = load("posts", "执法岗位代码")
"""Our own list (assumption), from rosters in use."""

MARITIME_CATEGORY = "06"

COLLEGE_GRADUATE_EDUCATION = frozenset({"11", "14", "17", "21", "28", "31"})
"""Codes of GB/T 4658 that mean "graduated from college or above" (大专以上毕业)."""


def may_staffing_enforce(staffing: Code) -> bool:
    """Say whether this kind of staff may hold a certificate (in post and on the establishment).

    Source: assumption, after provincial rules that bar contract, dispatched and seconded staff.
    """
    return staffing.extra["may_enforce"] == "yes"
