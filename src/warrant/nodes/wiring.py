"""Which apps, handlers, adapters and entries each kind of node has."""

from __future__ import annotations

from typing import Any

from warrant.core.access import Permission
from warrant.nodes.base import (
    ACCOUNT_SETTINGS,
    PUBLIC_MIDDLEWARE,
    STAFF_APPS,
    STAFF_MIDDLEWARE,
    common_settings,
)
from warrant.nodes.config import NodeConfig

_REGISTER_APPS = [
    "warrant.apps.foundation",
    "warrant.apps.audit",
    "warrant.apps.organisations",
    "warrant.apps.accounts",
    "warrant.apps.regulations",
    "warrant.apps.exports",
    "warrant.apps.officers",
    "warrant.apps.rosters",
    "warrant.apps.training",
    "warrant.apps.examinations",
    "warrant.apps.assessments",
    "warrant.apps.eligibility",
    "warrant.apps.applications",
    "warrant.apps.filing",
    "warrant.apps.certificates",
    "warrant.apps.reviews",
    "warrant.apps.cardcentre",
    "warrant.apps.detectors",
    "warrant.apps.exchange",
    "warrant.apps.supervision",
    "warrant.apps.publication",
]


_PORTS = {
    "key_vault": "warrant.nodes.factories.key_vault",
    "photo_desk": "warrant.nodes.factories.photo_desk",
    "card_face_printer": "warrant.nodes.factories.card_face_printer",
    "workbooks": "warrant.adapters.spreadsheet.workbooks.workbooks",
    "link": "warrant.nodes.link.http_link",
    "table_writer": "warrant.adapters.spreadsheet.export.table_files",
    "paper_printer": "warrant.adapters.paper.paper_forms",
}
_REGULATIONS = {
    "eligibility": "warrant.core.eligibility.ruleset",
    "calendar": "warrant.core.regulation.calendar",
    "steps": "warrant.core.lifecycle.application_steps",
    "sampling": "warrant.core.qualification.sampling",
    "review": "warrant.core.qualification.review",
    "detection": "warrant.core.qualification.detection",
    "card-face": "warrant.core.credential.face_design",
    "training": "warrant.core.qualification.training",
    "examination": "warrant.core.qualification.examination",
    "assessment": "warrant.core.qualification.assessment",
}
"""The module that knows each kind of regulation: ``parse`` and ``NATIONAL``; in the order of the page."""
_VIRTUAL_READERS = "warrant.nodes.card_readers.virtual_readers"
_REAL_READERS = "warrant.nodes.pcsc_card_readers.real_readers"
_RELAY = "warrant.apps.exchange.commands.run_relay"

