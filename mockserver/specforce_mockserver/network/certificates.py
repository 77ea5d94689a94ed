"""Certificates of a fake org: its own authority, and those of hosts that the authority signs.

Short keys on a fast curve: they are made while a client waits. Needs cryptography, of the extra `mock`.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence

AUTHORITY_DAYS = 730
HOST_DAYS = 397
SPARE_DAYS = 7
COMMON_NAME_CHARACTERS = 64
Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    """A private key."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class Signer:
    """An authority: its certificate, signed by itself, and its key."""

    certificate: x509.Certificate
    key: Key

    @classmethod
    def new(cls) -> Self:
        """A new one."""
        key = new_key()
        name = _name(f"specforce fake org CA {secrets.token_hex(4)}")
        certificate = (
            _begun(name, name, key, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def read(cls, text: bytes) -> Self:
        """The one that `pem` wrote.

        Raises:
            ValueError: the text has no certificate of an authority with its key.
        """
        certificate = x509.load_pem_x509_certificate(text)
        key = load_pem_private_key(text, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key isn't the certificate's")
        constraints = [each.value for each in certificate.extensions if isinstance(each.value, x509.BasicConstraints)]
        if not any(each.ca for each in constraints):
            raise ValueError("the certificate isn't an authority's")
        return cls(certificate, key)

    @property
    def certificate_pem(self) -> bytes:
        """What clients trust."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def pem(self) -> bytes:
        """Certificate and key."""
        return self.certificate_pem + _pem(self.key)

    @property
    def ends_soon(self) -> bool:
        """Whether it is over, or will be within days."""
        return self.certificate.not_valid_after_utc - dt.datetime.now(dt.UTC) < dt.timedelta(days=SPARE_DAYS)

    def vouch(self, hosts: Sequence[str], key: Key) -> bytes:
        """A certificate for some hosts, names or addresses, followed by their key, as PEM."""
        days = min(HOST_DAYS, (self.certificate.not_valid_after_utc - dt.datetime.now(dt.UTC)).days)
        named = hosts[0] if len(hosts[0]) <= COMMON_NAME_CHARACTERS else "specforce fake org"
        certificate = (
            _begun(_name(named), self.certificate.subject, key, days)
            .add_extension(x509.SubjectAlternativeName([_alternative(each) for each in hosts]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM) + _pem(key)


def _pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _begun(subject: x509.Name, issuer: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
