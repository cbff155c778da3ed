"""X.509 certificates of nodes: who speaks on a link. They encrypt and admit; logs are signed with other keys.

The ministry's link authority issues all of them. A node's certificate can only be used as a client's, the ministry's
only as a server's, so that no province can pass for the ministry before another one.
Source: RFC 5280; ADR-0030.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from warrant.core.crypto.digest import sha256
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

SERVER_NAME: Final = "ministry.warrant.internal"
"""What the server's certificate is made out to; asked for in the handshake whatever address is called."""
AUTHORITY_DAYS: Final = 3650
CERTIFICATE_DAYS: Final = 365
RENEWAL_DAYS: Final = 30
"""From so many days before the end on, a certificate is to be renewed."""
_BACKDATED: Final = timedelta(minutes=5)
_NODE_URN: Final = "urn:warrant:node:"


@dataclass(frozen=True)
class NodeCertificate:
    """What counts of a certificate. ``fingerprint`` is SHA-256 of the DER form in hex, ``key_fingerprint`` of the
    public key's (SubjectPublicKeyInfo); ``valid_until`` is exclusive."""

    code: str
    fingerprint: str
    key_fingerprint: str
    valid_from: datetime
    valid_until: datetime


def new_key() -> Secret:
    """Return a new private key for TLS (P-256), as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def make_request(code: str, key: Secret) -> bytes:
    """Return a certificate request (PKCS #10, PEM) of the node ``code``, signed with its key."""
    private = _private(key)
    request = x509.CertificateSigningRequestBuilder().subject_name(_name(code)).sign(private, hashes.SHA256())
    return request.public_bytes(Encoding.PEM)


def request_key_fingerprint(request: bytes) -> str:
    """Return SHA-256 (hex) of the public key that a request asks a certificate for.

    Raises: InvalidInput ``certificate-request-invalid``: unreadable, another kind of key, or not signed with it.
    """
    return _key_fingerprint(_requested_key(request))


def make_authority(key: Secret, *, now: datetime) -> bytes:
    """Return the link authority's own certificate (PEM)."""
    private = _private(key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Warrant link authority")])
    public = private.public_key()
    usage = _key_usage(signs_certificates=True)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(private, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def issue(
    code: str, request: bytes, authority: bytes, authority_key: Secret, *, is_server: bool, now: datetime
) -> bytes:
    """Return a certificate (PEM) for the node ``code`` over the key of ``request``, valid for a year.

    The name in the request does not count: whoever issues says who it is. Raises: InvalidInput.
    """
    private = _private(authority_key)
    issuer = _certificate(authority)
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(_NODE_URN + code)]
    if is_server:
        names.append(x509.DNSName(SERVER_NAME))
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if is_server else ExtendedKeyUsageOID.CLIENT_AUTH
    public = _requested_key(request)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(code))
        .issuer_name(issuer.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key()), critical=False
        )
        .sign(private, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def read_certificate(pem: bytes) -> NodeCertificate:
    """Read a node's certificate. Raises: InvalidInput ``certificate-invalid``."""
    found = _certificate(pem)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        urns = names.get_values_for_type(x509.UniformResourceIdentifier)
    except (x509.ExtensionNotFound, ValueError) as error:
        raise _invalid() from error
    if len(urns) != 1 or not urns[0].startswith(_NODE_URN):
        raise _invalid()
    return NodeCertificate(
        code=urns[0].removeprefix(_NODE_URN),
        fingerprint=fingerprint_of(found.public_bytes(Encoding.DER)),
        key_fingerprint=_key_fingerprint(found.public_key()),
        valid_from=found.not_valid_before_utc,
        valid_until=found.not_valid_after_utc,
    )


def check_issued(pem: bytes, authority: bytes) -> None:
    """Raises: InvalidInput ``certificate-invalid``: the authority has not issued this certificate."""
    try:
        _certificate(pem).verify_directly_issued_by(_certificate(authority))
    except (InvalidSignature, ValueError, TypeError) as error:
        raise _invalid() from error


def fingerprint_of_pem(pem: bytes) -> str:
    """Return SHA-256 (hex) of any certificate's DER form. Raises: InvalidInput ``certificate-invalid``."""
    return fingerprint_of(_certificate(pem).public_bytes(Encoding.DER))


def fingerprint_of(der: bytes) -> str:
    """Return SHA-256 (hex) of a certificate's DER form."""
    return sha256(der).hex()


def key_fingerprint(key: Secret) -> str:
    """Return SHA-256 (hex) of the public key that belongs to a private one."""
    return _key_fingerprint(_private(key).public_key())


def days_left(valid_until: datetime, *, now: datetime) -> int:
    """Return the whole days until ``valid_until``; negative from the moment it has passed."""
    return (valid_until.astimezone(UTC) - now.astimezone(UTC)).days


def _name(code: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, code)])


def _private(key: Secret) -> ec.EllipticCurvePrivateKey:
    private = load_pem_private_key(key.reveal(), None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise _invalid()
    return private


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise _invalid() from error


def _requested_key(request: bytes) -> ec.EllipticCurvePublicKey:
    refusal = InvalidInput("certificate-request-invalid", N_("证书申请无法读取，或未用其自身密钥签署。"))
    try:
        read = x509.load_pem_x509_csr(request)
        public = read.public_key()
        is_signed = read.is_signature_valid
    except ValueError as error:
        raise refusal from error
    if not is_signed or not isinstance(public, ec.EllipticCurvePublicKey):
        raise refusal
    if not isinstance(public.curve, ec.SECP256R1):
        raise refusal
    return public


def _key_fingerprint(public: object) -> str:
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise _invalid()
    return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hex()


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _invalid() -> InvalidInput:
    return InvalidInput("certificate-invalid", N_("不是本系统链路机构签发的节点证书。"))
