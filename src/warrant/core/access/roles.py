"""Roles of the 2009 notice and the permissions that each carries.

Source: 2009 notice, 五 and 七(四); separation of the three administrators: GB/T 22239-2019, 8.1.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from warrant.core.access.permissions import Permission as P
from warrant.core.errors import N_


class Level(StrEnum):
    """The rank of a unit in the tree, highest first."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    AGENCY = "agency"


class Role(StrEnum):
    """What a person is appointed to; the value is stored."""

    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    APPROVER = "approver"
    FILING_REVIEWER = "filing-reviewer"
    SUPERVISOR = "supervisor"
    STATISTICIAN = "statistician"
    PUBLICATION_EDITOR = "publication-editor"
    TRAINING_MANAGER = "training-manager"
    RULE_EDITOR = "rule-editor"
    CARD_OPERATOR = "card-operator"
    KEY_CUSTODIAN = "key-custodian"
    SYSTEM_ADMINISTRATOR = "system-administrator"
    SECURITY_ADMINISTRATOR = "security-administrator"
    AUDIT_ADMINISTRATOR = "audit-administrator"
    OFFICER = "officer"


ROLE_NAMES: Mapping[Role, str] = {
    Role.REGISTRAR: N_("登记员"),
    Role.REVIEWER: N_("审查员"),
    Role.VERIFIER: N_("核审员"),
    Role.APPROVER: N_("审批员"),
    Role.FILING_REVIEWER: N_("备案审查员"),
    Role.SUPERVISOR: N_("监督员"),
    Role.STATISTICIAN: N_("统计员"),
    Role.PUBLICATION_EDITOR: N_("公示编辑"),
    Role.TRAINING_MANAGER: N_("培训考试管理员"),
    Role.RULE_EDITOR: N_("规则管理员"),
    Role.CARD_OPERATOR: N_("制卡员"),
    Role.KEY_CUSTODIAN: N_("密钥保管员"),
    Role.SYSTEM_ADMINISTRATOR: N_("系统管理员"),
    Role.SECURITY_ADMINISTRATOR: N_("安全管理员"),
    Role.AUDIT_ADMINISTRATOR: N_("审计管理员"),
    Role.OFFICER: N_("执法人员本人"),
}

