"""Writing regulations: snapshots of what was used, and versions that two people put into force."""

from warrant.apps.regulations.services.deciding import (
    confirm_regulation,
    propose_regulation,
    send_back,
    withdraw_regulation,
)
from warrant.apps.regulations.services.drafting import (
    Heading,
    change_draft,
    change_heading,
    change_line,
    change_rest,
    draft_regulation,
    drop_line,
    rebase_draft,
    restore_line,
)
from warrant.apps.regulations.services.publishing import (
    hand_out_regulations,
    publish_version,
    receive_regulation_published,
)
from warrant.apps.regulations.services.snapshots import keep_snapshot

__all__ = [
    "Heading",
    "change_draft",
    "change_heading",
    "change_line",
    "change_rest",
    "confirm_regulation",
    "draft_regulation",
    "drop_line",
    "hand_out_regulations",
    "keep_snapshot",
    "propose_regulation",
    "publish_version",
    "rebase_draft",
    "receive_regulation_published",
    "restore_line",
    "send_back",
    "withdraw_regulation",
]
