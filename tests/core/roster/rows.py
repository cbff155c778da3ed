"""A small roster to plant one thing in. All people are made up."""

from datetime import date

from warrant.core.roster.checking import check_roster
from warrant.core.roster.grid import Sheet

ON = date(2026, 11, 22)
HEADINGS = [
    "序号",
    "姓名",
    "性别",
    "身份证号码",
    "出生年月",
    "民族",
    "学历",
    "所在单位",
    "执法门类",
    "编制性质",
    "参加工作时间",
    "从事执法工作时间",
    "联系电话",
    "备注",
]
GOOD = {
    "序号": 1.0,
    "姓名": "许波",
    "性别": "女",
    "身份证号码": "329923197201110221",
    "出生年月": "19720111",
    "民族": "汉族",
    "学历": "大学本科",
    "所在单位": "苏州市交通运输局",
    "执法门类": "公路路政",
    "编制性质": "公务员",
    "参加工作时间": "1995-08-03",
    "从事执法工作时间": "2000/1/14",
    "联系电话": "19900006042",
    "备注": "",
}
SECOND = GOOD | {
    "姓名": "邓波",
    "性别": "男",
    "身份证号码": "32990419860328019X",
    "出生年月": "1986/3/28",
    "参加工作时间": "2008.11",
    "从事执法工作时间": "2015-02",
}


def find_agency(name):
    return {"苏州市交通运输局": "320500", "昆山市交通运输局": "320583"}.get(name)


def sheet_of(*people, headings=None, above=(), below=(), name="花名册", **more):
    heads = headings or HEADINGS
    rows = [*above, list(heads), *([person.get(head, "") for head in heads] for person in people), *below]
    return Sheet(name=name, rows=rows, **more)


def check(*sheets):
    return check_roster(sheets, ON, find_agency)


def found(*sheets):
    return [(finding.row, finding.severity.value, finding.code) for finding in check(*sheets).findings]


def found_in(changed):
    """What is found in a good row with some cells changed."""
    return [(severity, code) for _, severity, code in found(sheet_of(GOOD | changed))]
