"""An officer's record sheet 登记表 as of a day, in the words of the person who prints it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.officers.models import Document, Officer
from warrant.apps.officers.selectors.documents import document_content
from warrant.apps.officers.selectors.entries import entries_of, faces_of
from warrant.apps.officers.selectors.history import FIELDS, end_of, true_on, unit_names, versions_of
from warrant.apps.officers.selectors.register import code_name, educations_of
from warrant.core.errors import N_, InvalidInput, Unavailable
from warrant.core.ports import PaperSection, RecordSheet
from warrant.core.record import KINDS, EntryKind
from warrant.core.standards import codes

SheetSections = list[tuple[int, PaperSection]]
SectionProvider = Callable[[Officer, date], SheetSections]
"""Returns sections with their places on the sheet, as things stood at the end of the day.

Named in ``settings.WARRANT_RECORD_SHEET_SECTIONS``; the caller has checked that the viewer may see the officer. Own
sections stand at 10 (education), 20 (posts held), 50 to 95 (other entries); training 30, examinations 40, certificates
100, the way to the qualification 110.
"""

_PAIRS = (
    "name",
    "sex",
    "birth",
    "ethnicity",
    "political",
    "id-number",
    "education",
    "degree",
    "school",
    "major",
    "unit",
    "post",
    "position",
    "staffing",
    "categories",
    "work",
    "enforcement",
    "arrived",
    "legal",
    "phone",
    "certificate",
    "certificate_state",
    "valid_until",
    "reviewed",
    "state",
    "remark",
)
"""In the order of the paper form. Source: assumption; offices use forms of their own with these items."""

_WIDE = frozenset({"unit", "categories", "remark"})
_PLACES = {
    EntryKind.SERVICE: 20,
    EntryKind.REWARD: 50,
    EntryKind.PUNISHMENT: 60,
    EntryKind.ASSESSMENT: 70,
    EntryKind.ANNUAL_REVIEW: 80,
    EntryKind.LEGAL_QUALIFICATION: 90,
    EntryKind.OTHER_CERTIFICATE: 95,
}
_SHARES = {"text": 5, "code": 4, "day": 3, "year": 2}


def _text_of(
    key: str, content: Mapping[str, Any], units: Mapping[int, str], id_number: str
) -> tuple[str, str]:
    if key == "id-number":
        return _("身份证号码"), id_number
    field = FIELDS[key]
    return _(field.label), field.text(content, units)


def _education(officer: Officer, on: date) -> PaperSection:
    rows = [
        (
            row.graduated_on.isoformat(),
            row.school,
            row.major,
            code_name(codes.EDUCATION, row.education),
            code_name(codes.DEGREE, row.degree),
        )
        for row in educations_of(officer)
        if row.graduated_on <= on
    ]
    heads = (_("毕业日期"), _("毕业院校"), _("所学专业"), _("学历"), _("学位"))
    return PaperSection(_("学历"), heads, (3, 6, 5, 4, 4), rows)


def _entries(officer: Officer, on: date) -> SheetSections:
    """Return a section for every kind of entry, with what counted at the end of the day."""
    faces = [
        face
        for face in faces_of(entries_of(officer), end_of(on))
        if face.is_valid and face.entry.from_on <= on
    ]
    return [
        (
            place,
            PaperSection(
                _(KINDS[kind].title),
                [_(field.label) for field in KINDS[kind].fields],
                [_SHARES[field.type.value] for field in KINDS[kind].fields],
                [
                    [face.cells[field.name] for field in KINDS[kind].fields]
                    for face in faces
                    if face.kind is KINDS[kind]
                ],
            ),
        )
        for kind, place in _PLACES.items()
    ]


def _photo(content: Mapping[str, Any]) -> bytes | None:
    number: int | None = content.get("photo_id")
    document = Document.system.filter(pk=number).first() if number is not None else None
    if document is None:
        return None
    try:
        return document_content(document)
    except Unavailable:
        return None  # a sheet without the photo is better than none; the frame says that it is missing


def record_sheet(officer: Officer, on: date, *, id_number: str, foot: str) -> RecordSheet:
    """Return the sheet as the record was at the end of ``on``, as far as it is known today.

    ``id_number`` is printed as given; the caller has decided how much of it may be seen.

    Raises:
        InvalidInput: the register knows nothing of that day; ``place`` is ``on``.
    """
    content = true_on(versions_of(officer), on)
    if content is None:
        raise InvalidInput(
            "day-before-register", N_("登记册没有这一天的基本信息，请选较晚的日期"), place="on"
        )
    units = unit_names([content])
    pairs = {key: _text_of(key, content, units, id_number) for key in _PAIRS}
    sections = [(10, _education(officer, on)), *_entries(officer, on)]
    for path in getattr(settings, "WARRANT_RECORD_SHEET_SECTIONS", ()):
        provider: SectionProvider = import_string(path)
        sections.extend(provider(officer, on))
    return RecordSheet(
        title=_("交通运输行政执法人员登记表"),
        subtitle=_("%(unit)s　　情况截至 %(day)s") % {"unit": pairs["unit"][1], "day": on.isoformat()},
        photo=_photo(content),
        photo_label=_("照片"),
        pairs=list(pairs.values()),
        wide=frozenset(pairs[key][0] for key in _WIDE),
        sections=[section for _place, section in sorted(sections, key=lambda entry: entry[0])],
        signatures=(
            _("本人确认（签字）：\n\n年　　月　　日"),
            _("所在单位意见（盖章）：\n\n年　　月　　日"),
            _("发证机关意见（盖章）：\n\n年　　月　　日"),
        ),
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        nothing=_("无"),
    )
