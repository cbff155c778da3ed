"""What units hand in about who enforced when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.detectors.forms import HandInForm
from warrant.apps.detectors.selectors.case_figures import case_figures_for
from warrant.apps.detectors.services import HandIn, hand_in_case_figures
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.selectors.agencies import unit_choices
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.qualification.case_acts import ActFinding


def _crumbs(*, with_list: bool) -> list[dict[str, str]]:
    found = [{"label": _("监督发现"), "url": reverse("finding-overview")}]
    if with_list:
        found.append({"label": _("办案数据"), "url": reverse("case-figures-list")})
    return found


@permission_for_view(Permission.FINDING_VIEW)
@require_GET
def case_figures_list(request: HttpRequest) -> HttpResponse:
    """List what was handed in, the newest first."""
    actor = actor_of(request)
    page = keyset_page(case_figures_for(actor), "-id", request.GET.get("after", ""))
    url = reverse("case-figures-list")
    return render_page(
        request,
        "detectors/case_figures.jinja",
        {
            "page_title": _("办案数据"),
            "breadcrumbs": _crumbs(with_list=False),
            "list_url": url,
            "table_name": "case-figures",
            "may_hand_in": actor.has_anywhere(Permission.CASE_FIGURES),
            "columns": [
                {"key": "unit", "label": _("单位")},
                {"key": "from_on", "label": _("数据开始日"), "kind": "date"},
                {"key": "until_on", "label": _("数据截止日"), "kind": "date"},
                {"key": "row_count", "label": _("有执法的证件"), "kind": "number"},
                {"key": "file", "label": _("文件"), "kind": "clip"},
                {"key": "by", "label": _("报送人")},
                {"key": "at", "label": _("报送时间"), "kind": "instant"},
            ],
            "rows": [
                {
                    "unit": one.unit.name,
                    "from_on": one.from_on,
                    "until_on": one.until_on,
                    "row_count": one.row_count,
                    "file": one.file_name,
                    "by": one.handed_in_by_name,
                    "at": one.handed_in_at,
                }
                for one in page.rows
            ],
            "count_text": _("共 %(count)s 次") % {"count": page.count_text},
            "empty_title": _("还没有办案数据"),
            "empty_step": _("没有数据时无法判断谁长期没有执法；请报送办案系统导出的表"),
            "empty_url": reverse("case-figures-new") if actor.has_anywhere(Permission.CASE_FIGURES) else "",
            **page.addresses(url),
        },
    )


def _handed_in(form: HandInForm) -> HandIn:
    typed: dict[str, Any] = form.cleaned_data
    file = typed["table"]
    return HandIn(typed["unit"], typed["from_on"], typed["until_on"], file.read(), file.name)


@permission_for_view(Permission.CASE_FIGURES)
@require_http_methods(["GET", "POST"])
def case_figures_new(request: HttpRequest) -> HttpResponse:
    """Hand in the figures of a unit."""
    actor = actor_of(request)
    units = unit_choices(actor, Permission.CASE_FIGURES, None, clock.today())
    is_sent = request.method == "POST"
    form = HandInForm(request.POST if is_sent else None, request.FILES if is_sent else None, units=units)
    findings: list[ActFinding] = []
    if is_sent and form.is_valid():
        try:
            figures, findings = hand_in_case_figures(actor, _handed_in(form), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            if figures is not None:
                messages.success(
                    request,
                    _(
                        "已采用%(unit)s %(from)s 至 %(until)s 的办案数据，%(count)s 本证件有执法记录；下一次检查时使用"
                    )
                    % {
                        "unit": figures.unit.name,
                        "from": figures.from_on,
                        "until": figures.until_on,
                        "count": figures.row_count,
                    },
                )
                return redirect("case-figures-list")
            form.add_error("table", _("表中有问题，没有采用；请改正后重新选择文件"))
    return render_page(
        request,
        "detectors/case_figures_new.jinja",
        {
            "page_title": _("报送办案数据"),
            "breadcrumbs": _crumbs(with_list=True),
            "form": form,
            "findings": [(one.row, _(one.message) % one.fields) for one in findings],
            "submit_label": _("报送"),
            "cancel_url": reverse("case-figures-list"),
        },
        status=400 if form.errors else 200,
    )
