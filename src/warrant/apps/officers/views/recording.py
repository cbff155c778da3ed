"""One page on which something about an officer is recorded with its proof, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from warrant.apps.foundation.pages import actor_of, add_error, render_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import officer_for
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput


def record_page(
    request: HttpRequest,
    officer_pk: int,
    permission: Permission,
    *,
    make_form: Callable[..., forms.Form],
    save: Callable[[Officer, Any], str],
    title: str,
    submit: str,
    part: str,
    wide_fields: Sequence[str] = (),
) -> HttpResponse:
    """Ask for what is recorded, and keep it.

    ``save`` gets the officer and the valid form and returns what is said then. ``part``: where on the officer's page
    the record stands.
    """
    officer = officer_for(actor_of(request), officer_pk)
    require(actor_of(request), permission, officer.place)
    form = make_form(request.POST or None, request.FILES or None)
    page = reverse("officer-detail", kwargs={"pk": officer.pk})
    if request.method == "POST" and form.is_valid():
        try:
            done = save(officer, form)
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, done)
            return redirect(f"{page}?part={part}")
    return render_page(
        request,
        "page_form.jinja",
        {
            "title": title,
            "form": form,
            "wide_fields": [*wide_fields, "proof"],
            "submit_label": submit,
            "cancel_url": page,
            "breadcrumbs": [{"label": officer.name, "url": page}],
        },
        status=400 if form.errors else 200,
    )
