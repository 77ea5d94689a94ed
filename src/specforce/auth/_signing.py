"""RS256: private keys from wherever they are kept, and JSON Web Tokens signed with them.

Needs cryptography: specforce[jwt]. No message here shows a key.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from specforce._extras import missing
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    Key: TypeAlias = RSAPrivateKey | str | bytes | os.PathLike[str]

_PEM = "-----BEGIN "
_LONGEST_PATH = 256
_PUBLIC = (b"BEGIN CERTIFICATE", b"BEGIN PUBLIC KEY", b"BEGIN RSA PUBLIC KEY")


def private_key(key: object, passphrase: str | bytes | None) -> RSAPrivateKey:
    """An RSA key, ready to sign.

    Args:
        key: a path to a PEM file, PEM text or bytes, or a key object of cryptography.
        passphrase: of an encrypted key.

    Raises:
        InputError: cryptography isn't installed; the file can't be read, or holds no RSA private key; the passphrase is
            missing or wrong.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise missing("JwtBearer", error.name, "jwt") from error
    if isinstance(key, RSAPrivateKey):
        return key
    if not isinstance(key, str | bytes | os.PathLike):
        raise InputError(f"key is a {type(key).__name__}: RS256 takes an RSA key, its PEM text, or a path to it")
    pem = _pem(cast("str | bytes | os.PathLike[str]", key))
    if any(marker in pem for marker in _PUBLIC) and b"PRIVATE KEY" not in pem:
        raise InputError("key is a certificate or a public key: Salesforce has those, pass the private key")
    secret = passphrase.encode() if isinstance(passphrase, str) else passphrase
    try:
        found = load_pem_private_key(pem, secret)
    except TypeError:
        asked = (
            "the key is encrypted: pass its passphrase" if secret is None else "the key isn't encrypted: no passphrase"
        )
        raise InputError(asked) from None
    except (ValueError, UnsupportedAlgorithm):
        wrong = "key isn't a private key in PEM form" + ("" if secret is None else ", or the passphrase is wrong")
        raise InputError(wrong) from None
    if not isinstance(found, RSAPrivateKey):
        raise InputError("key isn't an RSA key, and Salesforce takes RS256 signatures only")
    return found


def signed(claims: Mapping[str, Any], key: RSAPrivateKey) -> str:
    """A JSON Web Token of some claims, by RS256."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - an extra

    content = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{content}.{_base64url(key.sign(content.encode(), PKCS1v15(), SHA256()))}"


def _pem(key: str | bytes | os.PathLike[str]) -> bytes:
    if isinstance(key, bytes):
        return key
    if isinstance(key, str) and _PEM in key:
        return key.encode()
    try:
        return Path(key).expanduser().read_bytes()
    except OSError as error:
        name = os.fspath(key)
        shown = repr(name) if len(name) < _LONGEST_PATH and "\n" not in name else "what isn't PEM text"
        raise InputError(f"the private key can't be read from {shown}: {error.strerror}") from None
    except ValueError:
        raise InputError("key is neither PEM text nor a path") from None


def _encoded(document: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(document, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
