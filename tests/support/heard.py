"""What a second custodian has heard from the other end, for tests that are about something else."""

from __future__ import annotations

from warrant.apps.cardcentre.models import KeyAct, PeerTransportKey
from warrant.apps.cardcentre.services.comparison import Heard
from warrant.core.crypto.digest import sha256
from warrant.core.keys.spoken import Spoken, spoken_fingerprint


def heard(act: KeyAct) -> Heard | None:
    """Return the right number for an act that is compared by voice, nothing for any other."""
    if act.kind == "import-sub-keys":
        return Heard("对方", spoken_fingerprint(Spoken.PACKAGE, sha256(bytes(act.package or b""))))
    if act.kind == "hand-over-sub-keys":
        received = PeerTransportKey.objects.get(node_code=act.parameters["province_code"])
        return Heard("对方", spoken_fingerprint(Spoken.RECEIVING_KEY, sha256(bytes(received.public_key))))
    return None
