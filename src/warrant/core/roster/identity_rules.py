"""Rules about who the person is: name, identity number, sex, birth date, ethnic group."""

from __future__ import annotations

import re
from datetime import date

from warrant.core.errors import N_, InvalidInput
from warrant.core.roster.columns import Column
from warrant.core.roster.dates import read_date
from warrant.core.roster.repairs import repaired_id, repaired_name, repaired_word
from warrant.core.roster.row import RowExamination
from warrant.core.roster.text import NAME_DOT, is_ideograph, is_private_use, text_of
from warrant.core.standards import codes, id_number, retirement

LONGEST_NAME = 40
LEAST_AGE = 18
LEAST_RETIREMENT_AGE = 50
"""Nobody's latest day lies before it (women in blue-collar posts, before the reform of 2025)."""
FORMULA_SIGNS = "=+-@"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_USUAL_NAME = re.compile(r"[\u4e00-\u9fff]{2,20}")
_SOUND = re.compile(r"[0-9]{17}[0-9X]")
_EXACT_FLOAT = 10**15
"""Spreadsheets keep 15 digits of a number; the rest of an 18-digit one is lost and cannot be restored."""


def check_name(row: RowExamination) -> None:
    """Name: present, Chinese characters joined by the name dot. Rare characters of every extension are fine."""
    text = row.text(Column.NAME).lstrip(FORMULA_SIGNS)
    if not text.strip():
        row.error(Column.NAME, "missing-name", N_("姓名为空；请按居民身份证填写姓名"))
        return
    name = repaired_name(row, text)
    row.entry.name = name
    if _USUAL_NAME.fullmatch(name):
        return
    private = [character for character in name if is_private_use(character)]
    if private:
        row.error(
            Column.NAME,
            "name-private-use",
            N_("姓名“%(value)s”含有仅在个别电脑上可见的自造字（%(character)s）；请改用国家标准编码的汉字"),
            value=name,
            character=f"U+{ord(private[0]):04X}",
        )
        return
    odd = [character for character in name if not is_ideograph(character) and character != NAME_DOT]
    misplaced_dot = name.startswith(NAME_DOT) or name.endswith(NAME_DOT) or NAME_DOT * 2 in name
    if odd or misplaced_dot or len(name) > LONGEST_NAME:
        row.error(
            Column.NAME,
            "name-characters",
            N_(
                "姓名“%(value)s”含有不允许的字符“%(character)s”；姓名只能由汉字和间隔号“·”组成，请按居民身份证填写"
            ),
            value=name,
            character=odd[0] if odd else NAME_DOT,
        )
    elif len(name) == 1:
        row.warn(Column.NAME, "name-short", N_("姓名“%(value)s”只有一个字；请核对是否漏字"), value=name)


def check_identity(row: RowExamination) -> None:
    """Identity number, then sex and birth date against it. A wrong number is the only finding about the three."""
    number = _read_id_number(row)
    if number is None:
        _check_sex(row, None)
        _check_birth(row, None)
        return
    row.entry.id_number = number.text
    row.entry.born_on = number.born_on
    if number.born_on > row.on:
        row.error(
            Column.ID_NUMBER,
            "id-date",
            N_("身份证号码 %(value)s 中的出生日期 %(born_on)s 晚于今天；请对照居民身份证改正"),
            value=number.text,
            born_on=number.born_on.isoformat(),
        )
        return
    _check_sex(row, number)
    _check_birth(row, number)
    _check_age(row, number.born_on, number.sex_code)


def _read_id_number(row: RowExamination) -> id_number.IdNumber | None:
    value = row.value(Column.ID_NUMBER)
    text = text_of(value)
    if not text:
        row.error(Column.ID_NUMBER, "missing-id", N_("身份证号码为空；请填写 18 位居民身份证号码"))
        return None
    if isinstance(value, str) and _SOUND.fullmatch(value):
        try:
            return id_number.check(text)
        except InvalidInput as error:
            row.error_from(Column.ID_NUMBER, error)
            return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if (is_number and len(text) != 15 and abs(float(text)) >= _EXACT_FLOAT) or _SCIENTIFIC.fullmatch(
        text.strip()
    ):
        row.error(
            Column.ID_NUMBER,
            "id-precision-lost",
            N_(
                "身份证号码被电子表格存成了数值（%(value)s），后几位已丢失，无法恢复；请先把该列设为“文本”格式，再重新录入完整的 18 位号码"
            ),
            value=text,
        )
        return None
    try:
        return id_number.check(repaired_id(row, text))
    except InvalidInput as error:
        row.error_from(Column.ID_NUMBER, error)
        return None


