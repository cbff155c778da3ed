"""What programs may fetch: signed keys and status lists byte for byte, and the public answer as JSON."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import error_text, permission_for_view
from warrant.apps.publication.models import PublishedStatusList
from warrant.apps.publication.selectors import answer_for_number, directory_at, newest_directory_row
from warrant.apps.publication.types import Answer, AnswerWord, AskingRate
from warrant.core.errors import N_, NotFound, WarrantError
from warrant.core.standards import certificate_number

asking_rate = AskingRate(most_per_window=300)

KEY_DIRECTORY_TYPE = "application/warrant-keys+cwt"
STATUS_LIST_TYPE = "application/statuslist+cwt"
_PREFIX = "tsl:"


@permission_for_view(None)
@require_GET
def key_directory(request: HttpRequest) -> HttpResponse:
    """Send the signed directory of issuer keys; its signature is checked with the ministry's pinned key."""
    row = newest_directory_row()
    if row is None:
        return _problem(NotFound("no-key-directory", N_("尚未公布密钥目录")))
    return _bytes(request, bytes(row.token), KEY_DIRECTORY_TYPE, "public, max-age=300")


@permission_for_view(None)
@require_GET
def key_directory_json(request: HttpRequest) -> HttpResponse:
    """Send the keys as a JSON Web Key Set: a convenience, not signed."""
    directory = directory_at(clock.now())
    if directory is None:
        return _problem(NotFound("no-key-directory", N_("尚未公布密钥目录")))
    response = JsonResponse(directory.as_json_keys(), content_type="application/jwk-set+json")
    return _open_to_all(response, "public, max-age=300")


@permission_for_view(None)
@require_GET
def status_list(request: HttpRequest, name: str) -> HttpResponse:
    """Send a signed status list; ``name`` with or without ``tsl:``."""
    full_name = name if name.startswith(_PREFIX) else _PREFIX + name
    row = PublishedStatusList.objects.filter(name=full_name).first()
    if row is None:
        return _problem(NotFound("no-status-list", N_("没有这个状态列表")))
    return _bytes(request, bytes(row.token), STATUS_LIST_TYPE, "public, max-age=60")


@permission_for_view(None)
@require_GET
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Answer for a certificate number, with the same fields as the page."""
    try:
        asking_rate.require(str(request.META.get("REMOTE_ADDR", "")), clock.now())
        answer = answer_for_number(certificate_number.check(number), clock.now())
    except WarrantError as error:
        return _problem(error)
    if answer.word is AnswerWord.NOT_FOUND:
        return _problem(NotFound("certificate-not-found", N_("没有编号为此的执法证件。请逐位核对编号。")))
    return _open_to_all(JsonResponse(_answer_members(answer)), "no-store")


def _answer_members(answer: Answer) -> dict[str, object]:
    members: dict[str, object] = {
        "number": answer.number,
        "state": answer.word.value,
        "as_of": answer.as_of.isoformat(timespec="seconds"),
    }
    if answer.person is not None:
        person = answer.person
        members |= {
            "name": person.name,
            "agency": person.agency,
            "categories": list(person.categories),
            "area": person.area,
            "valid_from": person.valid_from,
            "valid_until": person.valid_until,
            "photo": reverse("public-photo", args=[person.number]) if person.has_photo else None,
        }
    return members


def _problem(error: WarrantError) -> HttpResponse:
    """Return the error as problem details. Source: RFC 9457."""
    members = {
        "type": "about:blank",
        "title": error.code,
        "status": error.status,
        "detail": error_text(error),
    }
    response = JsonResponse(members, status=error.status, content_type="application/problem+json")
    return _open_to_all(response, "no-store")


def _bytes(request: HttpRequest, content: bytes, content_type: str, cache: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    whole = HttpResponse(content, content_type=content_type)
    response = get_conditional_response(request, etag=etag, response=whole) or whole
    response.headers["ETag"] = etag
    return _open_to_all(response, cache)


def _open_to_all(response: HttpResponse, cache: str) -> HttpResponse:
    """Let pages of any origin read what is public anyway."""
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
