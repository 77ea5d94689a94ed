"""One login for all who share a store: one of them renews the token, and no refresh token is sent twice."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from specforce import stores
from specforce.auth import ClientCredentials, JwtBearer, RefreshToken, StaticToken, UsernamePassword
from specforce.auth._shared import SharedToken
from specforce.errors import AuthError, ConnectFailed, InputError, StoreConflict, StoreError, TransportTimeout
from tests.covers import covers
from tests.halves import HOST, INSTANCE, Half, ScriptedServer, json_answer, refusal
from tests.keys import private_pem

if TYPE_CHECKING:
    from specforce.stores import Entry

FIRST = RefreshToken("test-client", "first", login_url=HOST)
REUSED = {"error": "invalid_grant", "error_description": "expired access/refresh token"}


class RotatingServer(ScriptedServer):
    """Each refresh token works once; sending one again ends all. Answers limits to the newest token only."""

    def __init__(self, *, rotates: bool = True) -> None:
        super().__init__(json_answer({"DailyApiRequests": {"Max": 5, "Remaining": 4}}))
        self.rotates = rotates
        self.valid = "first"
        self.failures: list[Any] = []
        self.access = ""

    @property
    def sent(self) -> list[str]:
        return [login["refresh_token"] for login in self.logins]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return self._login(request)
        if request.headers["authorization"] != f"Bearer {self.access}":
            return refusal("INVALID_SESSION_ID", "Session expired or invalid", 401)
        return super().__call__(request)

    def _login(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if self.failures and isinstance(self.failures[0], httpx.ConnectError):
            raise self.failures.pop(0)
        self.logins.append(form)
        if form.get("refresh_token", self.valid) != self.valid:
            self.valid = "ended"
            return json_answer(REUSED, 400)
        number = len(self.logins)
        self.access = f"00Dxx!token-{number}"
        answer = {"access_token": self.access, "instance_url": INSTANCE, "token_type": "Bearer"}
        if self.rotates and "refresh_token" in form:
            self.valid = answer["refresh_token"] = f"rotated-{number}"
        if self.failures:
            failure: Exception | httpx.Response = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure
        return json_answer(answer)

    def expire(self) -> None:
        self.access = "00Dxx!nobody-has-it"


@pytest.fixture
def store(half: Half) -> Any:
    return getattr(stores, "AsyncMemoryStore" if half.name == "async" else "MemoryStore")()


@pytest.fixture
def server() -> RotatingServer:
    return RotatingServer()


def limits(half: Half, sf: Any) -> Any:
    return half.run(sf.rest.get_limits())


def stored(half: Half, store: Any) -> tuple[str, Entry]:
    """The only key of a store, and its entry."""
    [key] = store._table._rows
    return key, half.run(store.get(key))


def document(half: Half, store: Any) -> Any:
    return json.loads(stored(half, store)[1].value)


def test_a_logout_before_the_first_request_revokes_the_stores_token(half: Half, store: Any) -> None:
    server = RotatingServer()
    auth = ClientCredentials("test-client", "test-secret", login_url=HOST)
    limits(half, half.connect(server, auth, token_store=store))
    shared = document(half, store)["access_token"]
    revoked: list[str] = []

    def watched(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/services/oauth2/revoke":
            revoked.append(parse_qs(request.content.decode())["token"][0])
            server.expire()
            return httpx.Response(200)
        return server(request)

    other = half.connect(watched, auth, token_store=store)
    half.run(other.logout())
    assert revoked == []
    half.run(other.logout(revoke=True))
    assert revoked == [shared]

    limits(half, other)
    assert document(half, store)["access_token"] != shared


def test_a_logout_from_an_empty_store_asks_nobody(half: Half, store: Any) -> None:
    server = RotatingServer()
    client = half.connect(server, ClientCredentials("test-client", "test-secret", login_url=HOST), token_store=store)

    half.run(client.logout(revoke=True))

    assert server.logins == []


def test_clients_that_share_a_store_share_one_login(half: Half, store: Any) -> None:
    server = RotatingServer()
    auth = ClientCredentials("test-client", "test-secret", login_url=HOST)

    for _ in range(3):
        limits(half, half.connect(server, auth, token_store=store))

    assert len(server.logins) == 1


def test_of_many_clients_that_are_refused_at_once_one_renews(half: Half, store: Any, server: RotatingServer) -> None:
    clients = [half.connect(server, FIRST, token_store=store, clock=None) for _ in range(6)]
    for sf in clients:
        limits(half, sf)
    server.expire()

    outcomes = half.together([sf.rest.get_limits for sf in clients])

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert server.sent == ["first", "rotated-1"]


@covers("D11")
def test_a_rotated_token_is_stored_before_the_access_token_is_used(half: Half, store: Any) -> None:
    found: list[Any] = []

    class Watching(RotatingServer):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/token"):
                [row] = store._table._rows.values()
                found.append(json.loads(row.entry.value))
            return super().__call__(request)

    limits(half, half.connect(Watching(), FIRST, token_store=store))

    assert found[0]["refresh_token"] == "rotated-1"
    assert found[0]["access_token"] == "00Dxx!token-1"


def test_a_refresh_token_is_marked_before_it_is_sent(half: Half, store: Any) -> None:
    found: list[Any] = []

    class Watching(RotatingServer):
        def _login(self, request: httpx.Request) -> httpx.Response:
            [row] = store._table._rows.values()
            found.append(json.loads(row.entry.value))
            return super()._login(request)

    limits(half, half.connect(Watching(), FIRST, token_store=store))

    assert found[0]["sent"]
    assert "first" not in json.dumps(found)
    assert document(half, store)["sent"] == ""


def test_after_a_restart_the_store_is_read_first(half: Half, store: Any, server: RotatingServer) -> None:
    limits(half, half.connect(server, FIRST, token_store=store))
    server.expire()

    limits(half, half.connect(server, FIRST, token_store=store))

    assert server.sent == ["first", "rotated-1"]


@covers("W11")
def test_a_token_of_the_store_that_is_stale_too_is_renewed(half: Half, store: Any, server: RotatingServer) -> None:
    """Two clients; the first one slept while the other renewed twice, and nobody used the last one in time."""
    sleeper, other = (half.connect(server, FIRST, token_store=store) for _ in range(2))
    limits(half, sleeper)
    server.expire()
    limits(half, other)
    server.expire()

    limits(half, sleeper)

    assert server.sent == ["first", "rotated-1", "rotated-2"]


def test_logging_out_asks_for_another_token_than_the_one_that_was_forgotten(
    half: Half, store: Any, server: RotatingServer
) -> None:
    sf = half.connect(server, FIRST, token_store=store)
    limits(half, sf)
    half.run(sf.logout())

    limits(half, sf)

    assert server.sent == ["first", "rotated-1"]


@covers("W12")
def test_a_rotated_token_that_can_not_be_stored_is_used_by_nobody_and_kept(
    half: Half, store: Any, server: RotatingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf = half.connect(server, FIRST, token_store=store)
    put, broken = store.put, [False]

    def sync(key: str, value: bytes, **options: Any) -> Any:
        if broken[0] and b"rotated" in value:
            raise StoreError("disk full")
        broken[0] = True
        return put(key, value, **options)

    async def through_a_loop(key: str, value: bytes, **options: Any) -> Any:
        return await sync(key, value, **options)

    monkeypatch.setattr(store, "put", sync if half.name == "sync" else through_a_loop)

    with pytest.raises(StoreError, match=r"(?s)rotated refresh token can't be stored.*disk full"):
        limits(half, sf)
    assert not server.requests
    assert not half.run(store.lease(stored(half, store)[0], owner="other", seconds=60))
    monkeypatch.setattr(store, "put", put)
    limits(half, sf)

    assert server.sent == ["first"]
    assert document(half, store)["refresh_token"] == "rotated-1"


def test_a_token_that_is_not_rotated_is_used_although_it_can_not_be_stored(
    half: Half, store: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def sync(*_arguments: Any, **_options: Any) -> Any:
        raise StoreError("disk full")

    async def through_a_loop(*_arguments: Any, **_options: Any) -> Any:
        raise StoreError("disk full")

    monkeypatch.setattr(store, "put", sync if half.name == "sync" else through_a_loop)
    auth = ClientCredentials("test-client", "test-secret", login_url=HOST)

    with caplog.at_level(logging.WARNING, "specforce"):
        limits(half, half.connect(RotatingServer(), auth, token_store=store))

    assert "disk full" in caplog.text
    assert "00Dxx" not in caplog.text


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("late"), json_answer({}, 504), httpx.Response(200, text="{")])
def test_a_rotating_token_that_was_lost_on_its_way_is_not_sent_again(
    half: Half, store: Any, server: RotatingServer, failure: Any
) -> None:
    sf = half.connect(server, FIRST, token_store=store)
    limits(half, sf)
    server.expire()
    server.failures = [failure]
    with pytest.raises(Exception, match=r"requestToken|no token in it"):
        limits(half, sf)

    for again in (sf, half.connect(server, FIRST, token_store=store)):
        with pytest.raises(AuthError, match="isn't sent again") as caught:
            half.run(again.session._shared.token(half.run(again.session.token())))
        assert "log in anew" in caught.value.hint

    assert server.sent == ["first", "rotated-1"]


def test_a_token_of_an_app_that_does_not_rotate_is_sent_again(half: Half, store: Any) -> None:
    server = RotatingServer(rotates=False)
    sf = half.connect(server, FIRST, token_store=store)
    limits(half, sf)
    server.expire()
    server.failures = [httpx.ReadTimeout("late")]
    with pytest.raises(TransportTimeout):
        limits(half, sf)

    limits(half, sf)

    assert server.sent == ["first"] * 3


def test_a_token_that_never_left_is_sent(half: Half, store: Any, server: RotatingServer) -> None:
    sf = half.connect(server, FIRST, token_store=store)
    limits(half, sf)
    server.expire()
    server.failures = [httpx.ConnectError("refused") for _ in range(4)]
    with pytest.raises(ConnectFailed):
        limits(half, sf)

    limits(half, sf)

    assert server.sent == ["first", "rotated-1"]


def test_a_token_that_was_refused_is_sent_by_nobody_again(half: Half, store: Any, server: RotatingServer) -> None:
    server.valid = "another"

    for _ in range(2):
        with pytest.raises(AuthError) as caught:
            limits(half, half.connect(server, FIRST, token_store=store))
        assert caught.value.error == "invalid_grant"

    assert server.sent == ["first"]


def test_a_new_refresh_token_begins_anew(half: Half, store: Any, server: RotatingServer) -> None:
    server.valid = "second"
    with pytest.raises(AuthError):
        limits(half, half.connect(server, FIRST, token_store=store))
    server.valid = "second"

    limits(half, half.connect(server, RefreshToken("test-client", "second", login_url=HOST), token_store=store))

    assert server.sent == ["first", "second"]


def test_a_refusal_because_somebody_else_rotated_is_mended_by_reading_again(half: Half, store: Any) -> None:
    """Somebody who doesn't keep to the lease: an older process, say."""

    class Overtaken(RotatingServer):
        def _login(self, request: httpx.Request) -> httpx.Response:
            if len(self.logins) == 1:
                [row] = store._table._rows.values()
                newer = {**json.loads(row.entry.value), "access_token": "00Dxx!newer", "refresh_token": "newer"}
                row.entry = type(row.entry)(json.dumps(newer).encode(), row.entry.generation + 1, "other")
                self.valid, self.access = "newer", "00Dxx!newer"
            return super()._login(request)

    server = Overtaken()
    sf = half.connect(server, FIRST, token_store=store)
    limits(half, sf)
    server.expire()

    limits(half, sf)

    assert half.run(sf.session.token()).refresh_token == "newer"


