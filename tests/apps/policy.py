"""The policy: who may ask what of which page. One row for every address of a node, and the outcome that follows.

The table is written by hand from what the pages are for. It is not derived from the views: the matrix test compares
the two, and fails for an address that has no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warrant.core.access import ROLE_PERMISSIONS, Role
from warrant.core.access import Permission as P

OPEN = "open"
"""For everybody, signed in or not."""
SIGNED_IN = "signed in"
"""For everybody who is signed in; what is shown is their own, or asked for at the place of the thing."""

NODE = "node"
"""A page of the whole node, or of something that lies at no place."""
THING = "thing"
"""A page of one thing that lies at a place: out of scope it does not exist."""
TREE = "tree"
"""A unit: every unit of the node is known to all who may look at the tree."""

STEPS = (P.APPLICATION_REVIEW, P.APPLICATION_VERIFY, P.APPLICATION_APPROVE)
"""Deciding on cases, at whichever step."""

ANSWERED = frozenset({200, 204, 302, 400, 409})
"""What somebody gets who may ask: the page, a form that is not filled in, or a state that does not allow it."""


@dataclass(frozen=True)
class Row:
    """What one address needs.

    ``needs`` is asked first, wherever it is held. ``place`` says what is asked then: a thing must be in reach.
    ``one_of``: any of these does, wherever it is held.
    ``seen_with`` and ``there`` are asked at the place of the thing: who lacks the first is told that there is
    nothing, who lacks the second that it is not allowed. ``is_own``: the officer concerned may, too.
    ``is_for_those_below``: units below the one whose thing it is reach it, too. ``also``: what else it answers to an
    empty form, for a reason of its own.
    """

    needs: P | str
    place: str = NODE
    one_of: tuple[P, ...] = ()
    seen_with: P | None = None
    there: P | None = None
    is_own: bool = False
    is_for_those_below: bool = False
    verbs: str = "GET"
    also: frozenset[int] = frozenset()


def outcome(
    row: Row, role: Role, verb: str, *, is_in_reach: bool, is_concerned: bool = False
) -> frozenset[int]:
    """Return the statuses with which an address may answer.

    ``is_in_reach``: the unit over which the role is held is the thing's or stands above it. ``is_concerned``: the
    thing is about the person who asks.
    """
    held = ROLE_PERMISSIONS[role]
    if isinstance(row.needs, P) and row.needs not in held:
        return frozenset({403})
    if verb not in row.verbs.split():
        return frozenset({405})
    if row.one_of and not held & set(row.one_of):
        return frozenset(
            {403, 404}
        )  # the second for whoever stands below the node's top: nothing is there for them
    answered = ANSWERED | row.also
    if row.place != THING:
        return answered if row.there is None or row.there in held else frozenset({403})
    if is_concerned and row.is_own:
        return answered
    if not is_in_reach or role is Role.OFFICER:
        return frozenset({404})
    if row.seen_with is not None and row.seen_with not in held:
        return frozenset({404})
    if row.there is not None and row.there not in held:
        return frozenset({403})
    return answered


POLICY: Mapping[str, Row] = {
    "account-detail": Row(SIGNED_IN, one_of=(P.ACCOUNT_MANAGE, P.ROLE_ASSIGN)),
    "account-disable": Row(P.ACCOUNT_MANAGE, verbs="POST"),
    "account-list": Row(SIGNED_IN, one_of=(P.ACCOUNT_MANAGE, P.ROLE_ASSIGN)),
    "account-open": Row(P.ACCOUNT_MANAGE, verbs="GET POST"),
    "account-password-reset": Row(P.ACCOUNT_MANAGE, verbs="POST"),
    "account-role-assign": Row(P.ROLE_ASSIGN, verbs="POST"),
    "account-role-withdraw": Row(P.ROLE_ASSIGN, verbs="POST"),
    "review-batch": Row(P.REVIEW_DECIDE, THING, verbs="GET POST"),
    "review-campaign": Row(P.CERTIFICATE_VIEW),
    "review-line": Row(P.CERTIFICATE_VIEW, THING),
    "review-line-propose": Row(P.REVIEW_DECIDE, THING, verbs="POST"),
    "review-list": Row(P.CERTIFICATE_VIEW, verbs="GET POST"),
    "review-look-again": Row(P.REVIEW_DECIDE, verbs="POST"),
    "review-propose": Row(P.REVIEW_DECIDE, verbs="POST"),
    "review-provinces": Row(P.CERTIFICATE_VIEW),
    "application-act": Row(SIGNED_IN, THING, one_of=(P.APPLICATION_VIEW,), verbs="GET POST"),
    "application-detail": Row(SIGNED_IN, THING, seen_with=P.APPLICATION_VIEW, is_own=True),
    "application-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "application-holder": Row(SIGNED_IN, THING, one_of=(P.APPLICATION_VIEW,), verbs="GET POST"),
    "application-list": Row(P.APPLICATION_VIEW),
    "application-new": Row(P.APPLICATION_PREPARE, THING, verbs="GET POST"),
    "application-paper": Row(SIGNED_IN, THING, seen_with=P.APPLICATION_VIEW, is_own=True, verbs="POST"),
    "application-proof": Row(P.APPLICATION_PREPARE, THING, verbs="POST"),
    "application-start": Row(P.APPLICATION_PREPARE, verbs="POST"),
    "application-together": Row(SIGNED_IN, one_of=STEPS, verbs="POST"),
    "application-waiting": Row(SIGNED_IN, one_of=STEPS),
    "application-statement": Row(P.APPLICATION_PREPARE, THING, verbs="POST"),
    "assessment-cancel": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "assessment-confirm": Row(P.OFFICER_CONFIRM, THING, verbs="GET POST"),
    "assessment-detail": Row(P.OFFICER_VIEW, THING),
    "assessment-figures": Row(P.STATISTICS_VIEW),
    "assessment-hand-in": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "assessment-list": Row(P.OFFICER_VIEW),
    "assessment-new": Row(P.OFFICER_EDIT, verbs="GET POST"),
    "assessment-objection": Row(P.OFFICER_VIEW, THING),
    "assessment-objection-correct": Row(P.OFFICER_CONFIRM, THING, verbs="GET POST"),
    "assessment-objection-uphold": Row(P.OFFICER_CONFIRM, THING, verbs="GET POST"),
    "assessment-people": Row(P.STATISTICS_VIEW),
    "assessment-people-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "assessment-refresh": Row(P.OFFICER_EDIT, THING, verbs="POST"),
    "assessment-return": Row(P.OFFICER_CONFIRM, THING, verbs="GET POST"),
    "assessment-scores": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "assessment-sheet": Row(P.OFFICER_VIEW, THING),
    "assessment-sheet-correct": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "assessment-sheet-score": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "audit-export": Row(P.AUDIT_VIEW, verbs="GET POST"),
    "audit-list": Row(P.AUDIT_VIEW),
    "candidate-remove": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "card-batch-put-back": Row(P.CARD_PRODUCE, THING, verbs="POST", also=frozenset({404})),
    "card-batch-take": Row(P.CARD_PRODUCE, verbs="POST"),
    "card-box": Row(P.CARD_PRODUCE, verbs="GET POST"),
    "card-centre": Row(P.CARD_PRODUCE),
    "card-design-draft-sheet": Row(P.REGULATION_VIEW, also=frozenset({404})),
    "card-design-sheet": Row(P.REGULATION_VIEW),
    "card-designs": Row(P.REGULATION_VIEW),
    "card-face": Row(P.CARD_VIEW, THING),
    "card-faces-made": Row(P.CARD_PRODUCE),
    "card-hand-over": Row(P.CARD_HAND_OVER, THING, verbs="GET POST"),
    "card-hand-over-list": Row(P.CARD_HAND_OVER),
    "card-job-detail": Row(P.CARD_VIEW, THING),
    "card-job-erase": Row(P.CARD_PRODUCE, THING, verbs="POST", also=frozenset({404, 503})),
    "card-job-pass": Row(P.CARD_PRODUCE, THING, verbs="POST"),
    "card-job-resume": Row(P.CARD_PRODUCE, THING, verbs="POST", also=frozenset({404})),
    "card-job-spoil": Row(P.CARD_PRODUCE, THING, verbs="GET POST"),
    "card-job-start": Row(P.CARD_PRODUCE, verbs="POST", also=frozenset({404})),
    "card-holder-receipt": Row(P.CARD_HAND_OVER, THING, verbs="POST"),
    "card-parcel": Row(P.CARD_VIEW, THING),
    "card-parcel-paper": Row(P.CARD_VIEW, THING, verbs="POST"),
    "card-parcel-receive": Row(P.CARD_HAND_OVER, THING, verbs="POST"),
    "card-parcel-send": Row(P.CARD_PRODUCE, verbs="GET POST"),
    "card-parcels": Row(P.CARD_VIEW),
    "card-readers": Row(P.CARD_PRODUCE),
    "card-receive": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-rekeying": Row(P.CARD_PRODUCE),
    "card-spoil": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-stock": Row(P.CARD_STOCK),
    "card-visit": Row(P.CARD_PRODUCE, verbs="GET POST", also=frozenset({404, 503})),
    "card-batches": Row(P.CARD_STOCK),
    "card-batch-detail": Row(P.CARD_STOCK),
    "card-batch-count": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-batch-settle": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-movements": Row(P.CARD_STOCK),
    "card-movement-new": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-movement-detail": Row(P.CARD_STOCK),
    "card-movement-take": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-movement-refuse": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-stores": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-store-close": Row(P.CARD_STOCK, verbs="POST"),
    "card-balance": Row(P.CARD_STOCK),
    "stock-day-close": Row(P.CARD_STOCK, verbs="GET POST"),
    "stock-days": Row(P.CARD_STOCK),
    "stock-day-detail": Row(P.CARD_STOCK),
    "stock-day-confirm": Row(P.CARD_STOCK, verbs="POST", also=frozenset({403})),
    "stock-day-reject": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-destructions": Row(P.CARD_STOCK),
    "card-destruction-new": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-destruction-detail": Row(P.CARD_VIEW, also=frozenset({404})),
    "card-destruction-witness": Row(P.CARD_VIEW, verbs="GET POST", also=frozenset({403, 404})),
    "card-destruction-withdraw": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-destruction-record": Row(P.CARD_VIEW, also=frozenset({404})),
    "card-detail": Row(P.CARD_STOCK),
    "card-take-back": Row(P.CARD_STOCK, verbs="GET POST"),
    "card-find": Row(P.CARD_STOCK, verbs="GET POST"),
    "certificate-act": Row(
        SIGNED_IN,
        THING,
        seen_with=P.CERTIFICATE_VIEW,
        there=P.CERTIFICATE_REPORT_LOST,
        is_own=True,
        verbs="GET POST",
    ),
    "certificate-columns": Row(P.CERTIFICATE_VIEW, verbs="POST"),
    "certificate-detail": Row(SIGNED_IN, THING, seen_with=P.CERTIFICATE_VIEW, is_own=True),
    "certificate-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "certificate-list": Row(P.CERTIFICATE_VIEW),
    "certificate-view-delete": Row(P.CERTIFICATE_VIEW, verbs="POST"),
    "certificate-view-save": Row(P.CERTIFICATE_VIEW, verbs="POST"),
    "certificate-views": Row(P.CERTIFICATE_VIEW),
    "certificate-notice": Row(
        SIGNED_IN,
        THING,
        seen_with=P.CERTIFICATE_VIEW,
        there=P.CERTIFICATE_REPORT_LOST,
        is_own=True,
        verbs="POST",
    ),
    "certificate-loss-notice": Row(
        SIGNED_IN,
        THING,
        seen_with=P.CERTIFICATE_VIEW,
        there=P.CERTIFICATE_REPORT_LOST,
        is_own=True,
        verbs="GET POST",
    ),
    "change-password": Row(SIGNED_IN, verbs="GET POST"),
    "components": Row(OPEN),
    "sam-list": Row(P.KEY_VIEW),
    "sam-receive": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "sam-count": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "sam-count-detail": Row(P.KEY_VIEW),
    "sam-count-decide": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "sam-block-list": Row(OPEN),
    "sam-detail": Row(P.KEY_VIEW),
    "sam-accept": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "sam-issue": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "sam-receipt": Row(P.KEY_CUSTODY),
    "sam-act": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "delegation-act": Row(SIGNED_IN, verbs="POST", also=frozenset({403, 404})),
    "delegation-list": Row(SIGNED_IN),
    "delegation-new": Row(SIGNED_IN, verbs="GET POST", also=frozenset({404})),
    "leave-end": Row(SIGNED_IN, verbs="POST", also=frozenset({404})),
    "leave-new": Row(SIGNED_IN, verbs="GET POST"),
    "deletion-request": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "document-open": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW),
    "draft-discard": Row(P.OFFICER_EDIT, verbs="POST"),
    "draft-save": Row(P.OFFICER_EDIT, verbs="POST"),
    "duplicate-act": Row(P.DUPLICATE_VIEW, THING, verbs="GET POST"),
    "duplicate-confirm": Row(P.OFFICER_CONFIRM, THING, verbs="GET POST"),
    "duplicate-detail": Row(P.DUPLICATE_VIEW, THING),
    "duplicate-list": Row(P.DUPLICATE_VIEW),
    "duplicate-merge": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "duplicate-scan": Row(P.DUPLICATE_VIEW, verbs="POST", also=frozenset({404})),
    "eligibility-record": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "examination-correct": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "examination-new": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "exchange-append": Row(OPEN, verbs="POST"),
    "exchange-metrics": Row(OPEN, also=frozenset({401, 403, 404})),
    "exchange-read": Row(OPEN, verbs="POST"),
    "exchange-status": Row(P.EXCHANGE_VIEW),
    "export-delete": Row(SIGNED_IN, verbs="POST"),
    "export-detail": Row(SIGNED_IN),
    "export-fetch": Row(SIGNED_IN),
    "export-list": Row(SIGNED_IN),
    "case-figures-list": Row(P.FINDING_VIEW),
    "case-figures-new": Row(P.CASE_FIGURES, verbs="GET POST"),
    "finding-assign": Row(P.FINDING_HANDLE, THING, seen_with=P.FINDING_VIEW, verbs="POST"),
    "finding-close": Row(P.FINDING_HANDLE, THING, seen_with=P.FINDING_VIEW, verbs="POST"),
    "finding-detail": Row(P.FINDING_VIEW, THING),
    "finding-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "finding-list": Row(P.FINDING_VIEW),
    "finding-look": Row(P.FINDING_HANDLE, verbs="POST", also=frozenset({404})),
    "finding-overview": Row(P.FINDING_VIEW),
    "finding-provinces": Row(P.FINDING_VIEW),
    "finding-put-back": Row(P.FINDING_HANDLE, THING, seen_with=P.FINDING_VIEW, verbs="POST"),
    "filing-accept": Row(P.FILING_REVIEW, verbs="POST"),
    "filing-decide": Row(P.FILING_REVIEW, verbs="GET POST"),
    "filing-detail": Row(P.FILING_VIEW),
    "filing-documents": Row(P.APPLICATION_APPROVE, THING, verbs="GET POST"),
    "filing-documents-ask": Row(P.FILING_REVIEW, verbs="GET POST"),
    "filing-list": Row(P.FILING_VIEW),
    "filing-statistics": Row(P.FILING_VIEW),
    "filing-statistics-export": Row(P.FILING_VIEW, verbs="GET POST"),
    "filing-statistics-list": Row(P.FILING_VIEW),
    "filing-statistics-list-export": Row(P.FILING_VIEW, verbs="GET POST"),
    "filing-paper": Row(P.FILING_VIEW, verbs="POST"),
    "filing-receipt-paper": Row(P.APPLICATION_VIEW, THING, verbs="POST"),
    "filing-receipt": Row(P.APPLICATION_VIEW, THING),
    "filing-request": Row(P.APPLICATION_VIEW, THING),
    "healthz": Row(OPEN),
    "home": Row(SIGNED_IN),
    "id-number-correction": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "id-number-looks": Row(P.AUDIT_VIEW),
    "job-cancel": Row(SIGNED_IN, verbs="POST"),
    "job-detail": Row(SIGNED_IN),
    "job-list": Row(SIGNED_IN),
    "key-act-decide": Row(P.KEY_CUSTODY, verbs="POST"),
    "key-act-detail": Row(P.KEY_VIEW),
    "key-act-compare": Row(P.KEY_CUSTODY, verbs="GET POST", also=frozenset({404})),
    "key-ceremony-propose": Row(P.KEY_CUSTODY, verbs="GET POST", also=frozenset({404})),
    "key-part-enter": Row(P.KEY_CUSTODY, verbs="GET POST", also=frozenset({404})),
    "key-part-show": Row(P.KEY_CUSTODY, verbs="GET POST", also=frozenset({403, 404})),
    "key-act-propose": Row(P.KEY_CUSTODY, verbs="GET POST", also=frozenset({404})),
    "key-act-reject": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "key-act-record": Row(P.KEY_VIEW, also=frozenset({409})),
    "key-acts": Row(P.KEY_VIEW),
    "key-set-change": Row(P.KEY_CUSTODY, verbs="GET POST"),
    "key-set-detail": Row(P.KEY_VIEW),
    "national-duplicate": Row(P.DUPLICATE_VIEW),
    "national-duplicate-act": Row(P.DUPLICATE_REPORT, verbs="GET POST"),
    "national-duplicates": Row(P.DUPLICATE_VIEW),
    "officer-account-open": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-change": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-changes": Row(P.OFFICER_VIEW),
    "officer-changes-newer": Row(P.OFFICER_VIEW),
    "officer-columns": Row(P.OFFICER_VIEW, verbs="POST"),
    "officer-detail": Row(P.OFFICER_VIEW, THING),
    "officer-education-correct": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-education-add": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-enter": Row(P.OFFICER_EDIT, verbs="GET POST"),
    "officer-entry": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "officer-entry-add": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-entry-correct": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-entry-withdraw": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "officer-filters": Row(P.OFFICER_VIEW),
    "officer-eligibility": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "officer-glance": Row(P.OFFICER_VIEW, THING),
    "officer-history": Row(P.OFFICER_VIEW, THING),
    "officer-id-reading": Row(P.OFFICER_EDIT, verbs="POST"),
    "leaving-cancel": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "outcome-correction": Row(P.OFFICER_VIEW, THING),
    "outcome-correction-decide": Row(P.OFFICER_CONFIRM, THING, verbs="POST"),
    "pass-rates": Row(P.STATISTICS_VIEW),
    "pass-rates-by-class": Row(P.STATISTICS_VIEW),
    "planned-leavings": Row(P.OFFICER_EDIT),
    "officer-leave": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-list": Row(P.OFFICER_VIEW),
    "officer-photo": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "officer-photo-upload": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-retiring": Row(P.OFFICER_EDIT),
    "officer-return": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "officer-search": Row(P.OFFICER_VIEW, verbs="POST"),
    "officer-sheet": Row(P.OFFICER_EXPORT, THING, verbs="GET POST"),
    "officer-units": Row(P.OFFICER_VIEW),
    "officer-unmask": Row(P.OFFICER_UNMASK, THING, verbs="GET POST"),
    "officer-view-delete": Row(P.OFFICER_VIEW, verbs="POST"),
    "officer-view-save": Row(P.OFFICER_VIEW, verbs="POST"),
    "officer-views": Row(P.OFFICER_VIEW),
    "organisation-close": Row(P.ORGANISATION_MANAGE, THING, verbs="GET POST"),
    "organisation-detail": Row(P.ORGANISATION_VIEW, TREE),
    "organisation-merge": Row(P.ORGANISATION_MANAGE, THING, verbs="GET POST"),
    "organisation-open": Row(P.ORGANISATION_MANAGE, THING, verbs="GET POST"),
    "organisation-rename": Row(P.ORGANISATION_MANAGE, THING, verbs="GET POST"),
    "organisation-tree": Row(P.ORGANISATION_VIEW),
    "own-assessment": Row(P.OWN_RECORD, THING, is_own=True),
    "own-assessment-object": Row(P.OWN_RECORD, THING, is_own=True, verbs="GET POST"),
    "own-correction": Row(P.OWN_RECORD, verbs="GET POST"),
    "own-record": Row(P.OWN_RECORD),
    "own-history": Row(P.OWN_RECORD),
    "own-sheet": Row(P.OWN_RECORD, verbs="POST"),
    "proposal-answer": Row(P.OFFICER_EDIT, THING, verbs="GET POST"),
    "proposal-detail": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "proposal-withdraw": Row(P.OWN_RECORD, THING, is_own=True, verbs="POST"),
    "published-list": Row(P.PUBLICATION_VIEW),
    "record-request": Row(P.OFFICER_VIEW, THING),
    "record-request-decide": Row(P.OFFICER_CONFIRM, THING, verbs="POST"),
    "record-request-list": Row(P.OFFICER_VIEW),
    "record-request-undo": Row(P.OFFICER_CONFIRM, THING, verbs="POST"),
    "record-request-withdraw": Row(P.OFFICER_EDIT, THING, verbs="POST"),
    "regulation-act": Row(P.REGULATION_VIEW, verbs="GET POST", also=frozenset({403, 404})),
    "regulation-draft": Row(P.REGULATION_DRAFT, verbs="GET POST"),
    "regulation-heading": Row(P.REGULATION_DRAFT, verbs="GET POST", also=frozenset({404})),
    "regulation-kept": Row(P.REGULATION_VIEW),
    "regulation-kind": Row(P.REGULATION_VIEW),
    "regulation-line": Row(P.REGULATION_DRAFT, verbs="GET POST", also=frozenset({404})),
    "regulation-line-drop": Row(P.REGULATION_DRAFT, verbs="POST", also=frozenset({404})),
    "regulation-line-new": Row(P.REGULATION_DRAFT, verbs="GET POST", also=frozenset({404})),
    "regulation-line-restore": Row(P.REGULATION_DRAFT, verbs="POST", also=frozenset({404})),
    "regulation-list": Row(P.REGULATION_VIEW),
    "regulation-rebase": Row(P.REGULATION_DRAFT, verbs="POST", also=frozenset({404})),
    "regulation-rest": Row(P.REGULATION_DRAFT, verbs="GET POST", also=frozenset({404})),
    "regulation-version": Row(P.REGULATION_VIEW, also=frozenset({404})),
    "reported-duplicate": Row(P.DUPLICATE_VIEW, THING, verbs="GET POST"),
    "reported-duplicates": Row(P.DUPLICATE_VIEW),
    "roster-detail": Row(P.ROSTER_IMPORT, THING),
    "roster-discard": Row(P.ROSTER_IMPORT, THING, verbs="POST"),
    "roster-import": Row(P.ROSTER_IMPORT, THING, verbs="POST"),
    "roster-list": Row(P.ROSTER_IMPORT, verbs="GET POST"),
    "roster-mapping": Row(P.ROSTER_IMPORT, THING, verbs="GET POST"),
    "roster-rejected": Row(P.ROSTER_IMPORT, THING),
    "roster-undo": Row(P.ROSTER_IMPORT, THING, verbs="POST"),
    "result-claims": Row(P.OFFICER_VIEW),
    "result-claim": Row(P.OFFICER_VIEW, THING),
    "result-claim-decide": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "set-language": Row(OPEN, verbs="POST"),
    "sign-in": Row(OPEN, verbs="GET POST"),
    "sign-out": Row(SIGNED_IN, verbs="POST"),
    "sitting-cancel": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "sitting-detail": Row(P.OFFICER_VIEW, THING, is_for_those_below=True),
    "sitting-enrol": Row(P.TRAINING_RECORD, verbs="POST"),
    "sitting-import": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "sitting-list": Row(P.OFFICER_VIEW),
    "sitting-new": Row(P.TRAINING_RECORD, verbs="GET POST"),
    "passes-lapsing": Row(P.OFFICER_VIEW),
    "passes-lapsing-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "sitting-paper": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "sitting-people": Row(P.TRAINING_RECORD, THING, is_for_those_below=True, verbs="GET POST"),
    "sitting-places": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "sitting-scores": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "sitting-sheet": Row(P.TRAINING_RECORD, THING),
    "statistics-cross": Row(P.STATISTICS_VIEW),
    "statistics-export": Row(P.STATISTICS_VIEW),
    "statistics-flow-people": Row(P.STATISTICS_VIEW),
    "statistics-flows": Row(P.STATISTICS_VIEW),
    "statistics-overview": Row(P.STATISTICS_VIEW),
    "statistics-people": Row(P.STATISTICS_VIEW),
    "class-attendance": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "class-cancel": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "class-confirm": Row(P.TRAINING_CONFIRM, THING, verbs="POST"),
    "class-correct": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "hours-correction": Row(P.OFFICER_VIEW, THING),
    "hours-correction-decide": Row(P.TRAINING_CONFIRM, THING, verbs="POST"),
    "hours-correction-withdraw": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "class-detail": Row(P.OFFICER_VIEW, THING, is_for_those_below=True),
    "class-enrol": Row(P.TRAINING_RECORD, verbs="POST"),
    "class-list-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "class-people-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "class-hand-in": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "class-list": Row(P.OFFICER_VIEW),
    "class-new": Row(P.TRAINING_RECORD, verbs="GET POST"),
    "class-people": Row(P.TRAINING_RECORD, THING, is_for_those_below=True, verbs="GET POST"),
    "class-places": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "class-return": Row(P.TRAINING_CONFIRM, THING, verbs="GET POST"),
    "participant-remove": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "programme-close": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "programme-detail": Row(P.OFFICER_VIEW, THING),
    "programme-list": Row(P.OFFICER_VIEW),
    "programme-new": Row(P.TRAINING_RECORD, verbs="GET POST"),
    "session-new": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "session-sheet": Row(P.TRAINING_RECORD, THING),
    "session-remove": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "training-assign": Row(P.TRAINING_RECORD, verbs="POST"),
    "training-correct": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "what-if-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "what-if-list": Row(P.REGULATION_VIEW, verbs="GET POST", also=frozenset({403, 404})),
    "what-if-people": Row(P.OFFICER_VIEW, also=frozenset({404})),
    "what-if-report": Row(P.REGULATION_VIEW, also=frozenset({404})),
    "waiver-list": Row(P.APPLICATION_VIEW),
    "waiver-ask": Row(P.APPLICATION_PREPARE, THING, verbs="GET POST"),
    "waiver-detail": Row(P.APPLICATION_VIEW, THING),
    "waiver-decide": Row(P.WAIVER_GRANT, THING, verbs="POST"),
    "training-new": Row(P.TRAINING_RECORD, THING, verbs="GET POST"),
    "training-short": Row(P.OFFICER_VIEW),
    "training-short-export": Row(P.OFFICER_EXPORT, verbs="GET POST"),
    "training-short-units": Row(P.STATISTICS_VIEW),
    "training-supervision": Row(P.STATISTICS_VIEW),
    "training-withdraw": Row(P.TRAINING_RECORD, THING, verbs="POST"),
    "transfer-act": Row(P.OFFICER_TRANSFER, THING, verbs="GET POST"),
    "transfer-detail": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "transfer-list": Row(P.OFFICER_VIEW),
    "transfer-proof": Row(SIGNED_IN, THING, seen_with=P.OFFICER_VIEW, is_own=True),
    "transfer-propose": Row(P.OFFICER_TRANSFER, THING, verbs="GET POST"),
    "transfer-request": Row(P.OFFICER_TRANSFER, verbs="GET POST"),
    "transfer-units": Row(P.OFFICER_TRANSFER),
    "work-calendar": Row(SIGNED_IN),
    "work-calendar-year": Row(SIGNED_IN),
    "year-figures": Row(P.STATISTICS_VIEW),
    "year-figures-province": Row(P.STATISTICS_VIEW),
}
"""By the name of the address; both kinds of node."""
