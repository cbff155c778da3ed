"""The sheets that ship: that of a person and that of a unit; a province lays its differences over them."""

from __future__ import annotations

from warrant.core.regulation.document import Content


def _item(code: str, zh: str, en: str, points: int, judging: str) -> dict[str, object]:
    return {"id": code, "title": {"zh": zh, "en": en}, "points": points, "judging": judging}


def _veto(code: str, zh: str, en: str) -> dict[str, object]:
    return {"id": code, "title": {"zh": zh, "en": en}}


_BASIS = {
    "zh": "交通运输行政执法评议考核规定（2010年）；公务员法第三十八条；项目、分值和比例为假定",
    "en": "Rules on the assessment of transport enforcement (2010); Civil Servant Law, Art. 38; items, points and shares assumed",
}

NATIONAL: Content = {
    "lines": [
        {
            "id": "person",
            "title": {"zh": "执法人员年度考核表", "en": "Yearly assessment of an officer"},
            "basis": _BASIS,
            "is_assumption": True,
            "items": [
                _item("conduct", "政治素质与职业道德", "Integrity and ethics", 20, "performance"),
                _item("law", "法律知识与培训", "Legal knowledge and training", 20, "records"),
                _item("quality", "执法质量与案卷", "Quality of enforcement and files", 30, "deduction"),
                _item("diligence", "工作实绩与出勤", "Results and attendance", 20, "performance"),
                _item("manner", "执法风纪与服务", "Manner and service", 10, "deduction"),
            ],
            "vetoes": [
                _veto("discipline", "受记大过以上处分", "Serious disciplinary measure"),
                _veto("unlawful", "违法执法造成严重后果", "Unlawful enforcement with serious consequences"),
                _veto("lending", "转借、涂改执法证件", "Certificate lent or altered"),
            ],
            "bands": [
                {"band": "excellent", "least": 90},
                {"band": "competent", "least": 70},
                {"band": "basically-competent", "least": 60},
                {"band": "incompetent", "least": 0},
            ],
            "best_share_percent": 20,
            "newcomer_months": 6,
            "deadline_month": 3,
            "deadline_day": 31,
            "first_year": 2026,
            "objection_workdays": 15,
        },
        {
            "id": "agency",
            "title": {"zh": "单位执法评议考核表", "en": "Yearly assessment of a unit"},
            "basis": _BASIS,
            "is_assumption": True,
            "items": [
                _item("licensing", "行政许可", "Licensing", 20, "deduction"),
                _item("penalties", "行政处罚与强制", "Penalties and coercive measures", 30, "deduction"),
                _item("supervision", "执法监督与责任追究", "Supervision and accountability", 20, "records"),
                _item("institutions", "制度建设与持证上岗", "Rules, and certificates on duty", 20, "records"),
                _item("outside", "外部评议", "Judgement from outside", 10, "performance"),
            ],
            "vetoes": [
                _veto("uncertified", "安排无证人员执法", "People without certificate sent to enforce"),
                _veto("incident", "违法执法引发重大事件", "Grave incident through unlawful enforcement"),
            ],
            "bands": [
                {"band": "excellent", "least": 90},
                {"band": "up-to-standard", "least": 60},
                {"band": "below-standard", "least": 0},
            ],
            "best_share_percent": 30,
            "newcomer_months": 6,
            "deadline_month": 3,
            "deadline_day": 31,
            "first_year": 2026,
        },
    ]
}
"""What ships; a province lays its differences over it."""
