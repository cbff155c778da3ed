"""Which kinds of application an officer can make now, and why not the others."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from warrant.apps.applications.types import KIND_FACES, HeldCertificate
from warrant.apps.officers.models import Officer
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import ApplicationKind
from warrant.core.lifecycle.application_grounds import NEEDS_CERTIFICATE

K = ApplicationKind


def held_certificate(officer: Officer) -> HeldCertificate | None:
    """Return the officer's newest certificate, as the app above knows it; ``None`` if there never was one."""
    path = settings.WARRANT_HELD_CERTIFICATE
    if not path:
        return None
    found: HeldCertificate | None = import_string(path)(officer)
    return found


def kind_bar(kind: ApplicationKind, held: HeldCertificate | None) -> Conflict | None:
    """Return why this kind cannot be asked for with this certificate, or nothing."""
    title = KIND_FACES[kind].word
    live = held if held is not None and held.is_live else None
    if kind in NEEDS_CERTIFICATE:
        if live is None:
            return Conflict("no-certificate", N_("没有在用证件，不能办理“%(kind)s”"), kind=title)
        if live.state not in NEEDS_CERTIFICATE[kind]:
            return Conflict(
                "certificate-state",
                N_("证件 %(number)s 的现状不允许办理“%(kind)s”；请先办理挂失、解挂或发还"),
                number=live.number,
                kind=title,
            )
        return None
    if live is not None:
        return Conflict(
            "certificate-in-use",
            N_("已持有证件 %(number)s，不能办理“%(kind)s”"),
            number=live.number,
            kind=title,
        )
    if kind is K.FIRST_ISSUE and held is not None:
        return Conflict("had-a-certificate", N_("曾持有证件 %(number)s，请办理重新申领"), number=held.number)
    if kind is K.RE_ENTRY and held is None:
        return Conflict("never-had-a-certificate", N_("从未持有证件，请办理首次申领"))
    return None


def possible_kinds(officer: Officer) -> dict[ApplicationKind, Conflict | None]:
    """Return every kind with what bars it now."""
    held = held_certificate(officer)
    return {kind: kind_bar(kind, held) for kind in ApplicationKind}