_PROVINCE_INBOX = {
    # Handlers of one kind run in this order: filing records the grant, then the certificate is made.
    "filing.decided": [
        "warrant.apps.filing.services.receive_filing_decision",
        "warrant.apps.certificates.services.prepare_certificate",
    ],
    "filing.documents-requested": ["warrant.apps.filing.services.receive_documents_requested"],
    "subkey.package": ["warrant.apps.cardcentre.services.keys.receive_sub_key_package"],
    "subkey.revoked": ["warrant.apps.cardcentre.services.key_states.receive_sub_key_revoked"],
    "national-keys.published": ["warrant.apps.cardcentre.services.national_keys.receive_national_keys"],
    "duplicate.found": ["warrant.apps.officers.services.national.receive_duplicate_found"],
    "regulation.published": ["warrant.apps.regulations.services.receive_regulation_published"],
}
_MINISTRY_INBOX = {
    "transport-key.published": [
        "warrant.apps.cardcentre.services.keys.receive_transport_key",
        "warrant.apps.cardcentre.services.national_keys.hand_out_on_arrival",
    ],
    "officers.changed": ["warrant.apps.officers.services.replica_receiving.receive_officers_changed"],
    "officers.snapshot": ["warrant.apps.officers.services.replica_receiving.receive_officers_changed"],
    "officers.erased": ["warrant.apps.officers.services.replica_erasing.receive_officers_erased"],
    # The tree first, then the officers who waited for their unit.
    "organisation.changed": [
        "warrant.apps.organisations.services.publishing.receive_organisation_changed",
        "warrant.apps.officers.services.replica_receiving.place_unknown_units",
    ],
    "duplicate.answered": ["warrant.apps.officers.services.national.receive_duplicate_answered"],
    "filing.requested": ["warrant.apps.filing.services.receive_filing_request"],
    "review.changed": ["warrant.apps.reviews.services.receive_review_changed"],
    "findings.changed": ["warrant.apps.detectors.services.receive_findings_changed"],
    "year-figures.changed": ["warrant.apps.supervision.services.receive_year_figures"],
    "filing.documents-answered": ["warrant.apps.filing.services.receive_documents_answered"],
    "regulation.published": ["warrant.apps.regulations.services.receive_regulation_published"],
    "issuer-key.published": ["warrant.apps.publication.services.receive_issuer_key"],
    "certificate.changed": ["warrant.apps.publication.services.receive_certificate_changed"],
    "status-list.published": ["warrant.apps.publication.services.receive_status_list"],
}
_PUBLIC_INBOX = {
    "key-directory.published": ["warrant.apps.publication.services.receive_key_directory"],
    "certificate.changed": ["warrant.apps.publication.services.receive_certificate_changed"],
    "status-list.published": ["warrant.apps.publication.services.receive_status_list"],
}
_JOBS: dict[str, str] = {
    "detectors.look": "warrant.apps.detectors.services.run_look",
    "duplicates.scan": "warrant.apps.officers.services.pairs.run_scan",
    "eligibility.what-if": "warrant.apps.eligibility.services.trying.run_what_if",
    "export.table": "warrant.apps.exports.services.run_export",
    "reviews.fill": "warrant.apps.reviews.services.run_fill",
    "roster.check": "warrant.apps.rosters.services.jobs.run_roster_check",
    "roster.import": "warrant.apps.rosters.services.jobs.run_roster_import",
    "roster.undo": "warrant.apps.rosters.services.jobs.run_roster_undo",
}
"""Kinds of background work, each with the function that does it; see foundation.jobs."""
_TRANSFER_FOLLOWERS = [  # what hangs on an officer: applications before certificates, as they are locked
    "warrant.apps.applications.services.following.follow_transfer",
    "warrant.apps.certificates.services.following.follow_transfer",
    "warrant.apps.reviews.services.follow_transfer",
    "warrant.apps.detectors.services.follow_transfer",
]
_LEAVING_FOLLOWERS = [
    "warrant.apps.applications.services.following.follow_leaving",
    "warrant.apps.certificates.services.following.follow_leaving",
]
_MERGE_FOLLOWERS = [
    "warrant.apps.training.services.follow_merge",
    "warrant.apps.examinations.services.follow_merge",
    "warrant.apps.assessments.services.follow_merge",
    "warrant.apps.eligibility.services.follow_merge",
    "warrant.apps.applications.services.following.follow_merge",
    "warrant.apps.certificates.services.following.follow_merge",
    "warrant.apps.reviews.services.follow_merge",
    "warrant.apps.detectors.services.follow_merge",
]
_CERTIFICATE_FOLLOWERS = ["warrant.apps.cardcentre.services.ended_certificates.follow_end"]
"""What hangs on certificates and ends with them."""
_MOVE_OBSTACLES = [
    "warrant.apps.applications.services.following.obstacles",
    "warrant.apps.certificates.services.following.obstacles",
]
_EXPORTS = {
    "audit": "warrant.apps.exports.selectors.AUDIT",
    "applications": "warrant.apps.applications.selectors.exporting.APPLICATIONS",
    "assessed": "warrant.apps.assessments.selectors.supervision.ASSESSED",
    "certificates": "warrant.apps.certificates.services.exporting.CERTIFICATES",
    "findings": "warrant.apps.detectors.selectors.exporting.FINDINGS",
    "filing-figures": "warrant.apps.filing.selectors.exporting.FIGURES",
    "filings": "warrant.apps.filing.selectors.exporting.FILINGS",
    "lapsing-passes": "warrant.apps.examinations.selectors.lapsing.LAPSING",
    "officers": "warrant.apps.officers.selectors.exporting.OFFICERS",
    "class-people": "warrant.apps.training.selectors.exporting_classes.CLASS_PEOPLE",
    "classes": "warrant.apps.training.selectors.exporting_classes.CLASSES",
    "training-short": "warrant.apps.training.selectors.exporting.SHORT",
    "what-if": "warrant.apps.eligibility.selectors.exporting.WHAT_IF_PEOPLE",
}
"""Lists that can be taken along as files; see exports.types."""
_LIST_ACTIONS = ["warrant.apps.officers.selectors.exporting.EXPORT_CHOSEN"]
"""What can be done with the officers chosen in a list; see officers.types.ListAction."""
_PROVINCE_LIST_ACTIONS = [
    "warrant.apps.applications.selectors.steps.START_CHOSEN",
    "warrant.apps.training.selectors.ASSIGN_CHOSEN",
    "warrant.apps.training.selectors.classes.ENROL_CHOSEN",
    "warrant.apps.examinations.selectors.sittings.ENROL_CHOSEN",
    *_LIST_ACTIONS,
]
_PROVINCE_WORK = [
    "warrant.apps.accounts.selectors.delegations.delegation_work_queues",
    "warrant.apps.regulations.selectors.versions.work_queues",
    "warrant.apps.officers.selectors.requests.request_work_queues",
    "warrant.apps.officers.selectors.national_duplicates.reported_work_queues",
    "warrant.apps.officers.selectors.transfers.work_queues",
    "warrant.apps.officers.selectors.pairs.work_queues",
    "warrant.apps.officers.selectors.proposals.work_queues",
    "warrant.apps.foundation.job_pages.work_queues",
    "warrant.apps.rosters.selectors.work_queues",
    "warrant.apps.training.selectors.classes.work_queues",
    "warrant.apps.examinations.selectors.sittings.work_queues",
    "warrant.apps.assessments.selectors.rounds.work_queues",
    "warrant.apps.assessments.selectors.objections.work_queues",
    "warrant.apps.eligibility.selectors.waivers.work_queues",
    "warrant.apps.applications.selectors.work_queues",
    "warrant.apps.filing.selectors.documents.document_work_queues",
    "warrant.apps.certificates.selectors.work_queues",
    "warrant.apps.reviews.selectors.campaigns.work_queues",
    "warrant.apps.detectors.selectors.findings.work_queues",
    "warrant.apps.exchange.selectors.work_queues",
    "warrant.apps.cardcentre.selectors.work_queues",
    "warrant.apps.cardcentre.selectors.sam_work_queues",
]
_SYSTEM_GLANCES = [
    "warrant.apps.cardcentre.selectors.key_glances",
    "warrant.apps.exchange.selectors.glances",
    "warrant.apps.accounts.selectors.glances",
    "warrant.apps.audit.selectors.glances",
]
_PROVINCE_GLANCES = [
    "warrant.apps.officers.selectors.glances",
    "warrant.apps.officers.selectors.retiring.glances",
    "warrant.apps.applications.selectors.glances",
    "warrant.apps.certificates.selectors.glances",
    "warrant.apps.reviews.selectors.campaigns.glances",
    "warrant.apps.detectors.selectors.findings.glances",
    "warrant.apps.cardcentre.selectors.glances",
    *_SYSTEM_GLANCES,
]
_OFFICER_PANELS = [
    "history:warrant.apps.officers.selectors.proposals.officer_panel",
    "history:warrant.apps.officers.selectors.transfers.officer_panel",
    "additional:warrant.apps.officers.selectors.entries.entries_panel",
    "additional:warrant.apps.assessments.selectors.objections.officer_panel",
    "documents:warrant.apps.officers.selectors.entries.documents_panel",
    "history:warrant.apps.officers.selectors.history.history_panel",
    "warrant.apps.eligibility.selectors.panel.officer_panel",
    "warrant.apps.training.selectors.officer_panel",
    "warrant.apps.examinations.selectors.results.officer_panel",
    "warrant.apps.applications.selectors.officer_panel",
    "certificates:warrant.apps.certificates.selectors.officer_panel",
]
_OFFICER_STEPS = [
    "warrant.apps.applications.selectors.steps.officer_steps",
    "warrant.apps.certificates.selectors.officer_steps",
]
_OFFICER_USES = [
    "warrant.apps.eligibility.selectors.waivers.officer_uses",
    "warrant.apps.officers.selectors.requests.officer_uses",
    "warrant.apps.training.selectors.officer_uses",
    "warrant.apps.examinations.selectors.sittings.officer_uses",
    "warrant.apps.assessments.selectors.rounds.officer_uses",
    "warrant.apps.applications.selectors.uses.officer_uses",
]
_RECORD_SHEET_SECTIONS = [
    "warrant.apps.training.selectors.record_sheet_sections",
    "warrant.apps.examinations.selectors.results.record_sheet_sections",
    "warrant.apps.applications.selectors.sheet.record_sheet_sections",
    "warrant.apps.certificates.selectors.record_sheet_sections",
]
_APPLICATION_PANELS = ["warrant.apps.filing.selectors.requests.application_panel"]
_MINISTRY_WORK = [
    "warrant.apps.regulations.selectors.versions.work_queues",
    "warrant.apps.foundation.job_pages.work_queues",
    "warrant.apps.filing.selectors.register.work_queues",
    "warrant.apps.officers.selectors.national_duplicates.national_work_queues",
    "warrant.apps.exchange.selectors.work_queues",
    "warrant.apps.cardcentre.selectors.work_queues",
]
_MINISTRY_GLANCES = [
    "warrant.apps.officers.selectors.glances",
    "warrant.apps.filing.selectors.register.glances",
    "warrant.apps.officers.selectors.national_duplicates.national_glances",
    *_SYSTEM_GLANCES,
]
_APPROVAL_HOOK = "warrant.apps.filing.services.request_filing"
_OFFICER_FACTS = [
    "warrant.apps.eligibility.selectors.sources.OFFICER",
    "warrant.apps.eligibility.selectors.sources.OFFICER_THEN",
]
PROVINCE_ELIGIBILITY_FACTS = [  # the officer first: what follows may build on it
    *_OFFICER_FACTS,
    "warrant.apps.eligibility.selectors.sources.EDUCATION",
    "warrant.apps.eligibility.selectors.sources.TRAINING",
    "warrant.apps.eligibility.selectors.sources.TRAINING_SUBJECTS",
    "warrant.apps.eligibility.selectors.sources.EXAMINATION",
    "warrant.apps.eligibility.selectors.sources.CLAIMS",
    "warrant.apps.eligibility.selectors.sources.ENTRIES",
    "warrant.apps.eligibility.selectors.sources.TRANSFER",
    "warrant.apps.eligibility.selectors.sources.FIRST_OF_PAIR",
    "warrant.apps.eligibility.selectors.sources.SECOND_OF_PAIR",
    "warrant.apps.applications.selectors.eligibility.OPEN_APPLICATIONS",
    "warrant.nodes.certificate_facts.CERTIFICATES",
    "warrant.apps.eligibility.selectors.waivers.WAIVERS",
]
"""The tables that tell the conditions anything; the ministry keeps no records of training and the like."""
_CHAIN_PROVIDERS = [
    "warrant.apps.examinations.selectors.results.chain_links",
    "warrant.apps.applications.selectors.chain_links",
    "warrant.apps.filing.selectors.requests.chain_links",
    "warrant.apps.cardcentre.selectors.chain_links",
]
_STATISTICS = "warrant.apps.supervision.services.follow_officers"
_REPLICA = "warrant.apps.officers.services.replica.publish_officers"
_PROVINCE_UPKEEP = [
    "warrant.apps.regulations.services.hand_out_regulations",
    "warrant.apps.officers.services.transfers.apply_due_transfers",
    "warrant.apps.officers.services.leaving.apply_planned_leavings",
    "warrant.apps.officers.services.replica.send_due_versions",
    "warrant.apps.officers.services.drafts.discard_old_drafts",
    "warrant.apps.applications.services.timing.note_due_days",
    "warrant.apps.applications.services.assigning.watch_over_cases",
    "warrant.apps.officers.services.erasing.erase_deleted",
    "warrant.apps.rosters.services.erasing.erase_old_rosters",
    "warrant.apps.supervision.services.keep_books",
    "warrant.apps.exports.services.expire_exports",
    "warrant.apps.foundation.jobs.forget_old_jobs",
    "warrant.apps.certificates.services.expire_certificates",
    "warrant.apps.reviews.services.lapse_overdue",
    "warrant.apps.detectors.services.look_daily",
    "warrant.apps.detectors.services.raise_overdue",
    "warrant.apps.detectors.services.free_findings",
    "warrant.apps.certificates.services.renew_status_lists",
    "warrant.apps.cardcentre.services.ceremonies.expire_ceremonies",
    "warrant.apps.cardcentre.services.sam_list.renew_block_list",
]
_MINISTRY_UPKEEP = [
    "warrant.apps.filing.services.close_figures",
    "warrant.apps.cardcentre.services.national_keys.hand_out_national_keys",
    "warrant.apps.cardcentre.services.ceremonies.expire_ceremonies",
    "warrant.apps.regulations.services.hand_out_regulations",
    "warrant.apps.supervision.services.keep_books",
    "warrant.apps.exports.services.expire_exports",
    "warrant.apps.foundation.jobs.forget_old_jobs",
    "warrant.apps.publication.services.renew_key_directory",
]


