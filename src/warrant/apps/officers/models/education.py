"""Educations, each with its proof."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.officers.models.correctable import Correctable
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.register import Officer


class EducationRecord(Correctable):
    """One education with its proof; a later entry never overwrites an earlier one."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="educations")
    education = models.CharField(max_length=2, help_text="GB/T 4658")
    degree = models.CharField(max_length=3, blank=True, help_text="GB/T 6864")
    school = models.CharField(max_length=80)
    major = models.CharField(max_length=80)
    graduated_on = models.DateField()
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "education_record"
        indexes = [models.Index(fields=["officer", "graduated_on"], name="education_record_officer")]

    def __str__(self) -> str:
        return f"{self.school} {self.graduated_on}"
