"""Reading certificates: lists, one certificate, what may be done with it, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.selectors.due_reviews import due_review
from warrant.apps.certificates.types import ACTION_FACES, ENTRY_LABELS, STATE_FACES, ActionFace, StateFace
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import code_name
from warrant.apps.officers.types import ChainLink, NextStep, Panel
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CERTIFICATE, CertificateState
from warrant.core.lifecycle.certificate_grounds import GROUND_NAMES
from warrant.core.ports import PaperSection
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

EXPIRY_NOTICE = timedelta(days=60)
SUSPENDED = (CertificateState.LOST.value, CertificateState.WITHHELD.value)


@dataclass(frozen=True)
class AllowedAction:
    """One act that the viewer may carry out now."""

    name: str
    face: ActionFace
    url: str


def units_to_pick(viewer: Actor) -> list[tuple[str, str]]:
    """Return the cities and counties right below the viewer's units, as id and name: what a list can be narrowed to."""
    own = {grant.unit_id for grant in viewer.grants_for(Permission.CERTIFICATE_VIEW)}
    levels = (Level.CITY.value, Level.COUNTY.value)
    rows = Agency.objects.filter(parent__in=own, level__in=levels).order_by("code")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def certificate_for(viewer: Actor, number: str) -> Certificate:
    """Return the certificate if it is in the viewer's scope, or the viewer's own.

    Raises: NotFound.
    """
    rows = Certificate.objects.visible_to(viewer, Permission.CERTIFICATE_VIEW).filter(number=number)
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        rows |= Certificate.system.filter(number=number, officer__uid=viewer.officer_uid)
    related = ("officer__agency__province", "officer__entered_by__agency", "status_list", "filing_request")
    certificate = rows.select_related(*related).first()
    if certificate is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return certificate


def is_own(actor: Actor, certificate: Certificate) -> bool:
    """Tell whether ``actor`` is the holder, following the own record."""
    return (
        actor.officer_uid is not None
        and actor.officer_uid == str(certificate.officer.uid)
        and actor.has_anywhere(Permission.OWN_RECORD)
    )


def record_sheet_sections(officer: Officer, on: date) -> list[tuple[int, PaperSection]]:
    """Return the officer's certificates for the record sheet, each in the state in which the day left it."""
    rows = []
    found = officer.certificates.prefetch_related("entries").order_by("created_at", "pk")
    for certificate in found:
        if timezone.localdate(certificate.created_at) > on:
            continue
        entries = sorted(certificate.entries.all(), key=lambda entry: (entry.happened_at, entry.pk))
        past = [entry.to_state for entry in entries if timezone.localdate(entry.happened_at) <= on]
        state = CertificateState(past[-1] if past else certificate.state)
        names = [code_name(ENFORCEMENT_CATEGORY, code) for code in certificate.category_codes]
        rows.append(
            (
                certificate.number,
                "、".join(names),
                certificate.area_name,
                certificate.issuer_name,
                f"{certificate.valid_from.isoformat()} – {certificate.valid_until.isoformat()}",
                _(STATE_FACES[state].word),
            )
        )
    heads = (_("证件编号"), _("执法门类"), _("执法区域"), _("发证机关"), _("有效期"), _("状态"))
    return [(100, PaperSection(_("执法证件"), heads, (4, 5, 3, 5, 4, 2), rows))]


def allowed_actions(viewer: Actor, certificate: Certificate) -> list[AllowedAction]:
    """Return what the viewer may do with the certificate in its state, in the order of the table."""
    own = is_own(viewer, certificate)
    allowed = []
    for row in CERTIFICATE.actions_from(CertificateState(certificate.state)):
        face = ACTION_FACES.get(row.action)
        if face is None or row.permission is None:
            continue
        if (own and face.is_for_own_record) or is_permitted(viewer, row.permission, certificate.place):
            url = reverse("certificate-act", args=[certificate.number, row.action])
            allowed.append(AllowedAction(row.action, face, url))
    return allowed


