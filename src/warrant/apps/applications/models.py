"""Applications and the opinions given on them."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.eligibility.models import EligibilityRecord
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Document, Officer
from warrant.core.access import Level
from warrant.core.lifecycle import (
    APPLICATION_MACHINES,
    ApplicationKind,
    ApplicationState,
    Machine,
    Step,
)
from warrant.core.lifecycle.application import OPEN_STATES


class ApplicationCounter(models.Model):
    """The last number given in one province and year; the locked row hands numbers out without holes."""

    prefix = models.CharField(max_length=8, primary_key=True, help_text="A322026")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "application_counter"

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"


class Application(ScopedModel):
    """One qualification application; ``state`` is assigned by ``applications.services`` only."""

    number = models.CharField(max_length=20, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="applications")
    kind = models.CharField(max_length=24, default=ApplicationKind.FIRST_ISSUE.value)
    categories = models.CharField(
        max_length=60, help_text="enforcement categories asked for, codes joined by commas"
    )
    state = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in ApplicationState],
        default=ApplicationState.DRAFT.value,
    )
    steps = models.JSONField(
        default=list, help_text="the chain, fixed at submission: state, level, unit_id, limit, warning"
    )
    round = models.PositiveSmallIntegerField(
        default=0, help_text="counts submissions, and filings that the ministry returned"
    )
    statement = models.TextField(blank=True, help_text="the unit's statement on conduct and health")
    declarations = models.JSONField(
        default=dict,
        help_text="what the unit declares: health, conduct, no-crime, no-dismissal; true or false each",
    )
    grounds = models.JSONField(
        default=dict,
        help_text="what the kind asks for besides: why a card is replaced, what is to change, and so on",
    )
    certificate_number = models.CharField(
        max_length=20, blank=True, help_text="the certificate that the case is about; none at a first issue"
    )
    marked_fields = models.JSONField(
        default=list,
        help_text="what has to be mended, as marked at the return; empty once it is submitted again",
    )
    prepared_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    waiting_unit_id = models.BigIntegerField(null=True, help_text="the unit whose decision is awaited")
    decides_as = models.CharField(
        max_length=16, blank=True, help_text="the step whose permission the awaited decision asks for"
    )
    refused_in = models.CharField(
        max_length=16, blank=True, help_text="the step that refused, until that is overturned"
    )
    refused_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True, help_text="the last day in time of the stay that is running")
    warn_on = models.DateField(null=True, help_text="the first day of its warning")
    assigned_to = models.ForeignKey(
        Account,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who has taken on the awaited decision, or was given it; none for nobody",
    )
    assigned_at = models.DateTimeField(null=True)
    assigned_why = models.CharField(max_length=200, blank=True, help_text="the reason of the handing over")
    freed_at = models.DateTimeField(
        null=True, help_text="when the case went back to nobody by itself, until somebody takes it on"
    )
    freed_from = models.CharField(max_length=80, blank=True, help_text="the name of whom it was taken from")
    freed_why = models.CharField(max_length=16, blank=True, help_text="left, no-role or on-leave")
    stuck_since = models.DateTimeField(
        null=True, help_text="since when everybody who decides for the unit is barred from this case"
    )

    class Meta(ScopedModel.Meta):
        db_table = "application"
        indexes = [
            *scope_indexes("application", "number"),
            models.Index(
                fields=["waiting_unit_id", "decides_as", "waiting_since"], name="application_waiting"
            ),
            models.Index(fields=["waiting_unit_id", "decides_as", "due_on"], name="application_queue"),
            models.Index(fields=["due_on"], condition=models.Q(due_on__isnull=False), name="application_due"),
            models.Index(
                fields=["assigned_to", "waiting_unit_id", "decides_as", "due_on"],
                condition=models.Q(assigned_to__isnull=False),
                name="application_assigned",
            ),
            models.Index(
                fields=["freed_at"], condition=models.Q(freed_at__isnull=False), name="application_freed"
            ),
            models.Index(
                fields=["stuck_since"],
                condition=models.Q(stuck_since__isnull=False),
                name="application_stuck",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ApplicationState]),
                name="application_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ApplicationKind]),
                name="application_kind_known",
            ),
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(state__in=[state.value for state in OPEN_STATES]),
                name="application_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def machine(self) -> Machine:
        """The table of the case's kind."""
        return APPLICATION_MACHINES[ApplicationKind(self.kind)]

    @property
    def category_codes(self) -> list[str]:
        """The enforcement categories asked for, in the order of entry."""
        return [code for code in self.categories.split(",") if code]

    @property
    def chain_of_steps(self) -> tuple[Step, ...]:
        """The chain as fixed at submission; empty before."""
        return tuple(
            Step(
                ApplicationState(step["state"]),
                Level(step["level"]),
                step["unit_id"],
                step.get("limit"),
                step.get("warning", 0),
            )
            for step in self.steps
        )


