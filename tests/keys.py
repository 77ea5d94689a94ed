"""RSA keys for tests, made once per run: the app's own, and somebody else's."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def private_key(owner: str = "app") -> RSAPrivateKey:
    """The key of an owner."""
    return _made(owner)


@cache
def _made(_owner: str) -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(owner: str = "app", passphrase: bytes | None = None) -> bytes:
    """The key in PEM form, encrypted if there is a passphrase."""
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return private_key(owner).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def public_pem(owner: str = "app") -> str:
    """The public half."""
    made = (
        private_key(owner)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return made.decode()


def certificate(owner: str = "app") -> str:
    """A self-signed certificate of the key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key(owner).public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=3650))
        .sign(private_key(owner), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
