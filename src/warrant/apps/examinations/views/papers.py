"""Handing out the papers of a sitting as PDF, and the list of passes about to lapse."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from warrant.apps.examinations.forms import UnitForm
from warrant.apps.examinations.selectors.lapsing import (
    lapses_on,
    passes_about_to_lapse,
    read_unit,
    units_with_passes,
)
from warrant.apps.examinations.selectors.results import DAYS_OF_WARNING, paper_name, years_of_validity
from warrant.apps.examinations.selectors.sittings import held_sitting_for
from warrant.apps.examinations.services.printing import PAPERS_OF_A_SITTING, print_sitting
from warrant.apps.examinations.views.frames import crumbs
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def sitting_paper(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """Print one paper of a sitting."""
    actor = actor_of(request)
    sitting = held_sitting_for(actor, pk)
    printed = print_sitting(actor, sitting, paper, now=clock.now())
    response = HttpResponse(printed, content_type="application/pdf")
    name = f"{_(PAPERS_OF_A_SITTING[paper])}-{sitting.sat_on}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def passes_lapsing(request: HttpRequest) -> HttpResponse:
    """List the passes that lapse within ninety days, those sat longest ago first; ``unit`` narrows to a unit and below."""
    actor, on, url = actor_of(request), clock.today(), reverse("passes-lapsing")
    unit = "".join(read_unit(request.GET).get("unit", []))
    chosen = {"unit": unit} if unit else {}
    units = units_with_passes(actor, on)
    page = keyset_page(passes_about_to_lapse(actor, on, unit), "sat_on", request.GET.get("after", ""))
    years = years_of_validity(on)
    may_export = actor.has_anywhere(Permission.OFFICER_EXPORT)
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("即将到期的考试成绩"),
            "breadcrumbs": crumbs(),
            "list_url": url,
            "table_name": "lapsing-passes",
            "filters": UnitForm(initial={"unit": unit}, units=units) if units or unit else None,
            "export_url": f"{reverse('passes-lapsing-export')}?{urlencode(chosen)}" if may_export else "",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "paper", "label": _("科目")},
                {"key": "until", "label": _("成绩有效至"), "kind": "date"},
                {"key": "left", "label": _("剩余天数"), "kind": "number"},
                {"key": "sat_on", "label": _("考试日期"), "kind": "date"},
                {"key": "score", "label": _("成绩"), "kind": "number"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
            ],
            "rows": [
                {
                    "url": f"{reverse('officer-detail', args=[row.officer_id])}?part=qualification#examinations",
                    "name": row.officer.name,
                    "paper": paper_name(row.paper),
                    "until": lapses_on(row, years),
                    "left": (lapses_on(row, years) - on).days,
                    "sat_on": row.sat_on,
                    "score": row.score,
                    "agency": row.officer.agency.name,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 项") % {"count": page.count_text},
            **page.addresses(url, chosen),
            "empty_title": _("没有即将到期的成绩"),
            "empty_step": _("合格成绩在最后 %(days)s 天列在这里，可以据此安排重考")
            % {"days": DAYS_OF_WARNING},
            "empty_url": reverse("sitting-list"),
        },
    )
