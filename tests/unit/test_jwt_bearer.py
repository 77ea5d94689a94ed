"""The JWT bearer login as a value: keys from anywhere, a new assertion each time, no key in any message."""

from __future__ import annotations

import base64
import json
import pickle
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from specforce.auth import JwtBearer
from specforce.errors import AuthError, InputError
from tests.halves import HOST, Half, ScriptedServer, json_answer
from tests.keys import certificate, private_key, private_pem, public_pem

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = json_answer({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}})


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def claims(login: JwtBearer) -> dict[str, Any]:
    found: dict[str, Any] = decoded(login.form(None)["assertion"].split(".")[1])
    return found


def test_the_assertion_says_who_for_whom_and_until_when_and_is_signed() -> None:
    form = JwtBearer("key", "user@example.com", private_key(), login_url=HOST).form(None)

    header, body, signature = form["assertion"].split(".")
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert decoded(header) == {"alg": "RS256", "typ": "JWT"}
    told = decoded(body)
    assert (told["iss"], told["sub"], told["aud"]) == ("key", "user@example.com", "https://login.salesforce.com")
    assert 170 < told["exp"] - time.time() <= 180
    proof = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    private_key().public_key().verify(proof, f"{header}.{body}".encode(), PKCS1v15(), SHA256())


def test_each_login_has_an_assertion_of_its_own() -> None:
    login = JwtBearer("key", "user", private_key(), login_url=HOST)

    assert login.form(None) != login.form(None)


@pytest.mark.parametrize("kind", ["path", "text path", "text", "bytes", "object"])
def test_a_key_comes_from_a_file_from_pem_or_as_an_object(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "server.key"
    file.write_bytes(private_pem())
    pem = private_pem()
    key: Any = {"path": file, "text path": str(file), "text": pem.decode(), "bytes": pem, "object": private_key()}[kind]

    assert claims(JwtBearer("key", "user", key, login_url=HOST))["sub"] == "user"


def test_the_file_of_a_key_may_be_replaced_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "server.key"
    file.write_bytes(private_pem())
    login = JwtBearer("key", "user", file, login_url=HOST)
    file.unlink()

    with pytest.raises(InputError, match="can't be read from"):
        login.form(None)


@pytest.mark.parametrize("passphrase", ["open sesame", b"open sesame"])
def test_an_encrypted_key_opens_with_its_passphrase(passphrase: str | bytes) -> None:
    key = private_pem(passphrase=b"open sesame")

    assert claims(JwtBearer("key", "user", key, passphrase=passphrase, login_url=HOST))


@pytest.mark.parametrize(
    ("login_url", "audience"),
    [
        ("login", "https://login.salesforce.com"),
        ("test", "https://test.salesforce.com"),
        ("acme", "https://login.salesforce.com"),
        ("acme--dev.sandbox", "https://test.salesforce.com"),
        ("http://127.0.0.1:8080", "https://login.salesforce.com"),
    ],
)
def test_the_audience_follows_from_the_login_url(login_url: str, audience: str) -> None:
    assert claims(JwtBearer("key", "user", private_key(), login_url=login_url))["aud"] == audience


def test_an_audience_that_is_given_is_not_where_the_assertion_is_sent() -> None:
    login = JwtBearer("key", "user", private_key(), audience="https://acme.my.site.com/portal", login_url=HOST)

    assert (claims(login)["aud"], login.login_url) == ("https://acme.my.site.com/portal", HOST)


def of_a_curve() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (lambda: "no/such/file.key", {}, "no/such/file.key"),
        (lambda: "\0", {}, "neither PEM text nor a path"),
        (lambda: "x" * 2000, {}, "can't be read from what isn't PEM text"),
        (lambda: b"nonsense", {}, "isn't a private key in PEM form"),
        (lambda: b"", {}, "isn't a private key in PEM form"),
        (lambda: certificate().encode(), {}, "a certificate or a public key"),
        (public_pem, {}, "a certificate or a public key"),
        (of_a_curve, {}, "isn't an RSA key"),
        (lambda: ec.generate_private_key(ec.SECP256R1()), {}, "key is a"),
        (lambda: 5, {}, "key is a int"),
        (lambda: private_pem(passphrase=b"secret"), {}, "pass its passphrase"),
        (lambda: private_pem(passphrase=b"secret"), {"passphrase": "wrong"}, "the passphrase is wrong"),
        (private_pem, {"passphrase": "needless"}, "isn't encrypted"),
        (private_key, {"lifetime_s": 181}, "180 seconds"),
        (private_key, {"lifetime_s": 0}, "180 seconds"),
        (private_key, {"audience": " "}, "audience is empty"),
    ],
)
def test_a_key_that_can_not_sign_is_refused_when_the_login_is_made(make: Any, options: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        JwtBearer("key", "user", make(), login_url=HOST, **options)


def test_no_message_or_representation_shows_a_key() -> None:
    pem = private_pem(passphrase=b"s3cret")
    with pytest.raises(InputError) as caught:
        JwtBearer("key", "user", pem, passphrase="wr0ng", login_url=HOST)
    login = JwtBearer("key", "user", pem, passphrase="s3cret", login_url=HOST)

    for text in (str(caught.value), repr(login)):
        assert not [part for part in ("PRIVATE", "s3cret", "wr0ng", pem.decode()[60:80]) if part in text]


def test_a_login_travels_to_another_process_with_its_pem() -> None:
    login = JwtBearer("key", "user", private_pem(), login_url=HOST)

    assert pickle.loads(pickle.dumps(login)) == login


def test_without_cryptography_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cryptography.exceptions", None)

    with pytest.raises(InputError, match=r"specforce\[jwt\]"):
        JwtBearer("key", "user", b"", login_url=HOST)


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("Sun, 01 Mar 2020 10:00:00 GMT", "ahead of the server's"),
        ("Sun, 01 Mar 2099 10:00:00 GMT", "behind the server's"),
    ],
)
def test_a_clock_that_is_off_is_told_where_an_assertion_is_refused(half: Half, date: str, words: str) -> None:
    refusal = {"error": "invalid_grant", "error_description": "token validity expired"}
    server = ScriptedServer(LIMITS)
    server.login_answers = [json_answer(refusal, 400, date=date)]

    with pytest.raises(AuthError, match=words):
        half.run(half.connect(server, JwtBearer("key", "user", private_key(), login_url=HOST)).rest.get_limits())


@pytest.mark.parametrize("headers", [{}, {"date": "nonsense"}, {"date": ""}])
def test_a_server_that_tells_no_time_says_nothing_of_the_clock(half: Half, headers: dict[str, str]) -> None:
    refusal = {"error": "invalid_grant", "error_description": "invalid assertion"}
    server = ScriptedServer(LIMITS)
    server.login_answers = [httpx.Response(400, json=refusal, headers=headers)]

    with pytest.raises(AuthError) as caught:
        half.run(half.connect(server, JwtBearer("key", "user", private_key(), login_url=HOST)).rest.get_limits())

    assert "the server's" not in str(caught.value)
