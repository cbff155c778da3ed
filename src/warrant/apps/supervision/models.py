"""Who counted as what from when until when, the movements between units, and the books of summary cells.

Facts are the rows behind every figure; cells are what those rows add up to. Both follow the register in the
transaction of the change. Source: ADR-0012.
"""

from __future__ import annotations

from datetime import date

from django.db import models

from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Officer
from warrant.core.qualification.year_figures import FigureKind

OPEN_END = date(9999, 12, 31)
"""``valid_until`` of a fact that still holds: a plain date, so that an index serves every day alike."""


class OfficerFact(ScopedModel):
    """What one officer counted as in ``[valid_from, valid_until)``, and in which unit.

    Columns are raw values of the dimensions in ``core.indicators``; ``category_mask`` has bit ``1 << code`` for
    each category. Whoever has left, was deleted or merged has no fact from that day on.
    """

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+", db_index=False)
    sort_key = models.CharField(max_length=120, help_text="of the officer as named today")
    valid_from = models.DateField()
    valid_until = models.DateField(default=OPEN_END)
    birth_year = models.SmallIntegerField()
    sex = models.SmallIntegerField()
    education = models.SmallIntegerField()
    profession = models.SmallIntegerField()
    trained_year = models.SmallIntegerField()
    examined_year = models.SmallIntegerField()
    reviewed_year = models.SmallIntegerField()
    arrived_year = models.SmallIntegerField()
    category_mask = models.SmallIntegerField()
    post = models.SmallIntegerField()
    staffing = models.SmallIntegerField()
    certificate = models.SmallIntegerField()

    class Meta(ScopedModel.Meta):
        db_table = "officer_fact"
        indexes = [
            *scope_indexes("officer_fact", "sort_key"),
            models.Index(fields=["sort_key", "id"], name="officer_fact_sort"),
            # Counts a province of the ministry's from the index alone: a third of the time, measured.
            models.Index(
                fields=[
                    "province_unit",
                    "valid_until",
                    "valid_from",
                    "birth_year",
                    "sex",
                    "education",
                    "profession",
                    "trained_year",
                    "examined_year",
                    "reviewed_year",
                    "arrived_year",
                    "category_mask",
                    "post",
                    "staffing",
                    "certificate",
                ],
                name="officer_fact_held",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["officer", "valid_from"], name="officer_fact_key"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("valid_from")), name="officer_fact_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.valid_from}..{self.valid_until}"


class FlowKind(models.TextChoices):
    """Why somebody came into a unit or went out of it; the value is stored."""

    REGISTERED = "registered"
    CAME_BACK = "came-back"
    TRANSFERRED = "transferred"
    UNIT_MOVED = "unit-moved"
    RETIREMENT = "retirement"
    RESIGNATION = "resignation"
    DISMISSAL = "dismissal"
    DEATH = "death"
    TRANSFER_OUT = "transfer-out"
    REMOVED = "removed"
    LEFT = "left"


class OfficerFlow(models.Model):
    """One officer came, went or changed the unit on a day; the units before are empty for who came, after for who went."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+")
    happened_on = models.DateField()
    kind = models.CharField(max_length=16, choices=FlowKind.choices)
    from_province = models.BigIntegerField(null=True)
    from_city = models.BigIntegerField(null=True)
    from_county = models.BigIntegerField(null=True)
    from_agency = models.BigIntegerField(null=True)
    to_province = models.BigIntegerField(null=True)
    to_city = models.BigIntegerField(null=True)
    to_county = models.BigIntegerField(null=True)
    to_agency = models.BigIntegerField(null=True)

    class Meta:
        db_table = "officer_flow"
        indexes = [
            models.Index(fields=[f"{end}_{level}", "happened_on"], name=f"officer_flow_{end}_{level}")
            for end in ("from", "to")
            for level in ("province", "city", "county", "agency")
        ] + [models.Index(fields=["happened_on", "id"], name="officer_flow_day")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.kind} {self.happened_on}"


class StatisticMovement(models.Model):
    """What a day added to one cell. Rows are only appended; several of one cell and day add up, and are folded later.

    ``unit`` is the id of a province, or 0 for the nation; ``sheet``, ``a`` and ``b`` as in ``core.indicators``.
    """

    unit = models.BigIntegerField()
    sheet = models.SmallIntegerField()
    day = models.DateField()
    a = models.SmallIntegerField()
    b = models.SmallIntegerField()
    count = models.IntegerField()

    class Meta:
        db_table = "statistic_movement"
        indexes = [models.Index(fields=["unit", "sheet", "day"], name="statistic_movement_cell")]

    def __str__(self) -> str:
        return f"{self.unit}/{self.sheet} {self.day}: {self.count:+}"


class StatisticMonth(models.Model):
    """A day at whose end the books were closed. The earliest is where they open: nothing before it is kept in cells."""

    closed_on = models.DateField(unique=True)

    class Meta:
        db_table = "statistic_month"

    def __str__(self) -> str:
        return self.closed_on.isoformat()


class StatisticClosing(models.Model):
    """How many stood in a cell at the end of a day that was closed.

    Rows add up like movements: a change recorded late adds to every closing on or after its day.
    """

    unit = models.BigIntegerField()
    sheet = models.SmallIntegerField()
    closed_on = models.DateField()
    a = models.SmallIntegerField()
    b = models.SmallIntegerField()
    count = models.IntegerField()

    class Meta:
        db_table = "statistic_closing"
        indexes = [models.Index(fields=["unit", "sheet", "closed_on"], name="statistic_closing_cell")]

    def __str__(self) -> str:
        return f"{self.unit}/{self.sheet} {self.closed_on}: {self.count}"


class StatisticBuilding(models.Model):
    """The statistics are being made from the register for the first time; the row goes when they are complete.

    ``seen_at`` is the last sign of life of who makes them.
    """

    seen_at = models.DateTimeField()

    class Meta:
        db_table = "statistic_building"

    def __str__(self) -> str:
        return self.seen_at.isoformat()


class StatisticWaiting(models.Model):
    """An officer who was changed while the statistics were being made, and is taken in at the end."""

    officer_id = models.BigIntegerField()

    class Meta:
        db_table = "statistic_waiting"

    def __str__(self) -> str:
        return str(self.officer_id)


class OrganiserYear(models.Model):
    """What an organiser's training, examinations or assessments of a year came to, as its province told the ministry.

    Columns as in ``core.qualification.year_figures``; ``odd`` names what was odd as of that year, separated by commas.
    """

    node = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in FigureKind])
    organiser = models.CharField(max_length=24, help_text="code of the unit")
    organiser_name = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    held = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    reached = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    uniform = models.PositiveIntegerField()
    odd = models.CharField(max_length=80, blank=True)
    told_at = models.DateTimeField(help_text="when it stood so")

    class Meta:
        db_table = "organiser_year"
        constraints = [
            models.UniqueConstraint(fields=["kind", "node", "organiser", "year"], name="organiser_year_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[one.value for one in FigureKind]), name="organiser_year_kind"
            ),
        ]
        indexes = [models.Index(fields=["kind", "year", "node"], name="organiser_year_page")]

    def __str__(self) -> str:
        return f"{self.kind} {self.organiser} {self.year}"
