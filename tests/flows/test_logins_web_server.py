"""The web server login against the fake org, in both halves: a person, a page, a callback on loopback."""

from __future__ import annotations

import asyncio
import socket
import sys
import webbrowser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from specforce import AsyncSalesforce
from specforce.auth import WebServer
from specforce.errors import AuthError, InputError
from tests.persons import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.testing import FakeOrg
    from tests.halves import Half

FREE = "http://localhost:0/callback"


def login(org: FakeOrg, show: Callable[[str], object] | None = None, **changes: Any) -> WebServer:
    given: dict[str, Any] = {"redirect_uri": FREE, "timeout_s": 20, "open_browser": False, "show": show} | changes
    return WebServer("test-client", "test-secret", login_url=org.url, **given)


def asked(org: FakeOrg) -> list[str | None]:
    return [each.operation for each in org.requests]


def test_a_person_logs_in_once_and_the_refresh_token_renews_it(org: FakeOrg, half: Half) -> None:
    person = Person()
    sf = half.login(login(org, person.visit))

    assert half.run(sf.auth.get_user_info()).preferred_username == "user@example.com"
    org.expire_tokens()
    half.run(sf.rest.get_limits())

    assert asked(org).count("authorize") == 1
    assert asked(org).count("requestToken") == 2
    ((status, text),) = person.seen
    assert (status, "close this window" in text) == (200, True)


def test_a_public_app_proves_itself_by_the_verifier_alone(org: FakeOrg, half: Half) -> None:
    org.add_app("public")
    auth = WebServer("public", login_url=org.url, redirect_uri=FREE, open_browser=False, show=Person().visit)

    assert half.run(half.login(auth).rest.get_limits())


def test_the_page_is_asked_for_with_a_state_and_a_challenge_of_its_own_each_time(org: FakeOrg, half: Half) -> None:
    person = Person()
    for _ in range(2):
        half.run(half.login(login(org, person.visit, prompt="login", login_hint="ann")).rest.get_limits())

    first, second = (parse_qs(urlsplit(url).query) for url in person.visited)
    assert first["code_challenge_method"] == ["S256"]
    assert (first["prompt"], first["login_hint"], first["scope"]) == (["login"], ["ann"], ["api refresh_token"])
    assert not [name for name in ("state", "code_challenge") if first[name] == second[name]]


def test_the_browser_is_opened_where_there_is_one(org: FakeOrg, half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person()
    monkeypatch.setattr(webbrowser, "open", person.visit)

    assert half.run(half.login(login(org, open_browser=True)).rest.get_limits())


def test_without_a_browser_standard_error_names_the_page(
    org: FakeOrg, half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person()
    monkeypatch.setattr(webbrowser, "open", lambda _url: False)
    written = type("Written", (), {"write": lambda _self, text: person.visit(text.split()[-1])})
    monkeypatch.setattr(sys, "stderr", written())

    assert half.run(half.login(login(org, open_browser=True)).rest.get_limits())


def test_a_person_who_says_no_ends_the_login(org: FakeOrg, half: Half) -> None:
    with pytest.raises(AuthError, match="said no") as caught:
        half.run(half.login(login(org, Person("deny").visit)).rest.get_limits())

    assert caught.value.error == "access_denied"


def test_an_answer_with_another_state_is_turned_away_and_the_login_goes_on(org: FakeOrg, half: Half) -> None:
    strange: list[int] = []

    def show(url: str) -> None:
        back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        forged = [f"{back}?code=forged&state=forged", f"{back}?code=forged", back]
        icon = back.replace("callback", "favicon.ico")
        strange.extend(httpx.get(address, trust_env=False).status_code for address in (*forged, icon))
        Person().visit(url)

    assert half.run(half.login(login(org, show)).rest.get_limits())
    assert strange == [400, 400, 400, 404]


def test_a_login_that_only_strangers_answer_ends_in_time_and_says_so(org: FakeOrg, half: Half) -> None:
    def show(url: str) -> None:
        back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        httpx.get(f"{back}?code=forged&state=forged", trust_env=False)

    with pytest.raises(AuthError, match=r"within 0\.1 s; an answer to another login came"):
        half.run(half.login(login(org, show, timeout_s=0.1)).rest.get_limits())

    assert "requestToken" not in asked(org)


def test_nobody_at_the_page_ends_the_login_in_time(org: FakeOrg, half: Half) -> None:
    with pytest.raises(AuthError, match=r"nobody logged in within 0\.05 s"):
        half.run(half.login(login(org, lambda _url: None, timeout_s=0.05)).rest.get_limits())


def test_a_callback_url_that_is_not_the_app_s_gets_no_answer(org: FakeOrg, half: Half) -> None:
    shown: list[str] = []

    def show(url: str) -> None:
        shown.append(httpx.get(url, trust_env=False).text)

    with pytest.raises(AuthError, match="nobody logged in"):
        half.run(half.login(login(org, show, redirect_uri="http://localhost:0/x", timeout_s=0.05)).rest.get_limits())

    assert "redirect_uri_mismatch" in shown[0]


def test_a_port_that_is_taken_is_named(org: FakeOrg, half: Half) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        uri = f"http://localhost:{taken.getsockname()[1]}/callback"
        with pytest.raises(InputError, match=f"nothing can listen at {uri}"):
            half.run(half.login(login(org, redirect_uri=uri)).rest.get_limits())


def test_a_refused_refresh_token_is_not_sent_again_and_the_person_is_asked_anew(org: FakeOrg, half: Half) -> None:
    sf = half.login(login(org, Person().visit))
    half.run(sf.rest.get_limits())
    org.expire_tokens()
    org.org.sessions.reset()

    with pytest.raises(AuthError, match="expired access/refresh token"):
        half.run(sf.rest.get_limits())
    assert half.run(sf.rest.get_limits())

    assert asked(org).count("authorize") == 2
    assert asked(org).count("requestToken") == 3


def test_without_a_refresh_token_the_person_is_asked_for_each_session(org: FakeOrg, half: Half) -> None:
    sf = half.login(login(org, Person().visit, scope="api"))
    half.run(sf.rest.get_limits())
    org.expire_tokens()
    half.run(sf.rest.get_limits())

    assert asked(org).count("authorize") == 2


@pytest.mark.anyio
async def test_a_login_that_is_cancelled_stops_listening(org: FakeOrg) -> None:
    shown = asyncio.Event()
    loop = asyncio.get_running_loop()
    urls: list[str] = []

    def show(url: str) -> None:
        urls.append(url)
        loop.call_soon_threadsafe(shown.set)

    async with AsyncSalesforce(login(org, show)) as sf:
        login_under_way = asyncio.create_task(sf.session._login.token())
        await shown.wait()
        login_under_way.cancel()
        with pytest.raises(asyncio.CancelledError):
            await login_under_way

    back = parse_qs(urlsplit(urls[0]).query)["redirect_uri"][0]
    with pytest.raises(httpx.ConnectError):
        httpx.get(back, trust_env=False)


@pytest.mark.parametrize(
    "uri",
    ["https://localhost:1/c", "http://acme.example/c", "http://localhost:x/c", "http://localhost:1/c?x=1", "nonsense"],
)
def test_a_redirect_uri_off_this_machine_is_refused(uri: str) -> None:
    with pytest.raises(InputError, match="on this machine"):
        WebServer("id", login_url="acme", redirect_uri=uri)


@pytest.mark.parametrize("changes", [{"timeout_s": 0}, {"client_id": " "}])
def test_what_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        WebServer(**{"client_id": "id", "login_url": "acme", **changes})
