"""The columns a roster may have, the names that offices give them, and what other names probably mean."""

from __future__ import annotations

import re
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
    LEGAL_QUALIFICATION = "legal-qualification"
    PHONE = "phone"
    REMARKS = "remarks"


_NAMES: dict[Column, str] = {
    Column.SERIAL: "序号 编号 序 行号 No No. 顺序号 顺号 人数序号 NO 排序",
    Column.NAME: "姓名 人员姓名 执法人员姓名 执法人员 名字 姓名(中文) 人员名称 职工姓名 持证人 持证人姓名 申领人 申领人姓名 员工姓名 本人姓名 name",
    Column.SEX: "性别 男女 性別 sex gender",
    Column.ETHNIC_GROUP: "民族 民族成份 民族成分 族别 民族名称",
    Column.ID_NUMBER: (
        "身份证号码 身份证号 身份证 公民身份号码 公民身份证号码 公民身份证号 居民身份证号码 居民身份证号 证件号码 "
        "身份证件号码 身份证件号 居民身份证 身份号码 有效身份证件号码 身份证编号 二代身份证号码 二代身份证号 18位身份证号码 "
        "18位身份证号 身份证号码18位 身份证信息 身份证明号码 公民身份号 有效证件号码 身份证件 idnumber idcard"
    ),
    Column.BORN_ON: "出生年月 出生日期 出生年月日 生日 出生时间 出生 生年月日 出生年份 出身年月 出生日",
    Column.AGE: "年龄 周岁 年龄周岁 现年龄 实足年龄 岁数 年纪",
    Column.POLITICAL_STATUS: "政治面貌 政治面目 党派 面貌 政治身份 党团 政治情况 是否党员 党派名称",
    Column.EDUCATION: (
        "学历 文化程度 最高学历 学历层次 全日制学历 学历情况 全日制教育学历 第一学历 受教育程度 教育程度 全日制教育 学历水平 "
        "文化水平 学历名称 现学历 现有学历 取得学历 最高文化程度"
    ),
    Column.EDUCATION_IN_SERVICE: "在职学历 在职教育学历 在职教育 后学历 第二学历 后续学历 在职最高学历",
    Column.DEGREE: "学位 最高学位 学位名称 全日制学位 学位情况 所获学位",
    Column.SCHOOL: (
        "毕业院校 毕业学校 毕业院校系 院校 学校 毕业院校及系 学校名称 毕业院校名称 毕业院校系及专业 毕业院校及专业 毕业学校及专业 "
        "毕业院校专业 毕业院校(系) 就读院校"
    ),
    Column.MAJOR: "所学专业 专业 专业名称 毕业专业 所学专业名称 学习专业 主修专业 专业方向",
    Column.AGENCY: (
        "所在单位 单位 工作单位 执法单位 单位名称 所属单位 执法机构 所在执法单位 所在机构 执法单位名称 所在单位名称 机构名称 "
        "所属机构 工作单位名称 所在执法机构 所属执法机构 单位全称 所在单位全称 现工作单位 执法主体 执法机构名称 "
        "所在执法机构名称 执法主体名称 用人单位 任职单位 现所在单位 隶属单位 所属执法单位 工作机构 "
        "所在大队 执法队伍 执法队伍名称"
    ),
    Column.CATEGORY: (
        "执法门类 门类 执法类别 执法领域 从事执法门类 执法种类 执法类型 执法门类名称 申请执法门类 业务门类 从事执法类别 "
        "行政执法门类 行政执法类别 执法专业 执法业务 执法业务领域 执法业务门类 所属门类 从事门类 执法证门类 申领门类 执法范围 "
        "行政执法类型 执法门类类别"
    ),
    Column.POST: "岗位 执法岗位 工作岗位 岗位类别 岗位名称 所在岗位 岗位类型 现岗位 行政执法岗位 从事岗位",
    Column.POSITION: "职务 现任职务 行政职务 职务名称 职务职级 职级 现任职务职级 担任职务 职务及职级 现职务 职位 现职级 行政级别",
    Column.STAFFING: (
        "编制性质 编制类型 编制 人员性质 编制类别 身份性质 人员编制 人员身份 用工性质 编制情况 人员类别 用工形式 人员类型 "
        "编制身份 编制种类 用编性质 人员编制性质 所属编制 编制形式 用工类型 身份类别"
    ),
    Column.WORKING_FROM: (
        "参加工作时间 工作时间 参加工作年月 参加工作日期 参工时间 何时参加工作 参加工作 参加工作年月日 入职时间 入职日期 "
        "首次参加工作时间 工作年月 参工年月 工作起始时间"
    ),
    Column.ENFORCING_FROM: (
        "从事执法工作时间 从事执法时间 执法工作时间 参加执法时间 从事执法工作年月 从事执法日期 从事行政执法时间 执法时间 "
        "从事行政执法工作时间 参加执法工作时间 从事执法工作日期 从事执法工作起始时间 从事执法年月 开始执法时间 从事执法工作 "
        "从事执法起始时间 开始从事执法时间 从事交通执法时间 从事行政执法工作年月 执法工作年月 进入执法队伍时间 从事执法工作起始年月"
    ),
    Column.LEGAL_QUALIFICATION: (
        "法律职业资格 法律职业资格证 法律职业资格证书 是否取得法律职业资格 有无法律职业资格 国家统一法律职业资格 法律职业资格情况 "
        "是否具有法律职业资格 是否取得法律职业资格证书 国家法律职业资格 司法考试 法考 是否通过司法考试 是否通过法考 法律资格 "
        "法律职业资格类别 是否持有法律职业资格证书 通过国家统一法律职业资格考试"
    ),
    Column.PHONE: (
        "联系电话 电话 手机 手机号码 手机号 联系方式 办公电话 移动电话 电话号码 联系手机 联系号码 手机电话 联系电话手机 "
        "固定电话 本人电话 tel mobile phone"
    ),
    Column.REMARKS: "备注 说明 备考 附注 其他 其它 其他说明 备注说明",
}

