"""The columns a roster may have, and the names that offices give them."""

from __future__ import annotations

from enum import StrEnum

from warrant.core.roster.text import heading_form


class Column(StrEnum):
    """What a column means. ``SERIAL`` and ``AGE`` are known so that they can be left aside."""

    SERIAL = "serial"
    NAME = "name"
    SEX = "sex"
    ETHNIC_GROUP = "ethnic-group"
    ID_NUMBER = "id-number"
    BORN_ON = "born-on"
    AGE = "age"
    POLITICAL_STATUS = "political-status"
    EDUCATION = "education"
    EDUCATION_IN_SERVICE = "education-in-service"
    DEGREE = "degree"
    SCHOOL = "school"
    MAJOR = "major"
    AGENCY = "agency"
    CATEGORY = "category"
    POST = "post"
    POSITION = "position"
    STAFFING = "staffing"
    WORKING_FROM = "working-from"
    ENFORCING_FROM = "enforcing-from"
    PHONE = "phone"
    REMARKS = "remarks"


_NAMES: dict[Column, str] = {
    Column.SERIAL: "序号 编号 序 行号 No No. 顺序号",
    Column.NAME: "姓名 人员姓名 执法人员姓名 执法人员 名字 姓名(中文)",
    Column.SEX: "性别",
    Column.ETHNIC_GROUP: "民族 民族成份 民族成分 族别",
    Column.ID_NUMBER: (
        "身份证号码 身份证号 身份证 公民身份号码 公民身份证号码 公民身份证号 居民身份证号码 居民身份证号 证件号码 "
        "身份证件号码 身份证件号 居民身份证 身份号码 有效身份证件号码"
    ),
    Column.BORN_ON: "出生年月 出生日期 出生年月日 生日 出生时间 出生",
    Column.AGE: "年龄 周岁 年龄周岁 现年龄",
    Column.POLITICAL_STATUS: "政治面貌 政治面目 党派 面貌",
    Column.EDUCATION: (
        "学历 文化程度 最高学历 学历层次 全日制学历 学历情况 全日制教育学历 第一学历 受教育程度 教育程度 全日制教育 学历水平"
    ),
    Column.EDUCATION_IN_SERVICE: "在职学历 在职教育学历 在职教育 后学历 第二学历",
    Column.DEGREE: "学位 最高学位 学位名称 全日制学位",
    Column.SCHOOL: "毕业院校 毕业学校 毕业院校系 院校 学校 毕业院校及系 学校名称 毕业院校名称 毕业院校系及专业 毕业院校及专业",
    Column.MAJOR: "所学专业 专业 专业名称 毕业专业 所学专业名称",
    Column.AGENCY: (
        "所在单位 单位 工作单位 执法单位 单位名称 所属单位 执法机构 所在执法单位 所在机构 执法单位名称 所在单位名称 机构名称 "
        "所属机构 工作单位名称 所在执法机构 所属执法机构 单位全称 所在单位全称 现工作单位 所在部门 执法主体"
    ),
    Column.CATEGORY: (
        "执法门类 门类 执法类别 执法领域 从事执法门类 执法种类 执法类型 执法门类名称 申请执法门类 业务门类 从事执法类别"
    ),
    Column.POST: "岗位 执法岗位 工作岗位 岗位类别 岗位名称 所在岗位 岗位类型",
    Column.POSITION: "职务 现任职务 行政职务 职务名称 职务职级 职级 现任职务职级 担任职务 职务及职级",
    Column.STAFFING: "编制性质 编制类型 编制 人员性质 编制类别 身份性质 人员编制 人员身份 用工性质 编制情况 人员类别 用工形式",
    Column.WORKING_FROM: "参加工作时间 工作时间 参加工作年月 参加工作日期 参工时间 何时参加工作 参加工作",
    Column.ENFORCING_FROM: (
        "从事执法工作时间 从事执法时间 执法工作时间 参加执法时间 从事执法工作年月 从事执法日期 从事行政执法时间 执法时间 "
        "从事行政执法工作时间 参加执法工作时间 从事执法工作日期 从事执法工作起始时间 从事执法年月 开始执法时间 从事执法工作"
    ),
    Column.PHONE: "联系电话 电话 手机 手机号码 手机号 联系方式 办公电话 移动电话 电话号码 联系手机",
    Column.REMARKS: "备注 说明 备考 附注",
}

_COLUMN_OF: dict[str, Column] = {
    heading_form(name): column for column, names in _NAMES.items() for name in names.split()
}


def column_named(heading: str) -> Column | None:
    """Return what a heading means; None when the name is not known."""
    return _COLUMN_OF.get(heading_form(heading))