def _check_sex(row: RowExamination, number: id_number.IdNumber | None) -> None:
    text = repaired_word(row, Column.SEX)
    if not text:
        if number is not None:
            row.entry.sex_code = number.sex_code
            if row.has_column(Column.SEX):
                after = codes.SEX.by_code(number.sex_code).name
                row.fix(
                    Column.SEX,
                    "sex-filled",
                    N_("性别为空，已按身份证号码补为“%(after)s”"),
                    before="",
                    after=after,
                )
        return
    sex = codes.SEX.find(text)
    if sex is None or sex.code not in retirement.GROUP_OF_SEX:
        row.error(Column.SEX, "unknown-sex", N_("性别“%(value)s”无法识别；请填写“男”或“女”"), value=text)
        return
    row.entry.sex_code = sex.code
    if number is not None and sex.code != number.sex_code:
        row.error(
            Column.SEX,
            "sex-mismatch",
            N_("性别填“%(value)s”，但身份证号码第 17 位表明为“%(expected)s”；请核对性别和身份证号码"),
            value=text,
            expected=codes.SEX.by_code(number.sex_code).name,
        )


def _check_birth(row: RowExamination, number: id_number.IdNumber | None) -> None:
    value = row.value(Column.BORN_ON)
    if value is None:
        if number is not None and row.has_column(Column.BORN_ON):
            after = number.born_on.isoformat()
            row.fix(
                Column.BORN_ON,
                "birth-filled",
                N_("出生日期为空，已按身份证号码补为 %(after)s"),
                before="",
                after=after,
            )
        return
    try:
        reading = read_date(value)
    except InvalidInput as error:
        row.error_from(Column.BORN_ON, error)
        return
    if number is None or reading.value.covers(number.born_on):
        return
    agrees_as_january = reading.note == "date-ambiguous" and number.born_on.month == 1
    if agrees_as_january and number.born_on.year == reading.value.year:
        return
    row.error(
        Column.BORN_ON,
        "birth-mismatch",
        N_("出生日期填“%(value)s”，但身份证号码表明为 %(expected)s；请核对出生日期和身份证号码"),
        value=row.text(Column.BORN_ON),
        expected=number.born_on.isoformat(),
    )


def _check_age(row: RowExamination, born_on: date, sex_code: str) -> None:
    age = row.on.year - born_on.year - ((row.on.month, row.on.day) < (born_on.month, born_on.day))
    if age < LEAST_AGE:
        row.warn(
            Column.ID_NUMBER,
            "under-age",
            N_("按身份证号码今年 %(age)s 周岁，未满 18 周岁，不能申领执法证件"),
            age=age,
        )
    elif age >= LEAST_RETIREMENT_AGE and row.on > retirement.latest_on(born_on, sex_code):
        row.warn(
            Column.BORN_ON if row.has_column(Column.BORN_ON) else Column.ID_NUMBER,
            "over-retirement",
            N_("按身份证号码今年 %(age)s 周岁，已超过最迟退休日期 %(latest_on)s；请核实是否仍在岗"),
            age=age,
            latest_on=retirement.latest_on(born_on, sex_code).isoformat(),
        )


def check_ethnic_group(row: RowExamination) -> None:
    """Ethnic group: one of the code table, with or without 族."""
    text = repaired_word(row, Column.ETHNIC_GROUP)
    if not text:
        return
    found = codes.ETHNIC_GROUP.find(text)
    if found is None:
        row.error(
            Column.ETHNIC_GROUP,
            "unknown-ethnic-group",
            N_("民族“%(value)s”不在国家标准民族代码中；请填写规范名称，如“汉族”"),
            value=text,
        )
    else:
        row.entry.ethnic_code = found.code
