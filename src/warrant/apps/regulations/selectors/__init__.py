"""Reading regulations: what is in force where and when, and the versions behind it."""

from warrant.apps.regulations.selectors.current import (
    by_digest,
    forget_regulations,
    in_force,
    known_kinds,
    parse_content,
)

__all__ = ["by_digest", "forget_regulations", "in_force", "known_kinds", "parse_content"]
