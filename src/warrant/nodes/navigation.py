"""What the navigation of each kind of node offers; whoever lacks the permission does not see the entry."""

from __future__ import annotations

from warrant.apps.foundation.work import NavigationItem

NOTHING: tuple[NavigationItem, ...] = ()
