"""``warrant exchange``: certificates for the links, and files in their place. Fingerprints are compared by voice before a command takes them."""

from __future__ import annotations

import argparse
import getpass
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.utils.translation import gettext

from warrant.adapters.http_link import TlsFiles
from warrant.apps.exchange.selectors import counting_certificates
from warrant.apps.foundation import clock
from warrant.core.crypto import node_certificate
from warrant.core.crypto.secret import Secret
from warrant.core.errors import WarrantError
from warrant.nodes.link import link_files

AUTHORITY_KEY = "link-authority-key.pem"


class CommandRefusedError(Exception):
    """The command cannot be carried out; the message says why."""


def authority(arguments: argparse.Namespace) -> int:
    """Make the link authority and the ministry's own certificate, or renew the latter when it is due."""

    def act() -> None:
        node, files = settings.WARRANT_NODE, link_files(settings.WARRANT_NODE.home)
        if node.kind != "ministry":
            raise CommandRefusedError("the link authority is the ministry's")
        key = _key(node.home / "secrets" / AUTHORITY_KEY)
        now = clock.now()
        if not files.authority.exists():
            _write(files.authority, node_certificate.make_authority(key, now=now))
        trusted = files.authority.read_bytes()
        is_due = arguments.renew or not files.certificate.exists()
        if not is_due:
            own = node_certificate.read_certificate(files.certificate.read_bytes())
            is_due = node_certificate.days_left(own.valid_until, now=now) < node_certificate.RENEWAL_DAYS
        if is_due:
            request = node_certificate.make_request(node.code, _key(files.key))
            pem = node_certificate.issue(node.code, request, trusted, key, is_server=True, now=now)
            _enrolment().record_certificate(
                node_certificate.read_certificate(pem), operator=_operator(), now=now
            )
            _write(files.certificate, pem)
        _say("authority", node_certificate.fingerprint_of_pem(trusted))

    return _carried_out(act)


def request(arguments: argparse.Namespace) -> int:
    """Write this node's certificate request to a file, and print the key's fingerprint to be read aloud."""

    def act() -> None:
        node, files = settings.WARRANT_NODE, link_files(settings.WARRANT_NODE.home)
        key = _key(files.key)
        Path(arguments.file).write_bytes(node_certificate.make_request(node.code, key))
        _say("key", node_certificate.key_fingerprint(key))

    return _carried_out(act)


def issue(arguments: argparse.Namespace) -> int:
    """Issue a node's certificate for a request whose key fingerprint the node has read aloud."""

    def act() -> None:
        node, files = settings.WARRANT_NODE, link_files(settings.WARRANT_NODE.home)
        key_file = node.home / "secrets" / AUTHORITY_KEY
        if not key_file.exists() or not files.authority.exists():
            raise CommandRefusedError(
                "there is no link authority here: run 'warrant exchange authority' first"
            )
        asked = Path(arguments.request).read_bytes()
        _compare("key", node_certificate.request_key_fingerprint(asked), arguments.key)
        trusted, now = files.authority.read_bytes(), clock.now()
        pem = node_certificate.issue(
            arguments.node, asked, trusted, Secret(key_file.read_bytes()), is_server=False, now=now
        )
        _enrolment().record_certificate(node_certificate.read_certificate(pem), operator=_operator(), now=now)
        Path(arguments.file).write_bytes(pem + trusted)
        _say("authority", node_certificate.fingerprint_of_pem(trusted))

    return _carried_out(act)


