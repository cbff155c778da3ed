"""What officers propose to correct in their own records."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.register import Officer
from warrant.core.lifecycle import PROPOSAL, ProposalState


class Proposal(ScopedModel):
    """One request of an officer to correct the own record; answered field by field."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="proposals")
    reason = models.CharField(max_length=300)
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in ProposalState], default=PROPOSAL.initial.value
    )
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "proposal"
        indexes = [*scope_indexes("proposal")]
        constraints = [
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(state=ProposalState.OPEN.value),
                name="proposal_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ProposalState]), name="proposal_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.state}"


class ProposedField(models.Model):
    """One field of a proposal: what the record says, what it should say, and the answer."""

    class Answer(models.TextChoices):
        """What the unit said."""

        NONE = "", "none"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="fields")
    field = models.CharField(max_length=24, help_text="of the form")
    before = models.CharField(max_length=300, blank=True, help_text="as the form showed it")
    after = models.CharField(
        max_length=300, blank=True, help_text="as it was typed; a code where there is one"
    )
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NONE, blank=True)
    answer_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "proposed_field"
        constraints = [models.UniqueConstraint(fields=["proposal", "field"], name="proposed_field_key")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.field}"
