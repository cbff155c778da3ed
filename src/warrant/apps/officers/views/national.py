"""Doubles across provinces: the ministry's list and decisions, the province's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.models import NationalDuplicate, Officer, ReportedDuplicate
from warrant.apps.officers.selectors.listing_columns import OFFICER_STATE_WORDS
from warrant.apps.officers.selectors.national_duplicates import (
    GROUND_WORDS,
    STATE_WORDS,
    may_report,
    national_duplicate_for,
    national_duplicates,
    reported_duplicate_for,
    reported_duplicates,
)
from warrant.apps.officers.selectors.register import category_names
from warrant.apps.officers.selectors.sealing import masked_id_number
from warrant.apps.officers.services.national import (
    LONGEST_TEXT,
    answer_duplicate,
    dismiss_pair,
    inform_provinces,
)
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import NATIONAL_DUPLICATE, NationalDuplicateState


class PairFilterForm(forms.Form):
    """Which pairs are shown."""

    state = forms.ChoiceField(label=_("处理情况"), required=False)
    ground = forms.ChoiceField(label=_("依据"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        every = [("", translate("全部"))]
        states = [(state, translate(word)) for state, (word, _tone) in STATE_WORDS.items()]
        grounds = [(ground, translate(word)) for ground, word in GROUND_WORDS.items()]
        self.fields["state"] = forms.ChoiceField(
            label=translate("处理情况"), required=False, choices=every + states
        )
        self.fields["ground"] = forms.ChoiceField(
            label=translate("依据"), required=False, choices=every + grounds
        )


class NoteForm(forms.Form):
    """What the provinces are told, or why a pair is set aside."""

    note = forms.CharField(
        label=_("说明"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3})
    )


class AnswerForm(forms.Form):
    """What became of the ministry's report."""

    answer = forms.CharField(
        label=_("核实结果"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3})
    )


def _state(pair: NationalDuplicate) -> dict[str, str]:
    word, tone = STATE_WORDS[pair.state]
    return {"word": translate(word), "tone": tone}


def _province(officer: Officer) -> str:
    return officer.agency.province.name if officer.agency.province else officer.owner_node


def _person_state(state: str) -> dict[str, str]:
    word, tone = OFFICER_STATE_WORDS.get(state, (state, "ended"))
    return {"word": translate(word), "tone": tone}


@permission_for_view(Permission.DUPLICATE_VIEW)
@require_safe
def national_duplicate_list(request: HttpRequest) -> HttpResponse:
    """Every pair of records in two provinces that seem to be one person."""
    form = PairFilterForm(request.GET)
    form.is_valid()
    chosen = {key: value for key, value in form.cleaned_data.items() if value}
    page = keyset_page(national_duplicates(actor_of(request), **chosen), "-id", request.GET.get("after", ""))
    url = reverse("national-duplicates")

    def address(key: str) -> str:
        return f"{url}?{urlencode({**chosen, 'after': key})}" if key else ""

    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": translate("跨省重复"),
            "filters": form,
            "list_url": url,
            "columns": [
                {"key": "name", "label": translate("姓名")},
                {"key": "ground", "label": translate("依据")},
                {"key": "first", "label": translate("一方"), "kind": "clip"},
                {"key": "second", "label": translate("另一方"), "kind": "clip"},
                {"key": "found_at", "label": translate("发现时间"), "kind": "instant"},
                {"key": "state", "label": translate("处理情况"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("national-duplicate", args=[pair.pk]),
                    "name": pair.first.name
                    if pair.first.name == pair.second.name
                    else f"{pair.first.name} / {pair.second.name}",
                    "ground": translate(GROUND_WORDS[pair.ground]),
                    "first": f"{_province(pair.first)} {pair.first.agency.name}",
                    "second": f"{_province(pair.second)} {pair.second.agency.name}",
                    "found_at": pair.found_at,
                    "state": _state(pair),
                }
                for pair in page.rows
            ],
            "table_name": "national-duplicates",
            "count_text": translate("共 %(count)s 对") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "empty_title": translate("没有发现跨省重复"),
            "empty_step": translate("各省人员数据到达时自动比对"),
            "empty_url": "",
        },
    )


def _side(officer: Officer, answer: str) -> dict[str, Any]:
    return {
        "url": reverse("officer-detail", args=[officer.pk]),
        "province": _province(officer),
        "state": _person_state(officer.state),
        "facts": [
            (translate("姓名"), officer.name),
            (translate("单位"), officer.agency.name),
            (translate("出生日期"), officer.birth_on.isoformat()),
            (translate("身份证号码"), masked_id_number(officer)),
            (translate("执法门类"), category_names(officer)),
            (translate("证件编号"), officer.certificate_number),
            (translate("登记时间"), localtime(officer.entered_at).strftime("%Y-%m-%d %H:%M")),
            (translate("该省答复"), answer),
        ],
    }


def _crumbs() -> list[dict[str, str]]:
    return [{"label": translate("跨省重复"), "url": reverse("national-duplicates")}]


