"""Pages that every node has: first page, language, health, components."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from warrant.apps.foundation.pages import actor_of, local_path, permission_for_view, render_page
from warrant.apps.foundation.work import first_page


def signed_in(view: Any) -> Any:
    """Declare that a view needs a signed-in person and no certain permission."""
    view.needs_sign_in_only = True
    return view


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, their unit at a glance."""
    return render_page(request, "home.jinja", {"page": first_page(actor_of(request))})


@permission_for_view(None)
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(local_path(request, request.POST.get("next", "/")))
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=31536000, samesite="Lax", httponly=True
        )
    return response


@permission_for_view(None)
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell a supervisor that the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"node": settings.WARRANT_NODE.code, "kind": settings.WARRANT_NODE.kind, "ok": True})


@permission_for_view(None)
@require_GET
def components_page(request: HttpRequest) -> HttpResponse:
    """Show every component with example values; only on a development node."""
    if not settings.WARRANT_NODE.is_development:
        raise Http404
    return render_page(request, "components_page.jinja")


_STATUS_MESSAGES = {
    400: "请求无法识别，请返回上一页重试",
    403: "请求未通过安全校验，请刷新页面后重试",
    404: "没有找到这个页面，请检查网址或从左侧导航进入",
    500: "系统内部错误，已记录，请稍后重试；如仍出现请告知系统管理员",
}


def _error_page(request: HttpRequest, status: int) -> HttpResponse:
    return render_page(
        request,
        "error.jinja",
        {"status": status, "code": f"http-{status}", "message": _(_STATUS_MESSAGES[status])},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Answer 403, also for a failed CSRF check."""
    return _error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _error_page(request, 500)
