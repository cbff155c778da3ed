"""The list of applications in a person's scope."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.applications.forms import OPEN, ListForm
from warrant.apps.applications.selectors import applications_for_list
from warrant.apps.applications.selectors.cases import (
    OPEN_STATES,
)
from warrant.apps.applications.selectors.chain import short_links
from warrant.apps.applications.selectors.timing import due_of_case
from warrant.apps.applications.types import (
    KIND_FACES,
)
from warrant.apps.applications.views.frames import case_address, category_names, state_cell
from warrant.apps.foundation.pages import (
    actor_of,
    permission_for_view,
    render_page,
)
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.lifecycle.application import STEP_PERMISSION

ROWS_ON_A_PAGE = 40
"""A row shows chain, state and time limit: fifty would weigh more than a page may."""


@permission_for_view(Permission.APPLICATION_VIEW)
@require_GET
def application_list(request: HttpRequest) -> HttpResponse:
    """List the applications in the viewer's scope, newest number first."""
    form = ListForm(request.GET)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    state = chosen.get("state", "")
    rows = applications_for_list(
        actor_of(request), state="" if state == OPEN else state, text=chosen.get("text", "")
    )
    if state == OPEN:
        rows = rows.filter(state__in=OPEN_STATES)
    page = keyset_page(rows, "-number", request.GET.get("after", ""), size=ROWS_ON_A_PAGE)
    url = reverse("application-list")

    return render_page(
        request,
        "applications/list.jinja",
        {
            "page_title": _("资格申请"),
            "filters": form,
            "list_url": url,
            "waiting_url": reverse("application-waiting")
            if any(actor_of(request).has_anywhere(permission) for permission in STEP_PERMISSION.values())
            else "",
            "table_name": "applications",
            "columns": [
                {"key": "number", "label": _("申请编号")},
                {"key": "name", "label": _("姓名")},
                {"key": "kind", "label": _("种类")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "links", "label": _("环节"), "kind": "chain"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "categories", "label": _("执法门类"), "kind": "clip"},
                {"key": "due", "label": _("办理时限"), "kind": "state"},
                {"key": "submitted_at", "label": _("提交日期"), "kind": "date"},
                {"key": "waiting_since", "label": _("等待起"), "kind": "date"},
            ],
            "rows": [
                {
                    "url": case_address(row),
                    "number": row.number,
                    "name": row.officer.name,
                    "kind": _(KIND_FACES[row.kind].word),
                    "state": state_cell(row),
                    "links": short_links(row),
                    "agency": row.officer.agency.name,
                    "categories": category_names(row.category_codes),
                    "due": due_of_case(row).cell,
                    "submitted_at": row.submitted_at,
                    "waiting_since": row.waiting_since,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 件") % {"count": page.count_text},
            "export_url": f"{reverse('application-export')}?{urlencode(chosen)}"
            if actor_of(request).has_anywhere(Permission.OFFICER_EXPORT)
            else "",
            **page.addresses(url, chosen),
            "empty_title": _("没有资格申请"),
            "empty_step": _("在执法人员页面上为其申请资格"),
            "empty_url": reverse("officer-list"),
        },
    )