class Opinion(models.Model):
    """What one person decided at one step; kept for ever, whatever happens to the case."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions")
    seq = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(help_text="the round in which the opinion was given")
    state = models.CharField(max_length=16, help_text="the state in which the opinion was given")
    action = models.CharField(max_length=32)
    reason = models.TextField(blank=True)
    remedy = models.TextField(blank=True, help_text="at a refusal: what can be done about it")
    marked_fields = models.JSONField(default=list, help_text="at a return: what has to be mended")
    eligibility = models.ForeignKey(
        EligibilityRecord,
        null=True,
        on_delete=models.PROTECT,
        related_name="opinions",
        help_text="the conditions as they stood when the case was submitted or decided on",
    )
    account = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="none for the ministry's answer",
    )
    account_name = models.CharField(
        max_length=170, blank=True, help_text="a substitute's with the name of the person behind"
    )
    on_behalf_of = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the person in whose place a substitute said it",
    )
    unit_name = models.CharField(max_length=120)
    given_at = models.DateTimeField()

    class Meta:
        db_table = "opinion"
        constraints = [models.UniqueConstraint(fields=["application", "seq"], name="opinion_key")]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.seq} {self.action}"


class GroundsProof(models.Model):
    """What proves the grounds of a case: the published notice of a loss, the receipt for a card that was handed in."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="grounds_proofs")
    kind = models.CharField(max_length=16, help_text="loss-notice or old-card")
    where = models.CharField(max_length=120, help_text="the paper or site of the notice; who took the card")
    happened_on = models.DateField(help_text="the day of the notice, or of the handing in")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "application_grounds_proof"
        constraints = [models.UniqueConstraint(fields=["application", "kind"], name="grounds_proof_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class Stay(models.Model):
    """One stretch of time during which a case waited for one unit; its due day is fixed when it begins."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="stays")
    state = models.CharField(max_length=16)
    unit_id = models.BigIntegerField(
        null=True, help_text="the unit that was waited for; none for the ministry"
    )
    begun_at = models.DateTimeField()
    limit = models.PositiveSmallIntegerField(null=True, help_text="working days; none without a limit")
    used_before = models.PositiveSmallIntegerField(
        default=0, help_text="working days of the limit that ran before the case was returned for correction"
    )
    due_on = models.DateField(null=True)
    steps_digest = models.CharField(max_length=64, help_text="the rule that set the limit")
    calendar_digest = models.CharField(max_length=64, help_text="the calendar by which it is counted")
    warned_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=32, blank=True, help_text="the act that ended it")
    workdays = models.PositiveSmallIntegerField(default=0, help_text="that it took, once it has ended")

    class Meta:
        db_table = "application_stay"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(ended_at__isnull=True),
                name="application_stay_one_running",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=models.Q(ended_at__isnull=True),
                name="application_stay_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.state} {self.begun_at:%Y-%m-%d}"
