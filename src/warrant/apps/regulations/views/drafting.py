"""Writing a draft: its heading, its lines, and the acts that lead to force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.regulations.forms import HeadingForm, LineForm, NewLineForm, ReasonForm
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors.reading import Wording, rest_of
from warrant.apps.regulations.selectors.versions import (
    allowed_actions,
    is_set_here,
    kind_name,
    own_jurisdiction,
    version_for,
)
from warrant.apps.regulations.services import (
    change_heading,
    change_line,
    change_rest,
    confirm_regulation,
    draft_regulation,
    drop_line,
    propose_regulation,
    rebase_draft,
    restore_line,
    send_back,
    withdraw_regulation,
)
from warrant.apps.regulations.types import ACTION_FACES
from warrant.apps.regulations.views.common import crumbs, read_at_of
from warrant.core.access import Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import RegulationKind, kind_named, lines_of


def _page(version: RegulationVersion) -> str:
    return reverse("regulation-version", args=[version.pk])


def _open_draft(request: HttpRequest, pk: int) -> RegulationVersion:
    """Return a draft of this node that the person may write on; the service asks again under its lock."""
    version = version_for(actor_of(request), pk)
    if version.is_received or version.jurisdiction != own_jurisdiction():
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if version.state != RegulationState.DRAFT:
        raise Conflict("not-a-draft", N_("这一版已不是草案，不能修改；请刷新页面"))
    return version


@permission_for_view(Permission.REGULATION_DRAFT)
@require_http_methods(["GET", "POST"])
def regulation_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """Begin a draft of a kind from what is in force."""
    named = kind_named(kind)
    if not is_set_here(named):
        raise Conflict("set-by-the-nation", N_("这类规则由部统一规定，省里不能另行规定"))
    form = HeadingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = draft_regulation(actor_of(request), kind, form.heading(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已起草“%(title)s”，请逐条修改后提交核对") % {"title": version.title})
            return redirect(_page(version))
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("起草新版：%(kind)s") % {"kind": kind_name(named)},
            "breadcrumbs": crumbs(named.value),
            "form": form,
            "wide_fields": ["title", "basis"],
            "submit_label": _("开始起草"),
            "cancel_url": reverse("regulation-kind", args=[named.value]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.REGULATION_DRAFT)
@require_http_methods(["GET", "POST"])
def regulation_heading(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how a draft is called, its basis and its first day."""
    version = _open_draft(request, pk)
    given = {
        "title": version.title,
        "basis": version.basis,
        "valid_from": version.valid_from,
        "read_at": version.changed_at.isoformat(),
    }
    form = HeadingForm(request.POST or None, initial=given)

    def save() -> RegulationVersion:
        read_at = read_at_of(form.cleaned_data["read_at"])
        return change_heading(actor_of(request), pk, form.heading(), now=clock.now(), read_at=read_at)

    return _change(
        request,
        version,
        form,
        save,
        {"page_title": _("修改名称、依据和生效日期"), "wide_fields": ["title", "basis"]},
    )


def _change(
    request: HttpRequest,
    version: RegulationVersion,
    form: Any,
    save: Callable[[], RegulationVersion],
    context: dict[str, Any],
) -> HttpResponse:
    """Save and go back to the draft, or show the form again with what was typed and what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已保存到草案“%(title)s”") % {"title": version.title})
            return redirect(_page(version))
    template = "regulations/line.jinja" if isinstance(form, LineForm) else "page_form.jinja"
    return render_page(
        request,
        template,
        {
            "breadcrumbs": crumbs(version.kind, version),
            "form": form,
            "submit_label": _("保存到草案"),
            "cancel_url": _page(version),
            **context,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.REGULATION_DRAFT)
@require_http_methods(["GET", "POST"])
def regulation_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one line of a draft, named in the address as ``?id=``; each value is a field of its own."""
    version = _open_draft(request, pk)
    identity = request.GET.get("id", "")
    line = lines_of(version.content).get(identity)
    if line is None:
        raise NotFound("no-such-line", N_("草案里没有编号为“%(id)s”的条目"), id=identity[:60])
    wording = Wording(RegulationKind(version.kind))
    form = LineForm(
        request.POST or None,
        line=line,
        wording=wording,
        initial={"read_at": version.changed_at.isoformat()},
    )

    def save() -> RegulationVersion:
        read_at = read_at_of(form.cleaned_data["read_at"])
        return change_line(actor_of(request), pk, form.line(), now=clock.now(), read_at=read_at)

    title = wording.title(identity, line)
    context = {"page_title": _("修改条目：%(title)s") % {"title": title}, "wide_fields": form.wide_names()}
    return _change(request, version, form, save, context)


