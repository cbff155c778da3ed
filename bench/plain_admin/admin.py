"""The admin as the tutorial teaches it."""

from __future__ import annotations

from django.contrib import admin

from bench.plain_admin.models import Person


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's is no generic when it runs
    """Columns, filters and search of officers."""

    list_display = (
        "name", "sex", "birth_on", "agency", "categories", "post", "education", "state",
        "certificate_number", "certificate_state", "certificate_valid_until",
    )  # fmt: skip
    list_filter = ("sex", "state", "certificate_state", "education", "staffing")
    search_fields = ("name", "certificate_number")
    list_select_related = ("agency",)
    list_per_page = 50
    raw_id_fields = ("agency",)
