"""What a decision was taken under, conditions waived for one person, and what a draft would change."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Document, Officer
from warrant.apps.regulations.models import RegulationVersion
from warrant.core.lifecycle import WAIVER, WaiverState


class EligibilityRecord(models.Model):
    """The explanation under which something was decided: enough to recompute it years later. Never written again."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="eligibility_records")
    on = models.DateField(help_text="the day on which the conditions were judged")
    kind = models.CharField(max_length=24, help_text="of the application")
    ruleset_digest = models.CharField(max_length=64, help_text="of the regulation's resolved content")
    facts = models.JSONField(help_text="core.eligibility.facts_to_json")
    results = models.JSONField(help_text="core.eligibility.results_to_json")
    sha256 = models.CharField(max_length=64, help_text="over all of it, in canonical form")
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "eligibility_record"
        indexes = [models.Index(fields=["officer", "id"], name="eligibility_record_officer")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.kind} {self.on}"


class Waiver(ScopedModel):
    """One condition waived for one officer until a day; ``state`` is assigned by ``eligibility.services`` only."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="waivers")
    rule_id = models.CharField(max_length=40)
    title = models.JSONField(help_text="of the condition when it was asked: zh and en")
    reason = models.CharField(max_length=300)
    basis = models.CharField(max_length=200, help_text="the text or decision by which it may be waived")
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(help_text="the last day on which it counts")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in WaiverState],
        default=WAIVER.initial.value,
    )
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=300, blank=True)

    class Meta(ScopedModel.Meta):
        db_table = "eligibility_waiver"
        indexes = [
            *scope_indexes("eligibility_waiver"),
            models.Index(fields=["officer", "state"], name="eligibility_waiver_officer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in WaiverState]),
                name="eligibility_waiver_state",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="eligibility_waiver_two_people",
            ),
            models.UniqueConstraint(
                fields=["officer", "rule_id"],
                condition=models.Q(state=WaiverState.ASKED.value),
                name="eligibility_waiver_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.rule_id} {self.state}"


class WhatIf(models.Model):
    """What a draft of the conditions would change, person by person, if it counted on a day."""

    version = models.ForeignKey(
        RegulationVersion, null=True, on_delete=models.PROTECT, related_name="+", help_text="the draft"
    )
    title = models.CharField(max_length=120)
    draft_digest = models.CharField(max_length=64, help_text="of the draft's resolved content")
    present_digest = models.CharField(max_length=64)
    on = models.DateField()
    kind = models.CharField(max_length=24, blank=True, help_text="empty: what each would apply for")
    changed_rules = models.JSONField(default=list, help_text="ids of the lines that differ")
    left_out = models.JSONField(default=list, help_text="ids of the lines that only a case can answer")
    by_unit = models.JSONField(default=list, help_text="unit id, looked at, gain, lose; most affected first")
    by_rule = models.JSONField(default=list, help_text="rule id, gain, lose")
    looked_at = models.PositiveIntegerField(default=0, help_text="people in the force")
    gain = models.PositiveIntegerField(default=0)
    lose = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    class Meta:
        db_table = "eligibility_what_if"

    def __str__(self) -> str:
        return f"{self.title} {self.on}"


class WhatIfPerson(models.Model):
    """One person who would gain or lose; at most some ten thousand are listed, all are counted."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="people")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+")
    gains = models.BooleanField()
    rules = models.CharField(max_length=200, help_text="ids of the lines by which, joined by commas")

    class Meta:
        db_table = "eligibility_what_if_person"
        constraints = [
            models.UniqueConstraint(fields=["what_if", "officer"], name="eligibility_what_if_person_key")
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {'+' if self.gains else '-'}"