_COLUMN_OF: dict[str, Column] = {
    heading_form(name).lower(): column for column, names in _NAMES.items() for name in names.split()
}

_PATTERNS: tuple[tuple[Column, re.Pattern[str], re.Pattern[str] | None], ...] = tuple(
    (column, re.compile(has), re.compile(lacks) if lacks else None)
    for column, has, lacks in (
        (Column.ID_NUMBER, r"身份证|公民身份|身份号", r"地址|有效期|住址|复印|照片|性质|类别"),
        (Column.NAME, r"姓名", r"父|母|配偶|亲属|子女|负责人|联系人|填报|介绍人|曾用|拼音|英文|领导"),
        (Column.SEX, r"性别", None),
        (Column.BORN_ON, r"出生", r"地|籍"),
        (Column.ETHNIC_GROUP, r"民族", None),
        (Column.POLITICAL_STATUS, r"政治面|党派", None),
        (Column.EDUCATION_IN_SERVICE, r"(在职|后).*学历|在职教育", r"时间|院校|专业|证"),
        (Column.EDUCATION, r"学历|文化程度|教育程度", r"时间|院校|专业|证|学位|编号|日期"),
        (Column.DEGREE, r"学位", r"时间|院校|证|编号|学历"),
        (Column.SCHOOL, r"(毕业|就读).*(院校|学校|大学)", r"时间"),
        (Column.MAJOR, r"(所学|主修|毕业).*专业", r"院校|学校|技术"),
        (Column.LEGAL_QUALIFICATION, r"法律职业|法律资格|司法考试|法考", r"时间|编号|号码|日期"),
        (Column.CATEGORY, r"(执法|业务).*(门类|类别|领域|种类)", r"证|人员|编制"),
        (
            Column.ENFORCING_FROM,
            r"(从事|参加|开始|进入).*执法.*(时间|年月|日期|起)",
            r"年限|发证",
        ),
        (Column.WORKING_FROM, r"(参加|参与)工作|参工|入职", r"年限|单位"),
        (Column.STAFFING, r"编制|用工|(人员|身份)(性质|类别|类型)", r"数|单位|人数"),
        (
            Column.AGENCY,
            r"(所在|所属|工作|执法|任职|现).*(单位|机构|部门|支队|大队)|单位名称|机构名称|^部门(名称)?$",
            r"电话|地址|代码|编码|编号|性质|类型|类别|级别|负责|时间|意见|盖章|岗位|职务",
        ),
        (Column.POST, r"岗位", r"时间|培训|等级|工资|证"),
        (Column.POSITION, r"职务|职级", r"时间|工资|日期|年月"),
        (Column.PHONE, r"电话|手机|联系方式|移动", r"紧急|单位|家庭"),
        (Column.AGE, r"年龄|周岁", None),
        (Column.REMARKS, r"备注", None),
    )
)
"""What a heading that is in no list probably means: a word it has, and words that it must not have."""

LONGEST_GUESSED = 20


def column_named(heading: str) -> Column | None:
    """Return what a heading means; None when the name is not known."""
    return _COLUMN_OF.get(heading_form(heading).lower())


def column_guessed(heading: str) -> Column | None:
    """Return what a heading that is not known by name probably means; None when nothing speaks for anything."""
    form = heading_form(heading)
    if not form or len(form) > LONGEST_GUESSED:
        return None
    for column, has, lacks in _PATTERNS:
        if has.search(form) and not (lacks and lacks.search(form)):
            return column
    return None
