"""Rules about the person's service: unit, category, post, staffing, education, dates, telephone."""

from __future__ import annotations

import re

from warrant.core.errors import N_, InvalidInput
from warrant.core.roster.columns import Column
from warrant.core.roster.dates import PartialDate, read_date
from warrant.core.roster.repairs import kept_text, repaired_number, repaired_word
from warrant.core.roster.row import FindAgency, RowExamination
from warrant.core.roster.text import half_width
from warrant.core.standards import codes
from warrant.core.standards.code_table import Code

LEAST_WORKING_AGE = 14
_CATEGORY_SEPARATORS = re.compile(r"[、,;/|+\n]+")
_PHONE = re.compile(r"(\+?86-?)?(1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|\d{7,8}|400-?\d{3}-?\d{4})")


def check_agency(row: RowExamination, find_agency: FindAgency) -> None:
    """Unit: known to the organisation tree. A sheet without the column takes the unit its title names."""
    name = repaired_word(row, Column.AGENCY) or row.unit_of_sheet
    if not name:
        row.error(Column.AGENCY, "missing-unit", N_("所在单位为空；请填写单位全称"))
        return
    key = find_agency(name)
    if key is None:
        row.error(
            Column.AGENCY,
            "unknown-unit",
            N_("所在单位“%(value)s”不在组织机构中；请填写单位全称，新设单位请先由管理员登记"),
            value=name,
        )
        return
    row.entry.agency_key, row.entry.agency_name = key, name


def check_category(row: RowExamination) -> None:
    """Enforcement category: one or several of the code table."""
    text = kept_text(row, Column.CATEGORY)
    if not text:
        row.error(
            Column.CATEGORY,
            "missing-category",
            N_("执法门类为空；请填写：%(names)s"),
            names="、".join(codes.ENFORCEMENT_CATEGORY.names()),
        )
        return
    found: list[Code] = []
    for word in _category_words(text):
        code = codes.find_category(word)
        if code is None:
            row.error(
                Column.CATEGORY,
                "unknown-category",
                N_("执法门类“%(value)s”不在规定的门类中；请从以下门类中选填：%(names)s"),
                value=word.strip(),
                names="、".join(codes.ENFORCEMENT_CATEGORY.names()),
            )
        elif code not in found:
            found.append(code)
    row.entry.category_codes = tuple(code.code for code in found)
    if codes.MARITIME_CATEGORY in row.entry.category_codes:
        row.warn(
            Column.CATEGORY,
            "maritime-category",
            N_("海事行政执法证由海事管理机构发放；本系统只登记，不为该门类制证"),
        )


def _category_words(text: str) -> list[str]:
    """Split several categories in one cell; a blank separates them only where it leaves known names."""
    words: list[str] = []
    for word in _CATEGORY_SEPARATORS.split(half_width(text)):
        parts = word.split()
        blank_separates = len(parts) > 1 and all(codes.find_category(part) for part in parts)
        words.extend(parts if blank_separates else [word.strip()])
    return [word for word in words if word]


def check_staffing(row: RowExamination) -> None:
    """Staffing: a known kind; kinds that may not hold a certificate get in with a warning."""
    text = repaired_word(row, Column.STAFFING)
    if not text:
        if row.has_column(Column.STAFFING):
            row.warn(Column.STAFFING, "missing-staffing", N_("编制性质为空；申领证件前须补填"))
        return
    found = codes.find_staffing(text)
    if found is None:
        row.error(
            Column.STAFFING,
            "unknown-staffing",
            N_("编制性质“%(value)s”无法识别；请填写：%(names)s"),
            value=text,
            names="、".join(codes.STAFFING.names()),
        )
        return
    row.entry.staffing_code = found.code
    if not codes.may_staffing_enforce(found):
        row.warn(
            Column.STAFFING,
            "staffing",
            N_("编制性质“%(value)s”不是正式在编人员，可以登记，但不能申领执法证件"),
            value=text,
        )


def check_education(row: RowExamination) -> None:
    """Education: the highest of the columns given; below college gets in with a warning."""
    found: list[Code] = []
    for column in (Column.EDUCATION, Column.EDUCATION_IN_SERVICE):
        text = repaired_word(row, column)
        code = codes.find_education(text) if text else None
        if code is not None:
            found.append(code)
        elif text:
            row.error(
                column,
                "unknown-education",
                N_("学历“%(value)s”不在国家标准学历代码中；请填写规范名称，如“大学本科”“大学专科”"),
                value=text,
            )
    if not found:
        if row.has_column(Column.EDUCATION) and not row.text(Column.EDUCATION):
            row.warn(Column.EDUCATION, "missing-education", N_("学历为空；申领证件前须补填"))
        return
    graduated = [code for code in found if code.code in codes.COLLEGE_GRADUATE_EDUCATION]
    row.entry.education_code = min(graduated or found, key=lambda code: code.code).code
    if not graduated:
        row.warn(
            Column.EDUCATION,
            "education-below",
            N_("学历“%(value)s”低于大学专科毕业，可以登记，但不符合申领执法证件的学历条件"),
            value=row.text(Column.EDUCATION),
        )


def check_degree(row: RowExamination) -> None:
    """Degree: kept when known, doubted when not."""
    degree = repaired_word(row, Column.DEGREE)
    if not degree:
        return
    known = codes.DEGREE.find(degree)
    if known is None:
        row.warn(Column.DEGREE, "unknown-degree", N_("学位“%(value)s”无法识别，未导入"), value=degree)
    else:
        row.entry.degree_code = known.code


