"""The public pages: type a number or open a link, get one answer. No account, no script, no cookie needed.

The ministry has one page more: what is published, for those who watch over it.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.publication.forms import PublishedFilter
from warrant.apps.publication.selectors import (
    answer_for_link,
    answer_for_number,
    answer_word,
    category_name,
    photo_of,
    published_records,
)
from warrant.apps.publication.types import (
    ANSWER_FACES,
    FACT_TEXTS,
    Answer,
    AnswerWord,
    AskingRate,
    PublicPerson,
    TooManyQuestions,
)
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.standards import certificate_number

asking_rate = AskingRate(most_per_window=120)

_STATUS = {AnswerWord.NOT_FOUND: 404, AnswerWord.UNREADABLE: 400}


@permission_for_view(None)
@require_GET
def entry(request: HttpRequest) -> HttpResponse:
    """Ask for a certificate number, and lead to its answer."""
    typed = request.GET.get("number", "")[:40]
    if not typed.strip():
        return _entry(request, "", "", 200)
    try:
        return redirect("public-answer", number=certificate_number.check(typed))
    except InvalidInput as error:
        return _entry(request, typed, error_text(error), 400)


@permission_for_view(None)
@require_GET
def certificate_answer(request: HttpRequest, number: str) -> HttpResponse:
    """Answer for a certificate number."""
    try:
        asking_rate.require(_address(request), clock.now())
        checked = certificate_number.check(number)
    except TooManyQuestions as error:
        return _entry(request, number, error_text(error), error.status)
    except InvalidInput as error:
        return _entry(request, number, error_text(error), 400)
    if checked != number:
        return redirect("public-answer", number=checked)
    return _answer(request, answer_for_number(checked, clock.now()))


@permission_for_view(None)
@require_GET
def link_answer(request: HttpRequest, text: str) -> HttpResponse:
    """Answer for the signed link of a QR code."""
    try:
        asking_rate.require(_address(request), clock.now())
    except TooManyQuestions as error:
        return _entry(request, "", error_text(error), error.status)
    return _answer(request, answer_for_link(text, clock.now()))


@permission_for_view(None)
@require_GET
def certificate_photo(request: HttpRequest, number: str) -> HttpResponse:
    """Send the photo of an issued certificate; a browser may keep it for ten minutes, nobody else may."""
    photo = photo_of(number)
    if photo is None:
        raise Http404
    etag = f'"{hashlib.sha256(photo).hexdigest()[:32]}"'
    whole = HttpResponse(photo, content_type="image/jpeg")
    response = get_conditional_response(request, etag=etag, response=whole) or whole
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, max-age=600"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@permission_for_view(None)
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address with the way back to the question."""
    return _entry(request, "", _("没有这个页面。请输入证件编号核验。"), 404)


def _entry(request: HttpRequest, typed: str, problem: str, status: int) -> HttpResponse:
    return render_page(
        request,
        "publication/entry.jinja",
        {"page_title": _("核验"), "typed": typed, "problem": problem},
        status=status,
    )


def _answer(request: HttpRequest, answer: Answer) -> HttpResponse:
    person = answer.person
    word = pgettext("answer", answer.face.word)
    response = render_page(
        request,
        "publication/answer.jinja",
        {
            "page_title": word,
            "answer": answer,
            "word": word,
            "code": answer.word.value,
            "person": person,
            "pairs": _pairs(person) if person else [],
            "photo_url": reverse("public-photo", args=[person.number]) if person and person.has_photo else "",
            "facts": [_(FACT_TEXTS[fact]) for fact in answer.facts or ()],
            "open_facts": [_(FACT_TEXTS[fact]) for fact in answer.open_facts],
        },
        status=_STATUS.get(answer.word, 200),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _pairs(person: PublicPerson) -> list[tuple[str, str]]:
    """Return what is shown of a person, in short words that leave room for the answers on a phone."""
    language = translation.get_language() or ""
    separator = "; " if language == "en" else "、"
    return [
        (pgettext("answer", "证件编号"), person.number),
        (pgettext("answer", "执法单位"), person.agency),
        (
            pgettext("answer", "执法门类"),
            separator.join(category_name(name, language) for name in person.categories),
        ),
        (pgettext("answer", "执法区域"), person.area),
        (pgettext("answer", "有效期至"), person.valid_until),
    ]


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


_TONES = {AnswerWord.VALID: "valid", AnswerWord.WITHHELD: "attention", AnswerWord.NOT_ISSUED: "waiting"}


@permission_for_view(Permission.PUBLICATION_VIEW)
@require_GET
def published_list(request: HttpRequest) -> HttpResponse:
    """List what the public is shown, by certificate number."""
    form = PublishedFilter(request.GET)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    page = keyset_page(
        published_records(actor_of(request), text), "certificate_number", request.GET.get("after", "")
    )

    def address(key: str) -> str:
        return f"?{urlencode({'text': text, 'after': key})}" if key else ""

    rows = []
    for record in page.rows:
        word = answer_word(record)
        rows.append(
            {
                "number": record.certificate_number,
                "name": record.holder_name,
                "agency": record.agency_name,
                "issuer": record.issuer_name,
                "state": {
                    "word": pgettext("answer", ANSWER_FACES[word].word),
                    "tone": _TONES.get(word, "ended"),
                },
                "until": record.valid_until,
                "changed_at": record.changed_at,
            }
        )
    return render_page(
        request,
        "page_list.jinja",
        {
            "title": _("公示的证件"),
            "columns": [
                {"key": "number", "label": _("证件编号")},
                {"key": "name", "label": _("姓名")},
                {"key": "agency", "label": _("执法单位")},
                {"key": "issuer", "label": _("发证机关")},
                {"key": "state", "label": _("公众看到的状态"), "kind": "state"},
                {"key": "until", "label": _("有效期至"), "kind": "date"},
                {"key": "changed_at", "label": _("最近变更"), "kind": "instant"},
            ],
            "rows": rows,
            "filters": form,
            "list_url": reverse("published-list"),
            "table_name": "published",
            "empty_title": _("还没有公示的证件"),
            "empty_step": _("省级制卡发放后，证件自动在公众查验站点公示。"),
            "count_text": _("共 %(count)s 本证件") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
        },
    )
