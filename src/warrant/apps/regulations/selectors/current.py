"""What is in force for a kind, a province and a day, with the parsed document.

Confirmed versions are few and never change, so each process keeps them. It looks for new ones every thirty seconds, and
at once after a confirmation of its own.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import date
from importlib import import_module
from types import ModuleType

from django.conf import settings

from warrant.apps.regulations.models import RegulationSnapshot, RegulationVersion
from warrant.apps.regulations.types import InForce, VersionLabel
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import Content, RegulationKind, digest, kind_named, resolve

LOOKS_AGAIN_AFTER_SECONDS = 30.0
MOST_KEPT = 256

Slot = tuple[RegulationKind, str]
"""Kind and jurisdiction."""


class _Kept:
    """What this process remembers; all of it can be forgotten at any moment."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.versions: dict[Slot, tuple[VersionLabel, ...]] | None = None
        self.looked_at = 0.0
        self.found: OrderedDict[tuple[object, ...], InForce] = OrderedDict()
        self.by_day: dict[tuple[object, ...], tuple[object, InForce]] = {}
        """What counted on a day, with the reading of the confirmed versions that this was true of."""
        self.snapshots: set[tuple[str, str]] = set()

    def forget(self) -> None:
        with self.lock:
            self.versions = None
            self.found.clear()
            self.by_day.clear()
            self.snapshots.clear()

    def keep(self, key: tuple[object, ...], found: InForce) -> InForce:
        with self.lock:
            self.found[key] = found
            while len(self.found) > MOST_KEPT:
                self.found.popitem(last=False)
        return found

    def keep_for_day(self, asked: tuple[object, ...], versions: object, found: InForce) -> InForce:
        with self.lock:
            if len(self.by_day) >= MOST_KEPT:
                self.by_day.clear()
            self.by_day[asked] = (versions, found)
        return found


_kept = _Kept()


def forget_regulations() -> None:
    """Have this process read the confirmed versions again: after a confirmation, and between tests."""
    _kept.forget()


def is_snapshot_known(used: InForce) -> bool:
    """Tell whether this process knows that the content is kept already: a committed snapshot never goes away."""
    return (used.kind.value, used.digest) in _kept.snapshots


def remember_snapshot(used: InForce) -> None:
    """Note that the content is kept; only once the transaction that kept it has been committed."""
    _kept.snapshots.add((used.kind.value, used.digest))


def known_kinds() -> list[RegulationKind]:
    """Return the kinds of which this node knows what they hold, in the order of ``settings.WARRANT_REGULATIONS``."""
    return [RegulationKind(kind) for kind in settings.WARRANT_REGULATIONS]


def module_of(kind: RegulationKind) -> ModuleType:
    """Return the module that knows the kind: it has ``parse(content)`` and ``NATIONAL``, the content that ships.

    Raises:
        NotFound: no module is named for it in ``settings.WARRANT_REGULATIONS``.
    """
    path = settings.WARRANT_REGULATIONS.get(kind.value)
    if path is None:
        raise NotFound("unknown-regulation-kind", N_("没有名为“%(kind)s”的规则种类"), kind=kind.value)
    return import_module(path)


def parse_content(kind: RegulationKind, content: Content) -> object:
    """Return the typed document that the kind's own module makes of ``content``.

    Raises:
        InvalidInput: it cannot be understood; ``place`` is the way there (``lines.3.parameters.years``).
    """
    document: object = module_of(kind).parse(content)
    return document


def shipped_content(kind: RegulationKind) -> Content:
    """Return the nation's content that ships: it counts until the ministry confirms a version."""
    content: Content = module_of(kind).NATIONAL
    return content


def _confirmed() -> dict[Slot, tuple[VersionLabel, ...]]:
    """Return the confirmed versions of each kind and jurisdiction, in the order in which they count."""
    versions = _kept.versions
    if versions is not None and time.monotonic() - _kept.looked_at < LOOKS_AGAIN_AFTER_SECONDS:
        return versions
    rows = (
        RegulationVersion.objects.filter(state=RegulationState.CONFIRMED)
        .order_by("valid_from", "number")
        .values_list("kind", "pk", "jurisdiction", "number", "valid_from", "digest")
    )
    found: dict[Slot, tuple[VersionLabel, ...]] = {}
    for kind, pk, jurisdiction, number, valid_from, content_digest in rows:
        label = VersionLabel(pk, jurisdiction, number or 0, valid_from, content_digest)
        slot = (RegulationKind(kind), jurisdiction)
        found[slot] = (*found.get(slot, ()), label)
    with _kept.lock:
        _kept.versions, _kept.looked_at = found, time.monotonic()
    return found