def check_political_status(row: RowExamination) -> None:
    """Political status: kept when known, doubted when not."""
    status = repaired_word(row, Column.POLITICAL_STATUS)
    if not status:
        return
    known = codes.POLITICAL_STATUS.find(status)
    if known is None:
        row.warn(
            Column.POLITICAL_STATUS,
            "unknown-political-status",
            N_("政治面貌“%(value)s”无法识别，未导入"),
            value=status,
        )
    else:
        row.entry.political_code = known.code


def check_post(row: RowExamination) -> None:
    """Post: kept as written, with its code where the table has it."""
    row.entry.post = repaired_word(row, Column.POST)
    known = codes.POST.find(row.entry.post)
    row.entry.post_code = known.code if known else ""


def check_service_dates(row: RowExamination) -> None:
    """Start of work and of enforcement: real, not in the future, in order."""
    working_from = _read_service_date(row, Column.WORKING_FROM)
    enforcing_from = _read_service_date(row, Column.ENFORCING_FROM)
    row.entry.working_from, row.entry.enforcing_from = working_from, enforcing_from
    born_on = row.entry.born_on
    for column, started in ((Column.WORKING_FROM, working_from), (Column.ENFORCING_FROM, enforcing_from)):
        if started is None or born_on is None:
            continue
        if started.last_on <= born_on:
            row.error(
                column,
                "date-order",
                N_("“%(value)s”早于出生日期 %(earlier)s；请核对"),
                value=str(started),
                earlier=born_on.isoformat(),
            )
            return
        if started.last_on.year - born_on.year < LEAST_WORKING_AGE:
            row.warn(
                column,
                "started-young",
                N_("“%(value)s”时未满 14 周岁；请核对"),
                value=str(started),
            )
            return
    if working_from and enforcing_from and enforcing_from.last_on < working_from.first_on:
        row.error(
            Column.ENFORCING_FROM,
            "date-order",
            N_("从事执法工作时间“%(value)s”早于参加工作时间 %(earlier)s；请核对"),
            value=str(enforcing_from),
            earlier=str(working_from),
        )


def _read_service_date(row: RowExamination, column: Column) -> PartialDate | None:
    value = row.value(column)
    if value is None:
        return None
    try:
        reading = read_date(value)
    except InvalidInput as error:
        row.error_from(column, error)
        return None
    if reading.value.first_on > row.on:
        row.error(
            column,
            "future-date",
            N_("日期“%(value)s”晚于 %(today)s；请改为实际日期"),
            value=row.text(column),
            today=row.on.isoformat(),
        )
        return None
    if reading.note == "date-serial":
        row.fix(
            column,
            "date-serial",
            N_("已将日期序号 %(before)s 读作 %(after)s"),
            before=row.text(column),
            after=str(reading.value),
        )
    elif reading.note == "date-short-year":
        row.fix(
            column,
            "date-short-year",
            N_("已将两位年份的 %(before)s 读作 %(after)s"),
            before=row.text(column),
            after=str(reading.value),
        )
    elif reading.note == "date-ambiguous":
        row.warn(
            column,
            "date-ambiguous",
            N_("“%(value)s”可能是 1 月也可能是 10 月，按 %(after)s 导入；请核对"),
            value=row.text(column),
            after=str(reading.value),
        )
    return reading.value


_HAS = frozenset(
    {
        "有",
        "是",
        "已取得",
        "取得",
        "通过",
        "已通过",
        "具有",
        "具备",
        "持有",
        "y",
        "yes",
        "true",
        "1",
        "√",
        "✓",
        "✔",
        "☑",
    }
)
_HAS_NOT = frozenset(
    {"否", "没有", "未取得", "未通过", "无证", "不具有", "不具备", "n", "no", "false", "0", "×", "x", "未"}
)
_LICENCE = re.compile(
    r"(有|取得|持)?\(?[abcＡＢＣ]\)?[证類类]?|.*(法律职业资格|律师资格|司法考试).*(证|[abc]|通过|合格).*"
)


def check_legal_qualification(row: RowExamination) -> None:
    """National legal-professional qualification: yes or no in any wording; doubted when neither."""
    text = repaired_word(row, Column.LEGAL_QUALIFICATION)
    if not text:
        return
    plain = half_width(text).lower()
    if plain in _HAS_NOT or plain.startswith(("无", "未", "没", "否", "不")):
        return
    if plain in _HAS or plain.startswith("有") or _LICENCE.fullmatch(plain):
        row.entry.has_legal_qualification = True
        return
    row.warn(
        Column.LEGAL_QUALIFICATION,
        "unknown-legal-qualification",
        N_("法律职业资格“%(value)s”无法识别，按“无”导入；请填写“有”或“无”"),
        value=text,
    )


def check_phone(row: RowExamination) -> None:
    """Telephone: doubted when it has no usual form; kept as written."""
    phone = repaired_number(row, Column.PHONE)
    row.entry.phone = phone
    if phone and not any(_PHONE.fullmatch(part) for part in re.split(r"[,;、/]", phone)):
        row.warn(Column.PHONE, "phone", N_("联系电话“%(value)s”不像电话号码；请核对"), value=phone)


def keep_school(row: RowExamination) -> None:
    """School: kept as written."""
    row.entry.school = kept_text(row, Column.SCHOOL)


def keep_major(row: RowExamination) -> None:
    """Major: kept as written."""
    row.entry.major = kept_text(row, Column.MAJOR)


def keep_position(row: RowExamination) -> None:
    """Position: kept as written."""
    row.entry.position = kept_text(row, Column.POSITION)


def keep_remarks(row: RowExamination) -> None:
    """Remarks: kept as written."""
    row.entry.remarks = kept_text(row, Column.REMARKS)
