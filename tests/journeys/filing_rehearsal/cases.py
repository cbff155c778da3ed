"""Prepare cases in a province, through its services: ``python -m tests.journeys.filing_rehearsal.cases COUNT``.

Runs as the node that the environment names; prints the application numbers as JSON. Each case has its photo and its
proofs and waits for the provincial approver.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warrant.nodes.start import prepare_django

prepare_django()

from django.utils import timezone

from warrant.adapters.made_up_portraits import portrait
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.services import create_application, submit
from warrant.apps.applications.types import DECLARATIONS
from warrant.apps.examinations.services import claim_result, decide_claim
from warrant.apps.examinations.types import ExaminationEntry
from warrant.apps.officers.services.educations import add_education_record
from warrant.apps.officers.services.register import enter_officer, set_photo
from warrant.apps.training.services import record_training
from warrant.apps.training.types import Proof, TrainingEntry
from warrant.core.standards.id_number import check_character

NAMES = "林书白 陈予安 赵明澈 魏清和 沈知微 顾庭芳 陆怀瑾 宋知远 许安然 何书悦 苏念安 方以宁"
FAMILIES, GIVEN = (
    "江方白温丁叶崔秦尹吕汤石姚罗冯杜严宋钱俞",
    "一鸣 若水 明哲 守信 如玉 静远 知行 月明 若溪 行之",
)
PROOF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<<>>\n%%EOF\n"
STATEMENT = "该同志政治合格，遵纪守法，身体健康，在编在职，同意申领执法证件。"


def names(count: int) -> list[str]:
    """Return up to 212 names, no two alike."""
    more = [family + given for given in GIVEN.split() for family in FAMILIES]
    return [*NAMES.split(), *more][:count]


@dataclass(frozen=True)
class Desk:
    """Where cases are entered: the registrar's user name, the agency of the officers, and their category (word, code)."""

    username: str
    agency: str
    category: str
    code: str


PROVINCIAL = Desk("registrar", "江苏省交通运输综合行政执法监督局", "交通综合行政执法", "08")


def prepare_draft(place: int, name: str, desk: Desk = PROVINCIAL) -> str:
    """Enter the officer, the proofs and a draft of the application that only wants the statement; return its number."""
    now = timezone.now()
    today = timezone.localdate(now)
    clerk = actor_for(Account.objects.get(username=desk.username))
    manager = actor_for(Account.objects.get(username="training"))
    born = date(
        1975 + place % 20, 1 + place % 12, 1 + place * 7 % 28
    )  # unlike each other: nobody is a double
    body = f"329901{born:%Y%m%d}{2 * place + 101:03d}"
    officer, _ = enter_officer(
        clerk,
        {
            "name": name,
            "id_number": body + check_character(body),
            "education": "大学本科毕业",
            "agency": desk.agency,
            "categories": desk.category,
            "post": "执法岗",
            "staffing": "公务员",
        },
        on=today,
        now=now,
    )
    set_photo(clerk, officer.pk, portrait(place, "male"), "photo.jpg", now=now)
    education = {
        "education": "21",
        "degree": "",
        "school": "长安大学",
        "major": "法学",
        "graduated_on": date(2012, 6, 30),
    }
    proof = PROOF + str(place).encode()
    add_education_record(clerk, officer.pk, education, proof, "diploma.pdf", on=today, now=now)
    course = TrainingEntry("岗前培训", "江苏省交通运输厅", 64, date(2026, 8, 3), date(2026, 8, 14))
    record_training(clerk, officer.pk, course, Proof(proof, "training.pdf"), now=now)
    for paper, day in (("special-law", date(2026, 9, 1)), ("general-law", date(2026, 9, 15))):
        result = ExaminationEntry(paper, day, "江苏省交通运输厅", Decimal("81.5"))
        claim = claim_result(clerk, officer.pk, result, Proof(proof, "result.pdf"), now=now)
        decide_claim(manager, claim.pk, "confirm", now=now)
    return create_application(clerk, officer.pk, [desk.code], now=now).number


def prepare_case(place: int, name: str, desk: Desk = PROVINCIAL) -> str:
    """Prepare a draft and submit it; return its number."""
    number = prepare_draft(place, name, desk)
    clerk = actor_for(Account.objects.get(username=desk.username))
    return submit(clerk, number, STATEMENT, dict.fromkeys(DECLARATIONS, True), now=timezone.now()).number


if __name__ == "__main__":
    wanted = names(int(sys.argv[1]))
    sys.stdout.write(json.dumps([prepare_case(place, name) for place, name in enumerate(wanted, start=1)]))
