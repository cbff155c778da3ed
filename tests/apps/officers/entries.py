"""What a registrar types for made-up people."""

from __future__ import annotations

from typing import Any

ID_NUMBER = "329901199005011235"


def entry(**changes: str) -> dict[str, str]:
    """A good entry; the ID number says male, born 1990-05-01."""
    return {
        "name": "单书白",
        "id_number": ID_NUMBER,
        "ethnicity": "01",
        "political_status": "01",
        "education": "21",
        "degree": "3",
        "school": "河海大学",
        "major": "法学",
        "agency": "昆山市交通运输综合行政执法大队",
        "categories": "01、02",
        "post": "执法岗",
        "position": "一级主任科员",
        "staffing": "civil-servant",
        "work_started": "2012-07",
        "enforcement_started": "2015-03-01",
        "phone": "13800000000",
        "remark": "",
        **changes,
    }


def posted(**changes: Any) -> dict[str, Any]:
    """The same as a browser sends it."""
    return {**entry(), "categories": ["01", "02"], **changes}