def province_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings of a province: the register, approval, card centre, and the link up."""
    return {
        **common_settings(node),
        **ACCOUNT_SETTINGS,
        "INSTALLED_APPS": [*STAFF_APPS, *_REGISTER_APPS],
        "MIDDLEWARE": STAFF_MIDDLEWARE,
        "WARRANT_PORTS": {
            **_PORTS,
            "card_readers": _VIRTUAL_READERS if node.is_development else _REAL_READERS,
        },
        "WARRANT_REGULATIONS": _REGULATIONS,
        "WARRANT_RELAY": _RELAY,
        "WARRANT_CAPABILITIES": frozenset({"send-log"}),
        "WARRANT_PREPARATION": [
            "warrant.apps.certificates.services.announce_issuer_key",
            "warrant.apps.cardcentre.services.keys.publish_transport_key",
        ],
        "WARRANT_INBOX": _PROVINCE_INBOX,
        "WARRANT_JOBS": _JOBS,
        "WARRANT_EXPORTS": _EXPORTS,
        "WARRANT_LIST_ACTIONS": _PROVINCE_LIST_ACTIONS,
        "WARRANT_RECORD_SHEET_SECTIONS": _RECORD_SHEET_SECTIONS,
        "WARRANT_UPKEEP": _PROVINCE_UPKEEP,
        "WARRANT_OFFICER_OBSERVERS": [_STATISTICS, _REPLICA],
        "WARRANT_ERASURE_FOLLOWERS": ["warrant.apps.supervision.services.forget_names"],
        "WARRANT_COUNTED_LEVELS": ("province",),
        "WARRANT_APPROVAL_HOOK": _APPROVAL_HOOK,
        "WARRANT_COMPLETION_HOOK": "warrant.apps.certificates.services.prepare_replacement",
        "WARRANT_HELD_CERTIFICATE": "warrant.apps.certificates.services.standing.held_certificate",
        "WARRANT_LOSS_STANDING": "warrant.apps.certificates.selectors.loss_standing",
        "WARRANT_TRANSFER_FOLLOWERS": _TRANSFER_FOLLOWERS,
        "WARRANT_LEAVING_FOLLOWERS": _LEAVING_FOLLOWERS,
        "WARRANT_MERGE_FOLLOWERS": _MERGE_FOLLOWERS,
        "WARRANT_CERTIFICATE_FOLLOWERS": _CERTIFICATE_FOLLOWERS,
        "WARRANT_CERTIFICATE_CARDS": "warrant.apps.cardcentre.selectors.listed_cards.ListedCards",
        "WARRANT_ENTRY_GUARDS": ["warrant.apps.assessments.services.guard_entry"],
        "WARRANT_MOVE_OBSTACLES": _MOVE_OBSTACLES,
        "WARRANT_TRANSFER_FORECAST": "warrant.apps.certificates.services.following.transfer_forecast",
        "WARRANT_LEAVING_FORECAST": "warrant.apps.certificates.services.following.leaving_forecast",
        "WARRANT_NAVIGATION": "warrant.nodes.navigation.PROVINCE",
        "WARRANT_SEARCH": ("officer-search", Permission.OFFICER_VIEW),
        "WARRANT_WORK_PROVIDERS": _PROVINCE_WORK,
        "WARRANT_GLANCE_PROVIDERS": _PROVINCE_GLANCES,
        "WARRANT_OFFICER_PANELS": _OFFICER_PANELS,
        "WARRANT_UNIT_PANELS": ["warrant.apps.assessments.selectors.objections.unit_panel"],
        "WARRANT_OFFICER_FINDINGS": ["warrant.apps.detectors.selectors.findings.officer_findings"],
        "WARRANT_OFFICER_STEPS": _OFFICER_STEPS,
        "WARRANT_OFFICER_USES": _OFFICER_USES,
        "WARRANT_APPLICATION_PANELS": _APPLICATION_PANELS,
        "WARRANT_ELIGIBILITY_FACTS": PROVINCE_ELIGIBILITY_FACTS,
        "WARRANT_CHAIN_PROVIDERS": _CHAIN_PROVIDERS,
    }


def ministry_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings of the ministry: filing review, keys, publication, and the links down."""
    return {
        **common_settings(node),
        **ACCOUNT_SETTINGS,
        "INSTALLED_APPS": [*STAFF_APPS, *_REGISTER_APPS],
        "MIDDLEWARE": STAFF_MIDDLEWARE,
        "WARRANT_PORTS": _PORTS,
        "WARRANT_REGULATIONS": _REGULATIONS,
        "WARRANT_ELIGIBILITY_FACTS": _OFFICER_FACTS,
        "WARRANT_INBOX": _MINISTRY_INBOX,
        "WARRANT_JOBS": _JOBS,
        "WARRANT_EXPORTS": _EXPORTS,
        "WARRANT_LIST_ACTIONS": _LIST_ACTIONS,
        "WARRANT_RECORD_SHEET_SECTIONS": _RECORD_SHEET_SECTIONS,
        "WARRANT_UPKEEP": _MINISTRY_UPKEEP,
        "WARRANT_OFFICER_OBSERVERS": [_STATISTICS],
        "WARRANT_OFFICER_FINDINGS": [],
        "WARRANT_ERASURE_FOLLOWERS": ["warrant.apps.supervision.services.forget_names"],
        "WARRANT_COUNTED_LEVELS": ("ministry",),
        "WARRANT_NAVIGATION": "warrant.nodes.navigation.MINISTRY",
        "WARRANT_SEARCH": ("officer-search", Permission.OFFICER_VIEW),
        "WARRANT_WORK_PROVIDERS": _MINISTRY_WORK,
        "WARRANT_GLANCE_PROVIDERS": _MINISTRY_GLANCES,
        "WARRANT_CAPABILITIES": frozenset(
            {"forward-to-public", "set-national-regulations", "keep-filing-register"}
        ),
    }


def public_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings of the public site: no accounts, no register, only what is published."""
    return {
        **common_settings(node),
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "warrant.apps.foundation",
            "warrant.apps.exchange",
            "warrant.apps.publication",
        ],
        "MIDDLEWARE": PUBLIC_MIDDLEWARE,
        "WARRANT_PORTS": _PORTS,
        "WARRANT_RELAY": _RELAY,
        "WARRANT_INBOX": _PUBLIC_INBOX,
        "WARRANT_UPKEEP": [],
    }
