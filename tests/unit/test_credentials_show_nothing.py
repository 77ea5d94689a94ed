"""No login, present or to come, shows a secret: in its representation, in an error, or in a traceback's locals."""

from __future__ import annotations

import dataclasses
import io
import logging
import traceback
import warnings
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import specforce.auth
from specforce.auth import Credentials, SfCli, StaticToken, TokenSource
from specforce.auth._credentials import Grant
from specforce.errors import SalesforceError
from tests.halves import HOST, Half, ScriptedServer, json_answer
from tests.keys import private_pem

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "C4N4RY"
LIMITS = json_answer({"DailyApiRequests": {"Max": 1, "Remaining": 1}})
# What is no secret, by the field's name; every other field of text is filled with a canary.
PUBLIC: dict[str, Any] = {
    "client_id": "the-app",
    "username": "user@example.com",
    "login_url": HOST,
    "instance_url": HOST,
    "audience": HOST,
    "redirect_uri": "http://localhost:0/callback",
    "scope": "api refresh_token",
    "prompt": "login",
    "login_hint": "user@example.com",
    "target_org": "my-org",
    "executable": "sf",
}


def classes(base: type[Credentials] = Credentials) -> Iterator[type[Credentials]]:
    """Every login that can be made, wherever it is defined."""
    for each in base.__subclasses__():
        if each.__name__ in specforce.auth.__all__:
            yield each
        yield from classes(each)


def filled(kind: type[Any]) -> Credentials:
    """A login whose every secret holds the canary."""
    given: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if not field.init:
            continue
        if field.name in PUBLIC:
            given[field.name] = PUBLIC[field.name]
        elif field.name == "key":
            given[field.name] = private_pem(passphrase=CANARY.encode())
        elif field.name == "function":
            given[field.name] = lambda: CANARY
        elif "str" in str(field.type):
            given[field.name] = CANARY
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: Credentials = kind(**given)
    return made


def secrets_in(text: str) -> list[str]:
    """What a text gives away: a canary, or a piece of the private key."""
    pieces = [CANARY, *private_pem().decode().splitlines()[1:3], "eyJ"]
    return [each for each in pieces if each in text]


def shown(error: BaseException) -> str:
    """An error as tools print it that show local variables."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def ours(error: BaseException) -> str:
    """The same, without the test's own frames."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    each: traceback.TracebackException | None = found
    while each is not None:
        each.stack = traceback.StackSummary.from_list(
            [frame for frame in each.stack if "/tests/" not in frame.filename and "/httpx/" not in frame.filename]
        )
        each = each.__cause__ or each.__context__
    return "".join(found.format())


def test_every_login_that_is_public_is_walked() -> None:
    assert {each.__name__ for each in classes()} >= {"ClientCredentials", "JwtBearer", "WebServer", "SfCli"}


@pytest.mark.parametrize("kind", list(classes()), ids=lambda kind: kind.__name__)
def test_a_login_shows_no_secret(kind: type[Credentials]) -> None:
    login = filled(kind)

    assert secrets_in(f"{login!r} {login!s} {[login]!r}") == []


GRANTS = [each for each in classes() if issubclass(each, Grant) and each.__name__ not in {"WebServer", "DeviceFlow"}]


@pytest.mark.parametrize("kind", GRANTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"error": "invalid_grant", "error_description": "no"}, 400),
        httpx.Response(200, text="<html>"),
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
    ],
    ids=["refused", "no token", "unreachable", "timeout"],
)
def test_a_failed_login_shows_no_secret_even_with_local_variables(
    half: Half, kind: type[Credentials], answer: Any
) -> None:
    server = ScriptedServer(LIMITS)
    server.login_answers = [answer]

    with pytest.raises(SalesforceError) as caught:
        half.run(half.connect(server, filled(kind)).rest.get_limits())

    assert secrets_in(ours(caught.value)) == []
    assert secrets_in(f"{caught.value!r} {vars(caught.value)}") == []


@pytest.mark.parametrize("kind", [StaticToken, TokenSource, *GRANTS], ids=lambda kind: kind.__name__)
def test_a_login_leaves_no_secret_in_logs(half: Half, kind: type[Credentials]) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        half.run(half.connect(ScriptedServer(LIMITS), filled(kind), instance_url=HOST).rest.get_limits())
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    assert secrets_in(written.getvalue()) == []


def test_a_command_s_login_shows_only_which_org_it_is_of() -> None:
    assert repr(SfCli("my-org")) == "SfCli(target_org='my-org', executable='sf', timeout_s=60)"
