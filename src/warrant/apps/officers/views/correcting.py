"""One page on which any record that is never overwritten is put right by a later one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.officers.forms import EducationForm, make_correction
from warrant.apps.officers.models import Correctable, EducationRecord, Officer
from warrant.apps.officers.selectors.register import officer_for
from warrant.apps.officers.services import correct_education_record
from warrant.core.access import Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound

Upload = tuple[bytes, str]


def correction_page(
    request: HttpRequest,
    row: Correctable,
    officer_pk: int,
    permission: Permission,
    *,
    make_form: Callable[..., forms.Form],
    fields: Sequence[str],
    save: Callable[[forms.Form, Upload | None, str], object],
    title: str,
    part: str,
    wide_fields: Sequence[str] = (),
    done: str = "",
) -> HttpResponse:
    """Show the record in its own form, and put what is typed in its place.

    ``fields``: those of the record that the form shows. ``save`` gets the valid form, the new proof if there is one,
    and the reason. ``part``: where on the officer's page the record stands. ``done``: what is said then.
    """
    officer = officer_for(actor_of(request), officer_pk)
    require(actor_of(request), permission, officer.place)
    is_sent = request.method == "POST"
    if not is_sent and not record_counts(row):
        raise Conflict("entry-not-valid", N_("该条目已被更正或撤销；请刷新页面，在有效的条目上办理"))
    form = make_form(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={field: getattr(row, field) for field in fields},
    )
    make_correction(form)
    back = f"{reverse('officer-detail', args=[officer.pk])}?part={part}"
    if is_sent and form.is_valid():
        upload: Any = form.cleaned_data["proof"]
        try:
            save(form, (upload.read(), upload.name) if upload else None, form.cleaned_data["reason"])
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, done or _("已更正；原条目仍可查阅"))
            return redirect(back)
    return render_page(
        request,
        "officers/entry_form.jinja",
        {
            "page_title": title,
            "breadcrumbs": _crumbs(officer),
            "form": form,
            "wide_fields": [*wide_fields, "reason", "proof"],
            "submit_label": _("更正"),
            "cancel_url": back,
            "hint": _("原条目和原有证明材料保留；新的证明材料按需补充。"),
        },
        status=400 if form.errors else 200,
    )


def _crumbs(officer: Officer) -> list[dict[str, str]]:
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


def record_counts(row: Any) -> bool:
    """Tell whether nothing stands in the place of a record."""
    return not type(row).objects.filter(corrects=row.pk).exists()


def record_to_correct(model: type[Any], pk: int) -> Any:
    """Return a record by its key; whether the viewer may see it is asked of its officer. Raises: NotFound."""
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return row


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def officer_education_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a corrected education in the place of one that is wrong."""
    row = record_to_correct(EducationRecord, pk)

    def save(form: forms.Form, proof: Upload | None, reason: str) -> object:
        return correct_education_record(
            actor_of(request), pk, form.cleaned_data, proof, reason, on=clock.today(), now=clock.now()
        )

    return correction_page(
        request,
        row,
        row.officer_id,
        Permission.OFFICER_EDIT,
        make_form=EducationForm,
        fields=("education", "degree", "school", "major", "graduated_on"),
        save=save,
        title=_("更正学历"),
        part="additional",
    )
