"""The one list of permissions; a permission names a use case, never a screen."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What can be allowed. The value is stable: it stands in audit rows."""

    OFFICER_VIEW = "officer.view"
    OFFICER_EDIT = "officer.edit"
    OFFICER_UNMASK = "officer.unmask"
    ROSTER_IMPORT = "roster.import"
    TRAINING_RECORD = "training.record"
    APPLICATION_VIEW = "application.view"
    APPLICATION_PREPARE = "application.prepare"
    APPLICATION_REVIEW = "application.review"
    APPLICATION_VERIFY = "application.verify"
    APPLICATION_APPROVE = "application.approve"
    FILING_VIEW = "filing.view"
    FILING_REVIEW = "filing.review"
    CERTIFICATE_VIEW = "certificate.view"
    CERTIFICATE_REPORT_LOST = "certificate.report-lost"
    CERTIFICATE_WITHHOLD = "certificate.withhold"
    CERTIFICATE_CANCEL = "certificate.cancel"
    CARD_VIEW = "card.view"
    CARD_PRODUCE = "card.produce"
    CARD_HAND_OVER = "card.hand-over"
    CARD_STOCK = "card.stock"
    KEY_VIEW = "key.view"
    KEY_CUSTODY = "key.custody"
    ORGANISATION_VIEW = "organisation.view"
    ORGANISATION_MANAGE = "organisation.manage"
    ACCOUNT_MANAGE = "account.manage"
    ROLE_ASSIGN = "role.assign"
    AUDIT_VIEW = "audit.view"
    EXCHANGE_VIEW = "exchange.view"
    PUBLICATION_VIEW = "publication.view"
    OWN_RECORD = "own.record"