@permission_for_view(Permission.REGULATION_DRAFT)
@require_http_methods(["GET", "POST"])
def regulation_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a draft has beside its lines."""
    version = _open_draft(request, pk)
    rest = rest_of(version.content)
    if not rest:
        raise NotFound("nothing-beside-lines", N_("这类规则只有条目，没有总则"))
    form = LineForm(
        request.POST or None,
        line=rest,
        wording=Wording(RegulationKind(version.kind)),
        initial={"read_at": version.changed_at.isoformat()},
    )

    def save() -> RegulationVersion:
        read_at = read_at_of(form.cleaned_data["read_at"])
        return change_rest(actor_of(request), pk, form.line(), now=clock.now(), read_at=read_at)

    context = {"page_title": _("修改总则"), "wide_fields": form.wide_names()}
    return _change(request, version, form, save, context)


@permission_for_view(Permission.REGULATION_DRAFT)
@require_http_methods(["GET", "POST"])
def regulation_line_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a line to a draft as a copy of another, to be changed on the page that follows."""
    version = _open_draft(request, pk)
    lines = lines_of(version.content)
    wording = Wording(RegulationKind(version.kind))
    titles = {identity: f"{wording.title(identity, line)} [{identity}]" for identity, line in lines.items()}
    form = NewLineForm(request.POST or None, lines=titles, taken=frozenset(lines))
    if request.method == "POST" and form.is_valid():
        made = {**lines[form.cleaned_data["copied"]], "id": form.cleaned_data["identity"]}
        try:
            change_line(actor_of(request), pk, made, now=clock.now())
        except InvalidInput as error:
            error.place = "identity"
            add_error(form, error)
        else:
            messages.success(request, _("已增加条目“%(id)s”，请逐项修改") % {"id": made["id"]})
            return redirect(f"{reverse('regulation-line', args=[pk])}?{urlencode({'id': made['id']})}")
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("增加条目"),
            "breadcrumbs": crumbs(version.kind, version),
            "form": form,
            "submit_label": _("增加"),
            "cancel_url": _page(version),
        },
        status=400 if form.errors else 200,
    )


def _at_line(
    request: HttpRequest, pk: int, service: Callable[..., RegulationVersion], said: str
) -> HttpResponse:
    identity = request.POST.get("id", "")
    version = service(actor_of(request), pk, identity, now=clock.now())
    messages.success(request, said % {"id": identity})
    return redirect(_page(version))


@permission_for_view(Permission.REGULATION_DRAFT)
@require_POST
def regulation_line_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line out of a draft."""
    return _at_line(request, pk, drop_line, _("已从草案删去条目“%(id)s”，可以恢复"))


@permission_for_view(Permission.REGULATION_DRAFT)
@require_POST
def regulation_line_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a line of a draft what it was when the draft was begun."""
    return _at_line(request, pk, restore_line, _("条目“%(id)s”已恢复为起草时的内容"))


@permission_for_view(Permission.REGULATION_DRAFT)
@require_POST
def regulation_rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a draft up to date with what was put into force since it was begun."""
    version = rebase_draft(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已并入现行内容，请核对“%(title)s”的改动") % {"title": version.title})
    return redirect(_page(version))


@permission_for_view(Permission.REGULATION_VIEW)
@require_http_methods(["GET", "POST"])
def regulation_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Ask once more, with a reason where one is due, and do it."""
    actor = actor_of(request)
    version = version_for(actor, pk)
    face = ACTION_FACES.get(action)
    if face is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    form = ReasonForm(request.POST or None) if action == "send-back" else None
    if request.method == "GET" and action not in allowed_actions(actor, version):
        _refuse(version, action)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            version = _act(actor, version, action, form)
        except InvalidInput as error:
            if form is None:
                raise
            add_error(form, error)
        else:
            messages.success(request, _(face.done) % _told(version))
            return redirect(_page(version))
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _(face.label),
            "breadcrumbs": crumbs(version.kind, version),
            "question": _(face.question) % _told(version),
            "consequences": [_(line) for line in face.consequences],
            "form": form,
            "confirm_label": _(face.label),
            "cancel_url": _page(version),
            "danger": face.is_dangerous,
        },
        status=400 if form is not None and form.errors else 200,
    )


def _told(version: RegulationVersion) -> dict[str, Any]:
    return {"title": version.title, "valid_from": version.valid_from}


def _act(actor: Any, version: RegulationVersion, action: str, form: ReasonForm | None) -> RegulationVersion:
    if form is not None:
        return send_back(actor, version.pk, form.cleaned_data["reason"], now=clock.now())
    services = {
        "propose": propose_regulation,
        "confirm": confirm_regulation,
        "withdraw": withdraw_regulation,
    }
    return services[action](actor, version.pk, now=clock.now())


def _refuse(version: RegulationVersion, action: str) -> None:
    """Say why an act is not offered: its state, or because the person wrote on the draft."""
    if action == "confirm" and version.state == RegulationState.PROPOSED:
        raise NotPermitted("own-draft", N_("起草或修改过这一版的人不能确认，请由另一名规则管理员核对确认"))
    raise Conflict("not-possible-now", N_("这一版现在不能这样办理，请刷新页面查看最新状态"))
