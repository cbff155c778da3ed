"""The code tables that Warrant uses, each with the standard it comes from.

Short values (``01``) and long ones (``civil-servant``) are stored in records and sent between nodes, so a code
once given is never given a second meaning; lines are only ever added.
"""

from __future__ import annotations

import re
import unicodedata

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


_STAFFING_WORDS = (
    ("派遣", "agency-labour"),
    ("临时", "temporary"),
    ("临聘", "temporary"),
    ("购买服务", "temporary"),
    ("公益性岗位", "temporary"),
    ("编外", "off-establishment"),
    ("非编", "off-establishment"),
    ("协管", "off-establishment"),
    ("辅助", "off-establishment"),
    ("借调", "seconded"),
    ("借用", "seconded"),
    ("工勤", "manual-staff"),
    ("合同", "contract"),
    ("参公", "civil-service-law"),
    ("参照", "civil-service-law"),
    ("事业", "public-institution"),
    ("聘用", "contract"),
    ("公务员", "civil-servant"),
    ("行政", "civil-servant"),
)
"""Words that decide within a longer wording. What bars comes first: 事业编外 is off the establishment."""

_STUDY_FORMS = re.compile(
    r"^(全日制|在职|函授|自学考试|自考|成人教育|成人|成教|(中央|省委|市委)?党校|电大|夜大|业余|网络教育|远程教育)+"
)
_EDUCATION_ENDINGS = re.compile(r"(学历|学位|及以上|以上|文凭|教育)+$")
_CATEGORY_ENDINGS = re.compile(r"(类别|类|门类|行政执法|执法|管理)$")


def find_staffing(text: str) -> Code | None:
    """Return the kind of staff that a wording means, by the table or by the word that decides; None if neither."""
    found = STAFFING.find(text)
    if found is None:
        plain = "".join(text.split())
        code = next((code for word, code in _STAFFING_WORDS if word in plain), "")
        found = STAFFING.by_code(code) if code else None
    return found


def find_education(text: str) -> Code | None:
    """Return the education that a wording means, leaving aside the form of study and remarks in brackets."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    bare = re.sub(r"\([^()]*\)", "", plain)
    for wording in (plain, bare, *re.split(r"[/,;、]", bare)):
        stripped = _EDUCATION_ENDINGS.sub("", _STUDY_FORMS.sub("", wording))
        found = EDUCATION.find(wording) or EDUCATION.find(stripped)
        if found is not None:
            return found
    return None


def find_category(text: str) -> Code | None:
    """Return the enforcement category that a wording means, with or without 类, 执法 or 管理 at its end."""
    plain = "".join(text.split())
    found = ENFORCEMENT_CATEGORY.find(plain)
    shorter = _CATEGORY_ENDINGS.sub("", plain)
    return found or (ENFORCEMENT_CATEGORY.find(shorter) if shorter != plain else None)