_VIEW = frozenset(
    {
        P.OFFICER_VIEW,
        P.OFFICER_EXPORT,
        P.STATISTICS_VIEW,
        P.APPLICATION_VIEW,
        P.CERTIFICATE_VIEW,
        P.FINDING_VIEW,
        P.ORGANISATION_VIEW,
        P.REGULATION_VIEW,
    }
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[P]] = {
    Role.REGISTRAR: _VIEW
    | {
        P.OFFICER_EDIT,
        P.OFFICER_UNMASK,
        P.OFFICER_TRANSFER,
        P.DUPLICATE_VIEW,
        P.ROSTER_IMPORT,
        P.TRAINING_RECORD,
        P.APPLICATION_PREPARE,
        P.CERTIFICATE_REPORT_LOST,
        P.CARD_HAND_OVER,
        P.CARD_VIEW,
        P.FINDING_HANDLE,
        P.CASE_FIGURES,
    },
    Role.REVIEWER: _VIEW
    | {
        P.APPLICATION_REVIEW,
        P.OFFICER_UNMASK,
        P.OFFICER_CONFIRM,
        P.DUPLICATE_VIEW,
        P.FINDING_HANDLE,
    },
    Role.VERIFIER: _VIEW
    | {
        P.APPLICATION_VERIFY,
        P.OFFICER_UNMASK,
        P.OFFICER_CONFIRM,
        P.DUPLICATE_VIEW,
        P.FINDING_HANDLE,
    },
    Role.APPROVER: _VIEW
    | {
        P.APPLICATION_APPROVE,
        P.WAIVER_GRANT,
        P.FILING_VIEW,
        P.OFFICER_UNMASK,
        P.OFFICER_CONFIRM,
        P.OFFICER_TRANSFER,
        P.DUPLICATE_VIEW,
        P.CERTIFICATE_WITHHOLD,
        P.CERTIFICATE_CANCEL,
        P.REVIEW_DECIDE,
        P.CARD_VIEW,
        P.FINDING_HANDLE,
    },
    Role.FILING_REVIEWER: frozenset(
        {P.FILING_VIEW, P.FILING_REVIEW, P.ORGANISATION_VIEW, P.PUBLICATION_VIEW, P.REGULATION_VIEW}
    ),
    Role.SUPERVISOR: _VIEW
    | {
        P.DUPLICATE_VIEW,
        P.DUPLICATE_REPORT,
        P.FILING_VIEW,
        P.PUBLICATION_VIEW,
        P.EXCHANGE_VIEW,
        P.FINDING_HANDLE,
    },
    Role.STATISTICIAN: _VIEW | {P.FILING_VIEW, P.PUBLICATION_VIEW},
    Role.PUBLICATION_EDITOR: frozenset({P.PUBLICATION_VIEW, P.ORGANISATION_VIEW}),
    Role.TRAINING_MANAGER: _VIEW | {P.TRAINING_RECORD, P.TRAINING_CONFIRM},
    Role.RULE_EDITOR: frozenset(
        {P.REGULATION_VIEW, P.REGULATION_DRAFT, P.REGULATION_CONFIRM, P.ORGANISATION_VIEW}
    ),
    Role.CARD_OPERATOR: frozenset(
        {
            P.CARD_VIEW,
            P.CARD_PRODUCE,
            P.CARD_STOCK,
            P.CARD_HAND_OVER,
            P.CERTIFICATE_VIEW,
            P.ORGANISATION_VIEW,
            P.REGULATION_VIEW,
        }
    ),
    Role.KEY_CUSTODIAN: frozenset({P.KEY_VIEW, P.KEY_CUSTODY}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {P.ACCOUNT_MANAGE, P.ORGANISATION_VIEW, P.ORGANISATION_MANAGE, P.EXCHANGE_VIEW}
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset({P.ROLE_ASSIGN, P.ORGANISATION_VIEW}),
    Role.AUDIT_ADMINISTRATOR: frozenset({P.AUDIT_VIEW}),
    Role.OFFICER: frozenset({P.OWN_RECORD}),
}

ROLE_LEVELS: Mapping[Role, frozenset[Level]] = {
    Role.REGISTRAR: frozenset({Level.PROVINCE, Level.CITY, Level.COUNTY, Level.AGENCY}),
    Role.REVIEWER: frozenset({Level.CITY, Level.COUNTY}),
    Role.VERIFIER: frozenset({Level.CITY}),
    Role.APPROVER: frozenset({Level.PROVINCE}),
    Role.FILING_REVIEWER: frozenset({Level.MINISTRY}),
    Role.SUPERVISOR: frozenset({Level.MINISTRY, Level.PROVINCE, Level.CITY, Level.COUNTY}),
    Role.STATISTICIAN: frozenset({Level.MINISTRY, Level.PROVINCE, Level.CITY, Level.COUNTY}),
    Role.PUBLICATION_EDITOR: frozenset({Level.MINISTRY}),
    Role.TRAINING_MANAGER: frozenset({Level.PROVINCE}),
    Role.RULE_EDITOR: frozenset({Level.MINISTRY, Level.PROVINCE}),
    Role.CARD_OPERATOR: frozenset({Level.PROVINCE}),
    Role.KEY_CUSTODIAN: frozenset({Level.MINISTRY, Level.PROVINCE}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({Level.MINISTRY, Level.PROVINCE}),
    Role.SECURITY_ADMINISTRATOR: frozenset({Level.MINISTRY, Level.PROVINCE}),
    Role.AUDIT_ADMINISTRATOR: frozenset({Level.MINISTRY, Level.PROVINCE}),
    Role.OFFICER: frozenset(Level),
}

EXCLUSIVE_ROLES: frozenset[Role] = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)
"""A person who holds one of these holds no other role at all: 三员分立."""

DELEGABLE_ROLES: tuple[Role, ...] = (Role.REVIEWER, Role.VERIFIER, Role.APPROVER)
"""Roles that their holder can hand on to a substitute for a time."""

DELEGABLE_PERMISSIONS: frozenset[P] = frozenset(
    {
        P.OFFICER_VIEW,
        P.APPLICATION_VIEW,
        P.CERTIFICATE_VIEW,
        P.ORGANISATION_VIEW,
        P.REGULATION_VIEW,
        P.APPLICATION_REVIEW,
        P.APPLICATION_VERIFY,
        P.APPLICATION_APPROVE,
    }
)
"""What a substitute gets of the role: seeing the cases and deciding on them, nothing else."""
