"""The audit administrator's list of looks at whole ID numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation.forms import DayInput
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.selectors.unmasking import id_number_looks
from warrant.core.access import Permission


class LookFilterForm(forms.Form):
    """By person and day."""

    person = forms.CharField(label=_("查看人"), required=False, max_length=80)
    day = forms.DateField(label=_("日期"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


@permission_for_view(Permission.AUDIT_VIEW)
@require_safe
def id_number_look_list(request: HttpRequest) -> HttpResponse:
    """Who looked at whose whole ID number, when and why."""
    form = LookFilterForm(request.GET)
    form.is_valid()
    wanted = {
        "person": form.cleaned_data.get("person", "").strip().replace("\x00", ""),
        "day": form.cleaned_data.get("day"),
    }
    page = keyset_page(id_number_looks(actor_of(request), **wanted), "-id", request.GET.get("after", ""))
    url = reverse("id-number-looks")

    def address(key: str) -> str:
        chosen = {name: str(value) for name, value in wanted.items() if value}
        return f"{url}?{urlencode({**chosen, 'after': key})}" if key else ""

    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": translate("身份证号码查看记录"),
            "filters": form,
            "list_url": url,
            "columns": [
                {"key": "at", "label": translate("时间"), "kind": "instant"},
                {"key": "person", "label": translate("查看人")},
                {"key": "unit", "label": translate("查看人单位"), "kind": "clip"},
                {"key": "officer", "label": translate("被查看人")},
                {"key": "officer_unit", "label": translate("单位"), "kind": "clip"},
                {"key": "reason", "label": translate("事由"), "kind": "clip"},
            ],
            "rows": [
                {
                    "at": look.looked_at,
                    "person": look.account.display_name,
                    "unit": look.account.agency.name,
                    "officer": look.officer.name,
                    "officer_unit": look.officer.agency.name,
                    "reason": look.reason,
                }
                for look in page.rows
            ],
            "table_name": "id-number-looks",
            "count_text": translate("共 %(count)s 次") % {"count": page.count_text},
            "next_url": address(page.next_key),
            "previous_url": address(page.previous_key),
            "empty_title": translate("没有人查看过完整身份证号码"),
            "empty_step": translate("每次查看都会记在这里"),
            "empty_url": "",
        },
    )
