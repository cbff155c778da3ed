"""Key sets as the register knows them, and the acts of their custodians."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.core.lifecycle import KEY_ACT, KeyActState
from warrant.core.lifecycle.key import KEY, KeyState


class KeySet(models.Model):
    """A version of the node's card keys as the register knows it: check values, state and periods, never keys."""

    suite = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, help_text="master (ministry) or sub (province)")
    province_code = models.CharField(max_length=6, blank=True)
    check_values = models.JSONField()
    created_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in KeyState], default=KEY.initial.value
    )
    active_from = models.DateTimeField(null=True, help_text="from when on it went onto new cards")
    active_until = models.DateTimeField(null=True, help_text="when that ended, for whatever reason")
    changed_at = models.DateTimeField(null=True, help_text="when it came to its state")

    class Meta:
        db_table = "key_set"
        constraints = [
            models.UniqueConstraint(
                fields=["suite", "kind", "province_code"],
                condition=models.Q(state="active"),
                name="key_set_one_active",
            ),
            models.UniqueConstraint(fields=["suite", "version", "kind", "province_code"], name="key_set_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.suite} v{self.version} {self.province_code}"


class KeyAct(models.Model):
    """One act on keys: proposed by a custodian, done when a second one confirms."""

    kind = models.CharField(max_length=32)
    parameters = models.JSONField(default=dict)
    waits_for = models.CharField(
        max_length=64,
        null=True,
        help_text="what it is about, while it waits: no two of the same wait at a time",
    )
    package = models.BinaryField(null=True, help_text="a wrapped sub-key package on its way in")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in KeyActState], default=KEY_ACT.initial.value
    )
    proposed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    comparison = models.JSONField(
        default=dict,
        help_text="by voice: of what, what was heard, with whom at the other end, whether it matched",
    )
    expires_at = models.DateTimeField(
        null=True, help_text="when a ceremony's typed or waiting parts are wiped"
    )

    class Meta:
        db_table = "key_act"
        indexes = [models.Index(fields=["state", "proposed_at"], name="key_act_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["waits_for"], condition=models.Q(state="proposed"), name="key_act_waits_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class KeyPart(models.Model):
    """One custodian's part in a ceremony: a component or share, sealed in the vault's name and only while needed."""

    act = models.ForeignKey(KeyAct, on_delete=models.PROTECT, related_name="parts")
    holder = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(null=True, help_text="from 1; of a restore, once it is typed")
    sealed = models.BinaryField(null=True, help_text="five lines of 16 bytes; gone once used or shown")
    entered_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "key_part"
        constraints = [
            models.UniqueConstraint(fields=["act", "holder"], name="key_part_one_each"),
            models.UniqueConstraint(fields=["act", "number"], name="key_part_number"),
        ]

    def __str__(self) -> str:
        return f"{self.act_id} {self.holder_id}"


class PeerTransportKey(models.Model):
    """A province's public key for receiving sub-keys, as it arrived at the ministry."""

    node_code = models.CharField(max_length=16, unique=True)
    public_key = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "peer_transport_key"

    def __str__(self) -> str:
        return self.node_code
