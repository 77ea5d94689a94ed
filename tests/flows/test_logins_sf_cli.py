"""The login of Salesforce's own command line, played by a script on PATH, in both halves."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from specforce.auth import SfCli
from specforce.errors import AuthError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

Answer = dict[str, Any]
SCRIPT = """#!{python}
import sys
open({log!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
print(open({answer!r}).read())
sys.stderr.write("Warning: update available\\n")
sys.exit({code})
"""


@pytest.fixture
def sf_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts an `sf` on PATH that prints an answer; returns the file of how it was called."""

    def install(answer: object, code: int = 0) -> Path:
        log, said = tmp_path / "calls", tmp_path / "answer.json"
        said.write_text(answer if isinstance(answer, str) else json.dumps(answer))
        script = tmp_path / "sf"
        script.write_text(SCRIPT.format(python=sys.executable, log=str(log), answer=str(said), code=code))
        script.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return log

    return install


def displayed(org: FakeOrg, **changes: object) -> Answer:
    sessions, identity = org.org.sessions, org.org.identity
    token = sessions.open(identity.admin_id, "PlatformCLI", "api").token
    result = {"accessToken": token, "instanceUrl": org.url, "connectedStatus": "Connected", "alias": "my-org"}
    return {"status": 0, "result": result | changes, "warnings": []}


def connect(half: Half, *target: str) -> Any:
    return half.client.from_sf_cli(*target, clock=half.clock)


def test_the_command_s_org_is_used_as_it_is(org: FakeOrg, half: Half, sf_command: Callable[..., Path]) -> None:
    log = sf_command(displayed(org))
    sf = connect(half, "my-org")

    assert half.run(sf.auth.get_user_info()).preferred_username == "user@example.com"
    half.close(sf)

    assert log.read_text() == "org display --target-org my-org --json\n"


def test_without_a_name_the_command_says_which_org_is_meant(
    org: FakeOrg, half: Half, sf_command: Callable[..., Path]
) -> None:
    log = sf_command(displayed(org))
    sf = connect(half)

    assert half.run(sf.rest.get_limits())
    half.close(sf)

    assert log.read_text() == "org display --json\n"


def test_a_refused_token_is_asked_for_again(org: FakeOrg, half: Half, sf_command: Callable[..., Path]) -> None:
    log = sf_command(displayed(org))
    sf = connect(half, "my-org")
    half.run(sf.rest.get_limits())
    org.expire_tokens()
    sf_command(displayed(org))

    assert half.run(sf.rest.get_limits())
    half.close(sf)

    assert len(log.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (
            {"status": 1, "name": "NamedOrgNotFoundError", "message": "No authorization information found for my-org."},
            1,
            "No authorization information found",
        ),
        ({"status": 0, "result": {"connectedStatus": "RefreshTokenAuthError"}}, 0, "RefreshTokenAuthError"),
        ({"status": 0, "result": {"accessToken": "[no token here]"}}, 0, "no access token that can be used"),
        ({"status": 0, "result": {}}, 0, "no access token that can be used"),
        ({"status": 0}, 0, "no access token that can be used"),
        ("nonsense S3CR3T", 3, "code 3"),
        ("[]", 0, "printed no JSON object"),
    ],
)
def test_a_command_that_is_logged_out_says_what_to_run(
    half: Half, sf_command: Callable[..., Path], answer: object, code: int, words: str
) -> None:
    sf_command(answer, code)
    sf = connect(half, "my-org")

    with pytest.raises(AuthError, match=words) as caught:
        half.run(sf.rest.get_limits())
    half.close(sf)

    assert "sf org login web --alias my-org" in caught.value.hint
    assert "S3CR3T" not in str(caught.value)


def test_without_the_command_its_installation_is_named(
    half: Half, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sf = connect(half, "my-org")

    with pytest.raises(AuthError, match="install the Salesforce CLI"):
        half.run(sf.rest.get_limits())
    half.close(sf)


def test_a_command_that_hangs_is_given_up(half: Half, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!{sys.executable}\nimport signal\nsignal.pause()\n")
    slow.chmod(0o700)
    sf = half.login(SfCli(executable=str(slow), timeout_s=0.2))

    with pytest.raises(AuthError, match=r"within 0\.2 s"):
        half.run(sf.rest.get_limits())


@pytest.mark.parametrize("name", ["", " ", "--json"])
def test_what_can_not_name_an_org_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="alias or username"):
        SfCli(name)