@permission_for_view(Permission.DUPLICATE_VIEW)
@require_safe
def national_duplicate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair: both records side by side, what was asked and what was answered."""
    actor = actor_of(request)
    pair = national_duplicate_for(actor, pk)
    actions = NATIONAL_DUPLICATE.actions_from(NationalDuplicateState(pair.state)) if may_report(actor) else ()
    return render_page(
        request,
        "officers/national_pair.jinja",
        {
            "page_title": translate("跨省重复：%(name)s") % {"name": pair.first.name},
            "breadcrumbs": _crumbs(),
            "state": _state(pair),
            "ground": translate(GROUND_WORDS[pair.ground]),
            "pair": pair,
            "sides": [_side(pair.first, pair.first_answer), _side(pair.second, pair.second_answer)],
            "actions": [
                {
                    "label": translate(row.label),
                    "url": reverse("national-duplicate-act", args=[pk, row.action]),
                    "kind": "primary" if row.action == "inform" else "",
                }
                for row in actions
                if row.permission is not None
            ],
        },
    )


_Act = Callable[..., NationalDuplicate]
_ACTS: dict[str, tuple[_Act, str, str, str]] = {
    "inform": (
        inform_provinces,
        N_("通知两省核实？"),
        N_("通知随数据交换送达两省，出现在其审查、审批人员的待办中"),
        N_("已通知%(first)s和%(second)s"),
    ),
    "dismiss": (
        dismiss_pair,
        N_("认定这两条记录不是同一人？"),
        N_("今后不再提示这一对记录"),
        N_("已认定不是同一人"),
    ),
}


@permission_for_view(Permission.DUPLICATE_REPORT)
@require_http_methods(["GET", "POST"])
def national_duplicate_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Tell both provinces, or set the pair aside."""
    actor = actor_of(request)
    pair = national_duplicate_for(actor, pk)
    if action not in _ACTS:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    NATIONAL_DUPLICATE.next_state(action, pair.state)
    act, question, consequence, done = _ACTS[action]
    form = NoteForm(request.POST if request.method == "POST" else None)
    names = {"first": _province(pair.first), "second": _province(pair.second)}
    if request.method == "POST" and form.is_valid():
        try:
            act(actor, pk, form.cleaned_data["note"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, translate(done) % names if "%" in done else translate(done))
            return redirect("national-duplicate", pk=pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": translate(NATIONAL_DUPLICATE.transition(action).label),
            "breadcrumbs": [
                *_crumbs(),
                {"label": pair.first.name, "url": reverse("national-duplicate", args=[pk])},
            ],
            "question": translate(question),
            "consequences": [translate(consequence)],
            "form": form,
            "confirm_label": translate(NATIONAL_DUPLICATE.transition(action).label),
            "cancel_url": reverse("national-duplicate", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _answer_state(row: ReportedDuplicate) -> dict[str, str]:
    if row.answered_at is None:
        return {"word": translate("待答复"), "tone": "waiting"}
    return {"word": translate("已答复"), "tone": "valid"}


@permission_for_view(Permission.DUPLICATE_VIEW)
@require_safe
def reported_duplicate_list(request: HttpRequest) -> HttpResponse:
    """What the ministry told about officers in reach, newest first."""
    page = keyset_page(reported_duplicates(actor_of(request)), "-id", request.GET.get("after", ""))
    url = reverse("reported-duplicates")

    def address(key: str) -> str:
        return f"{url}?{urlencode({'after': key})}" if key else ""

    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": translate("部级通知的重复"),
            "list_url": url,
            "columns": [
                {"key": "name", "label": translate("姓名")},
                {"key": "unit", "label": translate("单位"), "kind": "clip"},
                {"key": "other", "label": translate("外省登记"), "kind": "clip"},
                {"key": "ground", "label": translate("依据")},
                {"key": "received_at", "label": translate("收到时间"), "kind": "instant"},
                {"key": "state", "label": translate("处理情况"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("reported-duplicate", args=[row.pk]),
                    "name": row.officer.name,
                    "unit": row.officer.agency.name,
                    "other": f"{row.other_province} {row.other_unit}",
                    "ground": translate(GROUND_WORDS[row.ground]),
                    "received_at": row.received_at,
                    "state": _answer_state(row),
                }
                for row in page.rows
            ],
            "table_name": "reported-duplicates",
            "count_text": translate("共 %(count)s 件") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "empty_title": translate("部级没有通知过重复"),
            "empty_step": translate("部级发现本辖区人员同时在外省登记时，通知会出现在这里"),
            "empty_url": "",
        },
    )


def _report_facts(row: ReportedDuplicate) -> list[tuple[str, object]]:
    return [
        (translate("姓名"), row.officer.name),
        (translate("本省单位"), row.officer.agency.name),
        (translate("依据"), translate(GROUND_WORDS[row.ground])),
        (translate("外省姓名"), row.other_name),
        (translate("外省单位"), f"{row.other_province} {row.other_unit}"),
        (translate("外省人员状态"), _person_state(row.other_state)["word"]),
        (translate("部级说明"), row.note),
        (translate("收到时间"), localtime(row.received_at).strftime("%Y-%m-%d %H:%M")),
        (translate("核实结果"), row.answer),
        (translate("答复人"), row.answered_by.display_name if row.answered_by else ""),
    ]


def _may_answer(actor: Actor, row: ReportedDuplicate) -> bool:
    return row.answered_at is None and is_permitted(actor, Permission.OFFICER_CONFIRM, row.officer.place)


@permission_for_view(Permission.DUPLICATE_VIEW)
@require_http_methods(["GET", "POST"])
def reported_duplicate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One report of the ministry, and the answer to it."""
    actor = actor_of(request)
    row = reported_duplicate_for(actor, pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_duplicate(actor, pk, form.cleaned_data["answer"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, translate("核实结果已报部"))
            return redirect("reported-duplicate", pk=pk)
    return render_page(
        request,
        "officers/reported_duplicate.jinja",
        {
            "page_title": translate("重复核实：%(name)s") % {"name": row.officer.name},
            "breadcrumbs": [{"label": translate("部级通知的重复"), "url": reverse("reported-duplicates")}],
            "state": _answer_state(row),
            "row": row,
            "facts": _report_facts(row),
            "form": form,
            "may_answer": _may_answer(actor, row),
        },
        status=400 if form.errors else 200,
    )
