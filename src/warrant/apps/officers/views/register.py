"""What a typed ID number means."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.register import age_on, code_name
from warrant.apps.officers.selectors.searching import id_number_form
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.standards import codes, id_number


@permission_for_view(Permission.OFFICER_EDIT)
@require_POST
def id_number_reading(request: HttpRequest) -> HttpResponse:
    """Say what a typed ID number means: sex, birth date and age, or what is wrong with it."""
    text = id_number_form(request.POST.get("id_number", ""))
    context: dict[str, Any] = {"reading": None, "problem": ""}
    if text:
        try:
            number = id_number.check(text)
        except InvalidInput as error:
            context["problem"] = error_text(error)
        else:
            context["reading"] = {
                "sex": code_name(codes.SEX, number.sex_code),
                "birth_on": number.born_on.isoformat(),
                "age": age_on(number.born_on, clock.today()),
            }
    return render_page(request, "officers/id_number_reading.jinja", context)