def test_a_login_that_crashed_blocks_nobody_for_ever(half: Half, server: RotatingServer) -> None:
    name = "AsyncMemoryStore" if half.name == "async" else "MemoryStore"
    store = getattr(stores, name)(now=half.clock.now)
    limits(half, half.connect(server, FIRST, token_store=store))
    key, _ = stored(half, store)
    half.run(store.lease(key, owner="crashed", seconds=90))
    server.expire()

    limits(half, half.connect(server, FIRST, token_store=store))

    assert 85 < half.clock.time < 95


def test_who_waits_in_vain_says_so(half: Half, store: Any, server: RotatingServer) -> None:
    limits(half, half.connect(server, FIRST, token_store=store))
    key, _ = stored(half, store)
    half.run(store.lease(key, owner="stuck", seconds=1e6))
    server.expire()

    with pytest.raises(StoreError, match="others have been logging in"):
        limits(half, half.connect(server, FIRST, token_store=store))


def test_a_write_without_the_lease_before_the_token_is_sent_is_read_first(
    half: Half, store: Any, server: RotatingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = store.put, []

    def once(key: str, value: bytes, **options: Any) -> Any:
        calls.append(value)
        if len(calls) == 1:
            raise StoreConflict("somebody else wrote")
        return put(key, value, **options)

    async def through_a_loop(key: str, value: bytes, **options: Any) -> Any:
        return await once(key, value, **options)

    monkeypatch.setattr(store, "put", once if half.name == "sync" else through_a_loop)

    limits(half, half.connect(server, FIRST, token_store=store))

    assert len(calls) == 3
    assert server.sent == ["first"]


def test_what_a_newer_version_stored_is_kept(half: Half, store: Any, server: RotatingServer) -> None:
    limits(half, half.connect(server, FIRST, token_store=store))
    key, entry = stored(half, store)
    value = json.dumps({**json.loads(entry.value), "colour": {"of": "money"}}).encode()
    half.run(store.put(key, value, generation=entry.generation, owner="newer"))
    server.expire()

    limits(half, half.connect(server, FIRST, token_store=store))

    assert document(half, store)["colour"] == {"of": "money"}


@pytest.mark.parametrize("value", [b"", b"nonsense", b"[]", b'{"access_token": 5}', b'{"access_token": "a b"}'])
def test_what_is_no_token_is_not_overwritten(half: Half, store: Any, server: RotatingServer, value: bytes) -> None:
    limits(half, half.connect(server, FIRST, token_store=store))
    key, entry = stored(half, store)
    half.run(store.put(key, value, generation=entry.generation, owner="vandal"))

    with pytest.raises(StoreError, match="isn't a token of ours"):
        limits(half, half.connect(server, FIRST, token_store=store))

    assert stored(half, store)[1].value == value


def test_a_store_can_be_given_by_its_url(half: Half, server: RotatingServer, tmp_path: Any) -> None:
    for _ in range(2):
        limits(half, half.connect(server, FIRST, token_store=f"sqlite://{tmp_path}/tokens.db"))

    assert server.sent == ["first"]


def test_a_static_token_needs_no_store(half: Half, store: Any) -> None:
    server = RotatingServer()
    server.access = "00Dxx!mine"

    limits(half, half.connect(server, StaticToken("00Dxx!mine", INSTANCE), token_store=store))

    assert not store._table._rows


def test_a_function_s_tokens_can_not_be_shared(half: Half, store: Any) -> None:
    with pytest.raises(InputError, match="TokenSource can't be shared"):
        half.connect(RotatingServer(), lambda: "00Dxx!mine", token_store=store)


def test_a_store_of_the_other_half_is_refused(half: Half) -> None:
    other = stores.MemoryStore() if half.name == "async" else stores.AsyncMemoryStore()

    with pytest.raises(InputError, match="token_store"):
        half.connect(RotatingServer(), FIRST, token_store=other)


def test_logins_of_different_users_and_apps_are_apart() -> None:
    key = private_pem()
    with pytest.warns(FutureWarning):
        passwords = [
            UsernamePassword(user, "p", "app", "s", login_url=host) for user in ("u", "v") for host in (HOST, INSTANCE)
        ]
    logins = [
        ClientCredentials("app", "s", login_url=HOST),
        ClientCredentials("app-2", "s", login_url=HOST),
        RefreshToken("app", "one"),
        RefreshToken("app", "two"),
        JwtBearer("app", "u", key),
        JwtBearer("app", "v", key),
        JwtBearer("app", "u", key, audience="https://test.salesforce.com"),
        *passwords,
    ]

    identities = [login.identity() for login in logins]

    assert len(set(identities)) == len(identities)
    assert "one" not in str(identities)


def test_no_secret_is_in_a_representation_of_what_is_shared() -> None:
    shared = SharedToken.read(b'{"access_token": "00Dxx!s3cret", "refresh_token": "s3cret"}')

    assert "s3cret" not in repr(shared)
