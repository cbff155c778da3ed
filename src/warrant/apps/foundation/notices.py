"""Where a message waits between a POST and the page after it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class NodeMessages(CookieStorage):
    """Messages in a signed cookie of the node's own name: nodes on one host do not drop each other's."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # Django has a plain attribute here
        """The name of the cookie."""
        node = settings.WARRANT_NODE
        return f"warrant_{node.kind}_{node.code}_messages"
