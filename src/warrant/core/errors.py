"""One root and five families of errors; every message can be shown to the person who caused it.

Messages are written in Chinese and translated at the edge: ``message`` is a gettext msgid with named
``%(field)s`` places, ``fields`` fills them. Mark each literal with :func:`N_` so that it is collected.
"""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark ``message`` for the translation catalogue and return it unchanged."""
    return message


class WarrantError(Exception):
    """Root of all errors that Warrant raises on purpose.

    ``code`` is stable and part of the interface (kebab-case); ``place`` names the field, cell or step the
    error belongs to, or is empty; ``status`` is the HTTP status of the family.
    """

    status = 500

    def __init__(self, code: str, message: str, *, place: str = "", **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.place = place
        self.fields = fields

    def __str__(self) -> str:
        text = self.message % self.fields if self.fields else self.message
        return f"{self.code}: {text}"


class InvalidInput(WarrantError):
    """What was entered or received cannot be accepted; the message says where and how to cure it."""

    status = 400


class NotPermitted(WarrantError):
    """The actor can see the thing but lacks the right."""

    status = 403


class NotFound(WarrantError):
    """The thing does not exist, or lies outside the actor's scope: the two are not told apart."""

    status = 404


class Conflict(WarrantError):
    """The state of the thing does not allow the action now."""

    status = 409


class Unavailable(WarrantError):
    """A card, vault, link or peer cannot be reached now; trying again is safe."""

    status = 503


__all__ = ["N_", "Conflict", "InvalidInput", "NotFound", "NotPermitted", "Unavailable", "WarrantError"]
