"""The officer, what a name can be found by, and every version of the record."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedManager, ScopedModel, scope_indexes
from warrant.apps.officers.models.documents import Document
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle.officer import HIDDEN_STATES, OFFICER, ChangeKind, LeavingKind, OfficerState


class OfficerManager(ScopedManager["Officer"]):
    """The one door to officers; whoever was deleted or merged away is not shown to anybody."""

    def visible_to(self, actor: Actor, permission: Permission) -> models.QuerySet[Officer]:
        """Return the officers that ``actor`` may see by ``permission``, deleted and merged ones left out."""
        return super().visible_to(actor, permission).exclude(state__in=HIDDEN_STATES)


class Officer(ScopedModel):
    """One officer: the basic data of the 2009 notice, 三(一)."""

    class Precision(models.TextChoices):
        """How much of a date was known when it was recorded."""

        DAY = "day"
        MONTH = "month"
        YEAR = "year"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=120, help_text="full pinyin in ASCII, for order and range search")
    sex = models.CharField(max_length=1, help_text="GB/T 2261.1")
    birth_on = models.DateField()
    ethnicity = models.CharField(max_length=2, blank=True, help_text="GB/T 3304")
    id_number_sealed = models.BinaryField(help_text="AES-256-GCM, bound to uid")
    id_number_index = models.BinaryField(
        max_length=16, help_text="keyed blind index; once for each node that writes officers"
    )
    id_tail_index = models.BinaryField(
        max_length=8, default=b"", help_text="keyed blind index of the last four characters"
    )
    political_status = models.CharField(max_length=2, blank=True, help_text="GB/T 4762")
    education = models.CharField(max_length=2, blank=True, help_text="GB/T 4658")
    degree = models.CharField(max_length=3, blank=True, help_text="GB/T 6864")
    school = models.CharField(max_length=80, blank=True)
    major = models.CharField(max_length=80, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="officers")
    categories = models.CharField(max_length=60, help_text="enforcement categories, codes joined by commas")
    post = models.CharField(max_length=40, blank=True)
    position = models.CharField(max_length=40, blank=True)
    staffing = models.CharField(max_length=24, blank=True)
    has_legal_qualification = models.BooleanField(
        default=False, help_text="national legal-professional qualification"
    )
    work_started_on = models.DateField(null=True, help_text="the first day that what is known can mean")
    work_started_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)
    enforcement_started_on = models.DateField(null=True)
    enforcement_started_precision = models.CharField(
        max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    phone = models.CharField(max_length=24, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    photo = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in OfficerState],
        default=OFFICER.initial.value,
        help_text="of the person, never of the certificate",
    )
    left_on = models.DateField(null=True, help_text="the first day out of the force")
    left_kind = models.CharField(max_length=16, blank=True, choices=[(k.value, k.value) for k in LeavingKind])
    arrived_on = models.DateField(null=True, help_text="in the present unit, where it is known")
    certificate_number = models.CharField(max_length=24, blank=True, help_text="of the latest certificate")
    certificate_state = models.CharField(
        max_length=20, blank=True, help_text="of the latest certificate; empty without one"
    )
    certificate_valid_until = models.DateField(null=True, help_text="the last valid day")
    reviewed_year = models.PositiveSmallIntegerField(default=0, help_text="of the last annual review passed")
    trained_year = models.PositiveSmallIntegerField(
        default=0, help_text="the last year in which the hours were complete"
    )
    examined_year = models.PositiveSmallIntegerField(default=0, help_text="of the last examination passed")
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="absorbed",
        help_text="the record that was kept",
    )
    owner_node = models.CharField(
        max_length=16, blank=True, help_text="the node that writes this officer; empty for this one"
    )
    revision = models.PositiveIntegerField(default=1, help_text="counts the versions of the record")
    entered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[OfficerManager] = OfficerManager()
    system: ClassVar[models.Manager[Officer]] = models.Manager()

    class Meta(ScopedModel.Meta):
        db_table = "officer"
        indexes = [
            *scope_indexes("officer", "sort_key"),
            models.Index(fields=["sort_key", "id"], name="officer_sort"),
            models.Index(fields=["name", "birth_on"], name="officer_name"),
            models.Index(fields=["id_tail_index"], name="officer_id_tail"),
            models.Index(fields=["certificate_number"], name="officer_certificate"),
            # The orders of a nationwide list that are asked for most, beside that of names.
            models.Index(fields=["birth_on", "id"], name="officer_by_birth"),
            models.Index(fields=["certificate_valid_until", "id"], name="officer_by_validity"),
            models.Index(fields=["changed_at", "id"], name="officer_by_change"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in OfficerState]), name="officer_state_known"
            ),
            models.UniqueConstraint(fields=["id_number_index", "owner_node"], name="officer_id_number_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def category_codes(self) -> list[str]:
        """The enforcement categories, in the order of entry."""
        return [code for code in self.categories.split(",") if code]


class OfficerNameToken(models.Model):
    """What a name can be found by: suffixes of the name, of its pinyin and of its initials; searched by range.

    Short ones, which thousands bear, keep the officer's sort key too: they are found in the order of the names, so
    that the first page needs no sorting of thousands.
    """

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="name_tokens", db_index=False)
    token = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=120, null=True, help_text="of the officer, beside a short token")

    class Meta:
        db_table = "officer_name_token"
        constraints = [
            models.UniqueConstraint(fields=["officer", "token"], name="officer_name_token_key"),
        ]
        indexes = [
            models.Index(fields=["token", "officer"], name="officer_name_token_text"),
            models.Index(
                fields=["token", "sort_key", "officer"],
                condition=models.Q(sort_key__isnull=False),
                name="officer_name_token_short",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token} {self.officer_id}"


class OfficerVersion(ScopedModel):
    """What the record said from a day on, and who made it say so; one row for every change, never changed itself.

    The scope columns are those of the officer after the change, so that each unit sees what happened to its people.
    """

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField(help_text="1 is the entry into the register")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in ChangeKind])
    effective_on = models.DateField(help_text="the first day on which it was so")
    content = models.JSONField(help_text="the columns of VERSIONED_FIELDS, codes as stored; no ID number")
    changed_fields = models.JSONField(default=list, help_text="columns that differ from the revision before")
    reason = models.CharField(max_length=300, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=80, blank=True)
    account_unit = models.CharField(
        max_length=120, blank=True, help_text="where the change was made, if not on this node"
    )
    recorded_at = models.DateTimeField(help_text="where the change was made")
    arrived_at = models.DateTimeField(help_text="on this node; the same instant where it was made here")

    class Meta(ScopedModel.Meta):
        db_table = "officer_version"
        indexes = [
            *scope_indexes("officer_version"),
            models.Index(fields=["arrived_at", "id"], name="officer_version_arrived"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["officer", "revision"], name="officer_version_key"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id}#{self.revision} {self.kind}"
