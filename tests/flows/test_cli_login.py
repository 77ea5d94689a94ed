"""`specforce login`, `whoami` and `logout` against the fake org: what is kept where, and who can use it."""

from __future__ import annotations

import json
import os
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keyring
import pytest
from keyring.errors import KeyringLocked

from specforce import _stored_logins
from specforce.auth import DeviceCode, DeviceFlow
from specforce.errors import InputError
from tests.keys import certificate, private_pem
from tests.persons import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from specforce.testing import FakeOrg
    from tests.halves import Half

USER = "user@example.com"


class MemoryKeyring:
    """A keyring that ends with the test. No subclass: those are found and used by everybody from then on."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration folder of the test."""
    monkeypatch.setenv("SALESFORCE_CONFIG", str(tmp_path / "profiles.toml"))
    return tmp_path


@pytest.fixture(autouse=True)
def machine(specforce: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person at the browser, and an environment that says where, but not who."""
    for name in ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(webbrowser, "open", Person().visit)


@pytest.fixture
def of_the_system(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """A keyring."""
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def public(org: FakeOrg) -> str:
    """An app without a secret."""
    org.add_app("public")
    return "public"


def web(specforce: Callable[..., Result], *more: str) -> Result:
    return specforce("login", "--client-id", "public", "--redirect-uri", "http://localhost:0/callback", *more)


def test_a_login_by_browser_is_kept_and_used(
    specforce: Callable[..., Result], public: str, org: FakeOrg, folder: Path, half: Half
) -> None:
    done = web(specforce, "--profile", "prod")

    assert (done.exit_code, USER in done.stdout, org.url in done.stdout) == (0, True, True)
    path = folder / "logins" / "prod.json"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert set(json.loads(path.read_text())) >= {"flow", "login_url", "client_id", "refresh_token"}
    assert json.loads(path.read_text())["refresh_token"] not in done.output
    sf = half.client.from_profile("prod")
    assert half.run(sf.auth.get_user_info()).preferred_username == USER
    half.close(sf)


def test_without_a_profile_the_default_one_is_kept_and_used(specforce: Callable[..., Result], public: str) -> None:
    assert web(specforce).exit_code == 0

    told = specforce("whoami", "--json")

    assert (told.exit_code, json.loads(told.stdout)["username"]) == (0, USER)


def test_an_environment_that_says_who_comes_before_the_default_login(
    specforce: Callable[..., Result], public: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    web(specforce)
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "test-client")

    told = specforce("whoami")

    assert (told.exit_code, "client_secret is missing" in told.stderr) == (2, True)


def test_a_keyring_is_preferred_to_a_file(
    specforce: Callable[..., Result], public: str, folder: Path, of_the_system: MemoryKeyring
) -> None:
    done = web(specforce, "--profile", "prod", "--json")

    assert json.loads(done.stdout)["kept_in"] == "keyring"
    assert not (folder / "logins" / "prod.json").exists()
    assert [*of_the_system.kept] == [("specforce", "prod")]
    assert specforce("whoami", "--profile", "prod").exit_code == 0
    assert specforce("logout", "--profile", "prod").exit_code == 0
    assert not of_the_system.kept


@pytest.mark.parametrize("profile", ["prod", "a b%/c"])
def test_a_rotated_refresh_token_is_kept_for_the_next_command(
    specforce: Callable[..., Result], org: FakeOrg, folder: Path, profile: str
) -> None:
    org.add_app("public", rotates_refresh_tokens=True)
    web(specforce, "-p", profile)

    for _ in range(3):
        org.expire_tokens()
        assert specforce("whoami", "-p", profile).exit_code == 0
    assert len([*(folder / "logins").glob("*.db")]) == 1
    assert specforce("logout", "-p", profile, "--revoke").exit_code == 0

    assert not [*(folder / "logins").iterdir()]
    assert [each.operation for each in org.requests].count("authorize") == 1


def test_a_keyring_that_is_locked_is_named(
    specforce: Callable[..., Result], public: str, of_the_system: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")

    monkeypatch.setattr(of_the_system, "set_password", locked)

    done = web(specforce)

    assert (done.exit_code, "the keyring refuses: Failed to unlock" in done.stderr) == (2, True)


def test_a_login_goes_by_the_profile_s_own_table_where_nothing_else_is_said(
    specforce: Callable[..., Result], public: str, org: FakeOrg, folder: Path
) -> None:
    (folder / "profiles.toml").write_text('[prod]\nclient_id = "public"\napi_version = "66.0"\n')

    done = specforce("login", "--profile", "prod", "--redirect-uri", "http://localhost:0/callback")

    assert done.exit_code == 0
    assert json.loads(specforce("whoami", "-p", "prod", "--json").stdout)["api_version"] == "66.0"


def test_a_login_by_device_says_what_to_type(
    specforce: Callable[..., Result], public: str, org: FakeOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    def present(_login: DeviceFlow, code: DeviceCode) -> None:
        Person().type_code(code.verification_uri, code.user_code)

    monkeypatch.setattr(DeviceFlow, "present", present)
    monkeypatch.setattr("specforce._threads.Clock.sleep", lambda _clock, _seconds: None)

    assert specforce("login", "--device", "--client-id", "public").exit_code == 0
    assert USER in specforce("whoami").stdout


def test_a_login_by_jwt_keeps_the_path_of_the_key_and_not_the_key(
    specforce: Callable[..., Result], org: FakeOrg, folder: Path
) -> None:
    org.add_app("jwt-app", certificate=certificate())
    key = folder / "server.key"
    key.write_bytes(private_pem())

    options = ["--client-id", "jwt-app", "--username", USER, "--key-file", str(key)]
    assert specforce("login", "--jwt", *options).exit_code == 0

    kept = (folder / "logins" / "default.json").read_text()
    assert "PRIVATE" not in kept
    assert json.loads(kept)["private_key_file"] == str(key)
    assert specforce("whoami").exit_code == 0


def test_a_login_as_the_app_itself_takes_its_secret_from_the_environment(
    specforce: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "test-secret")
    assert specforce("login", "--client-credentials", "--client-id", "test-client").exit_code == 0
    monkeypatch.delenv("SALESFORCE_CLIENT_SECRET")

    assert specforce("whoami").exit_code == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--web", "--device", "--client-id", "public"], 2, "one way to log in at a time"),
        (["--web"], 2, "client_id is missing"),
        (["--client-credentials", "--client-id", "public"], 2, "client_secret is missing"),
        (["--jwt", "--client-id", "public", "--username", USER], 2, "--key-file"),
        (["--jwt", "--client-id", "public", "--username", USER, "--key-file", "/no/such.key"], 2, "/no/such.key"),
        (["--device", "--client-id", "nobody"], 4, "client_id"),
    ],
)
@pytest.mark.usefixtures("public")
def test_a_login_that_can_not_be_keeps_nothing(
    specforce: Callable[..., Result], folder: Path, options: list[str], code: int, words: str
) -> None:
    done = specforce("login", *options)

    assert (done.exit_code, words in done.stderr) == (code, True), done.output
    assert not (folder / "logins").exists()


def test_a_person_who_says_no_ends_the_login_with_exit_code_4(
    specforce: Callable[..., Result], public: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", Person("deny").visit)

    done = web(specforce, "--json")

    assert (done.exit_code, json.loads(done.stderr)["oauthError"]) == (4, "access_denied")


def test_a_logout_forgets_and_revokes_only_if_told_to(
    specforce: Callable[..., Result], public: str, org: FakeOrg, folder: Path
) -> None:
    for options, operations in ((["--revoke"], {"revokeToken"}), ([], set[str]())):
        web(specforce, "--profile", "prod")
        token = json.loads((folder / "logins" / "prod.json").read_text())["refresh_token"]
        org.org.requests.clear()

        done = specforce("logout", "--profile", "prod", "--json", *options)

        assert json.loads(done.stdout) == {"profile": "prod", "revoked": bool(options)}
        assert {each.operation for each in org.requests} & {"revokeToken"} == operations
        assert (org.org.sessions.refresh(token) is None) is bool(options)
        assert specforce("whoami", "--profile", "prod").exit_code == 2


def test_a_logout_from_a_login_that_has_ended_forgets_it_all_the_same(
    specforce: Callable[..., Result], public: str, org: FakeOrg, folder: Path
) -> None:
    web(specforce)
    org.org.sessions.reset()

    done = specforce("logout", "--revoke", "--json")

    assert (done.exit_code, json.loads(done.stdout)["revoked"]) == (0, False)
    assert not [*(folder / "logins").iterdir()]


def test_a_logout_without_a_login_says_so(specforce: Callable[..., Result]) -> None:
    done = specforce("logout", "--profile", "prod")

    assert (done.exit_code, "no login is kept for profile 'prod'" in done.stderr) == (2, True)


def test_a_file_that_others_can_read_is_refused(specforce: Callable[..., Result], public: str, folder: Path) -> None:
    web(specforce)
    (folder / "logins" / "default.json").chmod(0o644)

    told = specforce("whoami")

    assert (told.exit_code, "others can read" in told.stderr) == (2, True)


@pytest.mark.parametrize("text", ["nonsense", "[]", ""])
def test_a_file_that_is_none_of_ours_is_refused(folder: Path, text: str) -> None:
    path = folder / "logins" / "prod.json"
    path.parent.mkdir()
    path.touch(mode=0o600)
    path.write_text(text)

    with pytest.raises(InputError, match="log in again"):
        _stored_logins.load(folder, "prod")


def test_a_profile_s_name_is_no_path(folder: Path) -> None:
    kept = _stored_logins.save(folder, "../prod", {"flow": "sf-cli"})

    assert Path(kept).parent == folder / "logins"
    assert _stored_logins.load(folder, "../prod") == {"flow": "sf-cli"}
    assert _stored_logins.forget(folder, "../prod")
    assert not _stored_logins.forget(folder, "../prod")


def test_a_file_that_can_not_be_written_leaves_the_last_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stored_logins.save(folder, "prod", {"flow": "web"})

    def full(_descriptor: int) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        _stored_logins.save(folder, "prod", {"flow": "device"})

    assert _stored_logins.load(folder, "prod") == {"flow": "web"}
    assert [each.name for each in (folder / "logins").iterdir()] == ["prod.json"]
