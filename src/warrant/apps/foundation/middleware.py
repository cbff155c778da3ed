"""Edges of a request: our errors become pages, and everything is private unless declared open."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from warrant.apps.foundation.pages import error_text, render_page
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput, WarrantError

log = structlog.get_logger(__name__)

_UNREADABLE = N_("请求无法识别，请返回上一页重试")

GetResponse = Callable[[HttpRequest], HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the other side is a program of the exchange or the API."""
    return request.path.startswith(("/exchange/", "/api/"))


def error_response(request: HttpRequest, error: WarrantError) -> HttpResponse:
    """Answer ``error`` with its own status: JSON to programs, a page to people."""
    if wants_json(request):
        return JsonResponse(
            {
                "code": error.code,
                "message": error_text(error),
                "fields": {k: str(v) for k, v in error.fields.items()},
            },
            status=error.status,
        )
    return render_page(
        request,
        "error.jinja",
        {"status": error.status, "code": error.code, "message": error_text(error)},
        status=error.status,
    )


class ErrorPages:
    """Turns a :class:`WarrantError` that a view let through into an answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # No name and no number has it, and PostgreSQL takes it in no text.
            return error_response(request, InvalidInput("nul-character", _UNREADABLE))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer our own errors; everything else goes on to the server-error page."""
        if not isinstance(error, WarrantError):
            return None
        log.info("refused", code=error.code, status=error.status, path=request.path)
        return error_response(request, error)


class SignInRequired:
    """Sends whoever is not signed in to the sign-in page, unless the view is declared open."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(getattr(request, "actor", None), Actor) and not response.has_header("Cache-Control"):
            # What a signed-in person sees stays in no cache, also not in that of a shared desk's browser.
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """Let open views through; everything undeclared is private."""
        if getattr(view, "required_permission", "undeclared") is None or getattr(view, "is_open", False):
            return None
        if isinstance(getattr(request, "actor", None), Actor):
            return None
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
