"""Reading rosters: the list, the preview, what was kept out, and what waits."""

from warrant.apps.rosters.selectors.work import work_queues

__all__ = ["work_queues"]