def _layer_on(versions: dict[Slot, tuple[VersionLabel, ...]], slot: Slot, on: date) -> VersionLabel | None:
    counting = [label for label in versions.get(slot, ()) if label.valid_from <= on]
    return counting[-1] if counting else None


def layers_on(kind: RegulationKind, province_code: str, on: date) -> tuple[VersionLabel, ...]:
    """Return the versions that count in a province on a day, the nation first; empty while nothing was confirmed."""
    versions = _confirmed()
    slots = [(kind, ""), (kind, province_code)] if province_code else [(kind, "")]
    return tuple(label for slot in slots if (label := _layer_on(versions, slot, on)) is not None)


def in_force(kind: RegulationKind | str, province_code: str, on: date) -> InForce:
    """Return what counts in a province on a day; an empty ``province_code`` asks for the nation's alone.

    Raises:
        NotFound: this node does not know the kind.
        Conflict: a province's differences do not go with the nation's newer version.
    """
    kind = kind_named(kind)
    versions, module = _confirmed(), settings.WARRANT_REGULATIONS.get(kind.value)
    asked = (kind, module, province_code, on)
    kept = _kept.by_day.get(asked)
    if kept is not None and kept[0] is versions:
        return kept[1]
    layers = layers_on(kind, province_code, on)
    key = (kind, module, tuple(label.pk for label in layers))
    found = _kept.found.get(key) or _resolved(kind, key, layers)
    return _kept.keep_for_day(asked, versions, found)


def _resolved(kind: RegulationKind, key: tuple[object, ...], layers: tuple[VersionLabel, ...]) -> InForce:
    """Return what the layers say together."""
    rows = RegulationVersion.objects.in_bulk([label.pk for label in layers]) if layers else {}
    contents: list[Content] = [rows[label.pk].layer or rows[label.pk].content for label in layers]
    if not layers or layers[0].jurisdiction:
        contents.insert(0, shipped_content(kind))
    content = resolve(contents)
    try:
        document = parse_content(kind, content)
    except InvalidInput as error:
        raise _clash(kind, layers) from error
    return _kept.keep(key, InForce(kind, digest(content), content, document, layers))


def _clash(kind: RegulationKind, layers: tuple[VersionLabel, ...]) -> Conflict:
    """Say that the layers do not go together: nothing is decided under them until somebody mends it."""
    return Conflict(
        "regulation-layers-clash",
        N_("现行规则（%(kind)s，%(versions)s）合在一起不成立，请规则管理员修订后再办理"),
        kind=kind.value,
        versions="、".join(f"{label.jurisdiction or 'nation'} {label.number}" for label in layers),
    )


def by_digest(kind: RegulationKind | str, wanted: str) -> InForce:
    """Return a content that was used once, by the digest that was kept with the decision.

    Raises:
        NotFound: no such content was kept here.
        InvalidInput: what is kept is not what the digest names: somebody changed the database.
    """
    kind = kind_named(kind)
    key = (kind, settings.WARRANT_REGULATIONS.get(kind.value), wanted)
    found = _kept.found.get(key)
    if found is not None:
        return found
    row = RegulationSnapshot.objects.filter(kind=kind.value, digest=wanted).first()
    if row is None:
        raise NotFound("regulation-not-kept", N_("没有留存摘要为 %(digest)s 的规则"), digest=wanted[:12])
    if digest(row.content) != wanted:
        raise InvalidInput(
            "regulation-altered", N_("留存的规则与摘要 %(digest)s 不符，请报告系统管理员"), digest=wanted[:12]
        )
    return _kept.keep(key, InForce(kind, wanted, row.content, parse_content(kind, row.content)))
