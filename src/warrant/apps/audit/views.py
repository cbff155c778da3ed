"""The audit administrator's page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.audit.forms import AuditSearchForm
from warrant.apps.audit.selectors import audit_rows
from warrant.apps.audit.types import ACTION_NAMES
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission


@permission_for_view(Permission.AUDIT_VIEW)
@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    """List who did what, newest first."""
    form = AuditSearchForm(request.GET)
    wanted = {key: value.strip() for key, value in form.cleaned_data.items()} if form.is_valid() else {}
    page = keyset_page(audit_rows(actor_of(request), **wanted), "-entry_id", request.GET.get("after", ""))

    def address(key: str) -> str:
        return f"?{urlencode({**wanted, 'after': key})}" if key else ""

    return render_page(
        request,
        "page_list.jinja",
        {
            "title": _("审计记录"),
            "columns": [
                {"key": "at", "label": _("时间"), "kind": "instant"},
                {"key": "person", "label": _("操作人")},
                {"key": "action", "label": _("操作")},
                {"key": "subject", "label": _("对象编号")},
                {"key": "summary", "label": _("内容"), "kind": "clip"},
            ],
            "rows": [
                {
                    "at": row.at,
                    "person": _("系统") if row.account_id is None else row.account_name,
                    "action": _(ACTION_NAMES.get(row.action, row.action)),
                    "subject": row.subject,
                    "summary": row.summary,
                }
                for row in page.rows
            ],
            "filters": form,
            "list_url": reverse("audit-list"),
            "table_name": "audit",
            "export_url": f"{reverse('audit-export')}?{urlencode(wanted)}",
            "count_text": _("共 %(count)s 条记录") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
        },
    )
