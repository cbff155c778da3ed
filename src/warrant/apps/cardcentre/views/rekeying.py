"""How far an exchange of card keys has come, by unit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.cardcentre.selectors.rekeying import Behind, behind_by_unit, cards_behind, units_behind
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission


@permission_for_view(Permission.CARD_PRODUCE)
@require_GET
def card_rekeying(request: HttpRequest) -> HttpResponse:
    """List the units whose cards still carry an earlier key version, by name."""
    actor = actor_of(request)
    page = keyset_page(units_behind(actor), "name", request.GET.get("after", ""))
    counts = behind_by_unit(actor, page.rows)
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("待换密钥的证卡"),
            "breadcrumbs": [{"url": reverse("card-centre"), "label": _("制卡中心")}],
            "list_url": reverse("card-rekeying"),
            "columns": [
                {"key": "unit", "label": _("执法单位"), "kind": "clip"},
                {"key": "waiting", "label": _("到访时更换"), "kind": "number"},
                {"key": "under_way", "label": _("换到一半"), "kind": "number"},
                {"key": "leaked", "label": _("密钥泄露须补换"), "kind": "number"},
            ],
            "rows": [
                {"unit": unit.name, **counts.get(unit.pk, Behind())._asdict()}  # read a moment apart
                for unit in page.rows
            ],
            "count_text": _("%(units)s 个单位，%(cards)s 张卡")
            % {"units": page.count_text, "cards": cards_behind(actor).count()},
            **page.addresses(reverse("card-rekeying")),
            "table_name": "rekeying",
            "empty_title": _("没有待换密钥的证卡"),
            "empty_step": _("新版密钥启用后，仍用旧版密钥的证卡按执法单位列在这里，持卡人到访时更换。"),
            "empty_url": "",
        },
    )
