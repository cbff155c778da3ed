"""The comparison by voice: the second custodian types what the other end read aloud, and the act is carried out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.cardcentre.forms import HeardForm
from warrant.apps.cardcentre.selectors import key_act_for, key_act_title
from warrant.apps.cardcentre.services.comparison import Heard
from warrant.apps.cardcentre.services.keys import confirm_key_act
from warrant.apps.cardcentre.types import COMPARED_BY_VOICE, KeyActKind
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.core.access import Permission
from warrant.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from warrant.core.lifecycle import KeyActState


@permission_for_view(Permission.KEY_CUSTODY)
@require_http_methods(["GET", "POST"])
def key_act_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what was heard and carry out the act; a number that differs stops it."""
    actor = actor_of(request)
    act = key_act_for(actor, pk)
    if act.kind not in COMPARED_BY_VOICE or act.state != KeyActState.PROPOSED:
        raise Http404
    form, status = HeardForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        heard = Heard(form.cleaned_data["partner"], form.cleaned_data["digits"])
        try:
            confirm_key_act(actor, act, heard=heard, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except (Conflict, NotFound, Unavailable) as error:
            if error.code == "comparison-differs":
                messages.error(request, error_text(error))
                return redirect("key-act-detail", pk=pk)
            form.add_error(None, error_text(error))
            status = error.status
        else:
            messages.success(
                request, _("比对一致，已执行：%(act)s；请双方核对校验值") % {"act": key_act_title(act)}
            )
            return redirect("key-act-detail", pk=pk)
    is_import = act.kind == KeyActKind.IMPORT_SUB_KEYS
    return render_page(
        request,
        "cardcentre/key_compare.jinja",
        {
            "page_title": _("电话比对"),
            "breadcrumbs": [
                {"url": reverse("key-acts"), "label": _("密钥")},
                {"url": reverse("key-act-detail", args=[pk]), "label": key_act_title(act)},
            ],
            "is_import": is_import,
            "form": form,
            "wide_fields": ["digits"],
            "submit_label": _("比对并执行"),
            "cancel_url": reverse("key-act-detail", args=[pk]),
        },
        status=(400 if status == 200 else status) if form.errors else 200,
    )
