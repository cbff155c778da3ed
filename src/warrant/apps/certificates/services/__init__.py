"""What is done to certificates: made after a granted filing, moved through their states, told to the public."""

from warrant.apps.certificates.services.credential import issue_certificate_credential
from warrant.apps.certificates.services.life import (
    cancel,
    cancel_loss_report,
    change_certificate,
    expire_certificates,
    hand_over,
    record_production,
    report_lost,
    require_possible,
    return_withheld,
    revoke,
    withhold,
)
from warrant.apps.certificates.services.preparation import prepare_certificate, prepare_replacement
from warrant.apps.certificates.services.publishing import announce_issuer_key
from warrant.apps.certificates.services.standing import locked_certificate
from warrant.apps.certificates.services.status_lists import renew_status_lists

__all__ = [
    "announce_issuer_key",
    "cancel",
    "cancel_loss_report",
    "change_certificate",
    "expire_certificates",
    "hand_over",
    "issue_certificate_credential",
    "locked_certificate",
    "prepare_certificate",
    "prepare_replacement",
    "record_production",
    "renew_status_lists",
    "report_lost",
    "require_possible",
    "return_withheld",
    "revoke",
    "withhold",
]