def install(arguments: argparse.Namespace) -> int:
    """Take the certificate that the ministry issued, once the authority's fingerprint was read aloud."""

    def act() -> None:
        node, files = settings.WARRANT_NODE, link_files(settings.WARRANT_NODE.home)
        end = b"-----END CERTIFICATE-----\n"
        parts = Path(arguments.file).read_bytes().split(end)
        if len(parts) != 3 or parts[2].strip():
            raise CommandRefusedError("the file does not hold a certificate and the authority's")
        pem, trusted = parts[0] + end, parts[1] + end
        _compare("authority", node_certificate.fingerprint_of_pem(trusted), arguments.authority)
        node_certificate.check_issued(pem, trusted)
        own = node_certificate.read_certificate(pem)
        if own.code != node.code:
            raise CommandRefusedError(f"the certificate is for {own.code}, this node is {node.code}")
        if own.key_fingerprint != node_certificate.key_fingerprint(_key(files.key)):
            raise CommandRefusedError("the certificate is for another key; make a new request")
        if node.kind != "public":  # it keeps no audit ledger
            _enrolment().record_certificate(own, operator=_operator(), now=clock.now())
        _replace(files, pem, trusted)
        _say("certificate", own.fingerprint)

    return _carried_out(act)


def certificates(arguments: argparse.Namespace) -> int:
    """Print the certificates that count: node, fingerprint, last day, days left."""
    for row in counting_certificates():
        left = node_certificate.days_left(row.valid_until, now=clock.now())
        sys.stdout.write(f"{row.node:<10} {row.fingerprint}  {row.valid_until:%Y-%m-%d}  {left:>5}\n")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Talk to a node no more, from its next request on."""
    return _carried_out(
        lambda: _enrolment().remove_node(
            arguments.node, arguments.reason, operator=_operator(), now=clock.now()
        )
    )


def readmit(arguments: argparse.Namespace) -> int:
    """Take a removed node back; it needs a new certificate."""
    return _carried_out(
        lambda: _enrolment().readmit_node(
            arguments.node, arguments.reason, operator=_operator(), now=clock.now()
        )
    )


def pack(arguments: argparse.Namespace) -> int:
    """Write what waits for a peer into a file that can be carried."""

    def act() -> None:
        target = Path(arguments.file)
        beside = target.with_name(target.name + ".part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            packed = _carrying().pack_bundle(
                arguments.node, file, operator=_operator(), now=clock.now(), first_seq=arguments.first
            )
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
        sys.stdout.write(f"{packed.first_seq}..{packed.last_seq} of {packed.size}\n")

    return _carried_out(act)


def unpack(arguments: argparse.Namespace) -> int:
    """Take a file that a peer packed; doing so twice changes nothing."""

    def act() -> None:
        with Path(arguments.file).open("rb") as file:
            taken = _carrying().unpack_bundle(file, operator=_operator(), now=clock.now())
        sys.stdout.write(f"{taken.peer}: {taken.new} new, {taken.size} held\n")

    return _carried_out(act)


def _carried_out(act: Callable[[], None]) -> int:
    try:
        act()
    except WarrantError as error:
        text = gettext(error.message)
        sys.stderr.write(f"warrant exchange: {error.code}: {text % error.fields if error.fields else text}\n")
        return 1
    except (CommandRefusedError, OSError) as error:
        sys.stderr.write(f"warrant exchange: {error}\n")
        return 1
    return 0


def _enrolment() -> ModuleType:
    # It writes to the audit ledger, which the public site has not.
    return importlib.import_module("warrant.apps.exchange.services.enrolment")


def _carrying() -> ModuleType:
    if settings.WARRANT_NODE.kind == "public":
        raise CommandRefusedError("the public site takes no files")
    return importlib.import_module("warrant.apps.exchange.services.carrying")


def _key(path: Path) -> Secret:
    """Return the private key in ``path``, made at the first call."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(node_certificate.new_key().reveal())
    return Secret(path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole: a server may read it at any moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    os.replace(beside, path)


def _replace(files: TlsFiles, certificate: bytes, trusted: bytes) -> None:
    _write(files.authority, trusted)
    _write(files.certificate, certificate)


def _compare(what: str, found: str, heard: str) -> None:
    if heard.replace(":", "").replace(" ", "").lower() != found:
        raise CommandRefusedError(f"the fingerprint of the {what} differs from what was read aloud")


def _say(what: str, fingerprint: str) -> None:
    groups = " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
    sys.stdout.write(f"{what} {groups}\n")


def _operator() -> str:
    return getpass.getuser()
