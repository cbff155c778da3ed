"""What may be shown to everybody: nothing else is on the public node."""

from __future__ import annotations

from django.db import models

from warrant.core.lifecycle import CertificateState


class PublicRecord(models.Model):
    """The public face of one certificate, as last told by its province."""

    certificate_number = models.CharField(max_length=24, primary_key=True)
    node_code = models.CharField(max_length=16)
    holder_name = models.CharField(max_length=60)
    agency_name = models.CharField(max_length=120)
    category_names = models.JSONField(help_text="names in Chinese, ordered")
    area_name = models.CharField(max_length=60)
    issuer_name = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in CertificateState])
    photo = models.BinaryField(help_text="JPEG, at most 12 kB")
    status_list_name = models.CharField(max_length=32)
    status_index = models.IntegerField()
    changed_at = models.DateTimeField()
    version = models.BigIntegerField()

    class Meta:
        db_table = "public_record"

    def __str__(self) -> str:
        return f"{self.certificate_number} {self.state}"


class PublishedStatusList(models.Model):
    """A province's signed status list, byte for byte."""

    name = models.CharField(max_length=32, primary_key=True)
    node_code = models.CharField(max_length=16)
    token = models.BinaryField()
    version = models.BigIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "published_status_list"

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class IssuerKey(models.Model):
    """A province's public key for credentials and status lists, as it arrived at the ministry."""

    node_code = models.CharField(max_length=16)
    key_text = models.CharField(max_length=120, unique=True)
    valid_from = models.DateField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "issuer_key"

    def __str__(self) -> str:
        return self.node_code


class KeyDirectory(models.Model):
    """The ministry's signed directory of issuer keys; the newest row counts."""

    token = models.BinaryField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "key_directory"

    def __str__(self) -> str:
        return f"{self.issued_at:%Y-%m-%d %H:%M}"