def officer_steps(viewer: Actor, officer: Officer, links: Sequence[ChainLink]) -> list[NextStep]:
    """Offer what the state table allows this viewer on the officer's latest certificate; asks no question.

    Whoever owns the record in another node decides there.
    """
    if officer.certificate_state not in {state.value for state in CertificateState} or officer.owner_node:
        return []
    state = CertificateState(officer.certificate_state)
    own = viewer.officer_uid is not None and viewer.officer_uid == str(officer.uid)
    steps = []
    for row in CERTIFICATE.actions_from(state):
        face = ACTION_FACES.get(row.action)
        if face is None or row.permission is None:
            continue
        if (own and face.is_for_own_record) or is_permitted(viewer, row.permission, officer.place):
            url = reverse("certificate-act", args=[officer.certificate_number, row.action])
            steps.append(NextStep(_(face.label), url))
    is_waiting = state in (CertificateState.AWAITING_PRODUCTION, CertificateState.PRODUCED)
    is_said = any(link.tone == "current" for link in links)
    waiting = (
        [NextStep(_(STATE_FACES[state].explanation), is_waiting=True)] if is_waiting and not is_said else []
    )
    return [*waiting, *steps]


def face_of(certificate: Certificate) -> StateFace:
    """Return how the certificate's state is called and coloured."""
    return STATE_FACES[CertificateState(certificate.state)]


def category_names(codes: Sequence[str], language: str) -> list[str]:
    """Return the names of the enforcement categories in ``language``."""
    found = [ENFORCEMENT_CATEGORY.by_code(code) for code in codes]
    return [code.english if language == "en" else code.name for code in found]


def entries_of(certificate: Certificate) -> list[CertificateEntry]:
    """Return what happened to the certificate, newest first."""
    return list(certificate.entries.order_by("-happened_at", "-id"))


def latest_among(entries: Sequence[CertificateEntry], action: str) -> CertificateEntry | None:
    """Return the latest of the entries, newest first, by which ``action`` was carried out."""
    return next((entry for entry in entries if entry.action == action), None)


def latest_act(certificate: Certificate) -> int:
    """Return the id of the entry of what happened last to the certificate."""
    return (
        CertificateEntry.objects.filter(certificate=certificate)
        .order_by("-id")
        .values_list("pk", flat=True)[0]
    )


def entry_label(entry: CertificateEntry) -> str:
    """Return what was done, in the language of the request."""
    return _(ENTRY_LABELS.get(entry.action, entry.action))


def certificates_with_last_person(officer: Officer) -> QuerySet[Certificate]:
    """Return the officer's certificates, newest first, as :func:`holding_links` needs them."""
    entries = CertificateEntry.objects.filter(certificate=OuterRef("pk")).order_by("-id")
    rows = Certificate.system.filter(officer=officer).order_by("-id")
    return rows.annotate(last_person=Subquery(entries.values("account_name")[:1]))


def holding_links(certificate: Certificate) -> list[ChainLink]:
    """Say where the chain is broken: a certificate that stands in the way of enforcing. Nothing while all is well.

    The certificate comes from :func:`certificates_with_last_person`; the app above shows the link with its own.
    """
    state = CertificateState(certificate.state)
    if state in (CertificateState.AWAITING_PRODUCTION, CertificateState.PRODUCED, CertificateState.ACTIVE):
        return []
    face = STATE_FACES[state]
    return [
        ChainLink(
            title=_("持证"),
            tone="broken",
            at=certificate.changed_at,
            person=str(getattr(certificate, "last_person", None) or ""),
            note=_("%(word)s：%(explanation)s") % {"word": _(face.word), "explanation": _(face.explanation)},
            cure=_("查看证件"),
            cure_url=reverse("certificate-detail", args=[certificate.number]),
            order=85,
        )
    ]


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Show an officer's certificates on the officer's page, the newest first, with what may be done."""
    is_the_officer = viewer.officer_uid == str(officer.uid) and viewer.has_anywhere(Permission.OWN_RECORD)
    if not is_the_officer and not is_permitted(viewer, Permission.CERTIFICATE_VIEW, officer.place):
        return None
    rows = []
    for certificate in Certificate.system.filter(officer=officer).order_by("-id")[:5]:
        certificate.officer = officer
        rows.append(
            {
                "certificate": certificate,
                "face": face_of(certificate),
                "review": due_review(certificate, clock.today()),
                "actions": allowed_actions(viewer, certificate),
            }
        )
    return Panel(
        title=_("执法证件"),
        template="certificates/panel.jinja",
        context={"certificates": rows},
        order=80,
        count=len(rows),
        anchor="certificates",
    )


def entry_text(entry: CertificateEntry) -> str:
    """Return why something was done: the ground with its basis, then the facts, in the language of the request."""
    ground = GROUND_NAMES.get((entry.action, entry.ground))
    if ground is None:
        return entry.reason
    words = _("%(ground)s（%(basis)s）：%(reason)s")
    return words % {"ground": _(ground.name), "basis": _(ground.basis), "reason": entry.reason}
