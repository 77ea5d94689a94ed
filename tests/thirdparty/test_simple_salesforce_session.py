"""simple-salesforce, unmodified, at https://login.salesforce.com, which its environment alone leads to the fake org."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specforce.testing import FakeOrg
from specforce_mockserver.settings import OrgSettings
from tests.keys import certificate, private_pem
from tests.thirdparty.sessions import SCHEMA, played

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("simple_salesforce_session.py")
ROWS = 2345
MY_DOMAIN = "acme.my.salesforce.com"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What one run of the script saw. The clock is real: it sleeps for seconds where a batch isn't done at once."""
    folder = tmp_path_factory.mktemp("simple-salesforce")
    (folder / "key.pem").write_bytes(private_pem())
    with FakeOrg(SCHEMA, clock="real", proxy=True, settings=OrgSettings(certificate=certificate())) as org:
        seen = json.loads(played(org.environment("simple-salesforce"), sys.executable, SCRIPT, folder))
        assert {each.headers["host"] for each in org.requests} == {
            "login.salesforce.com", "test.salesforce.com", MY_DOMAIN,
        }  # fmt: skip
        yield seen


def test_it_logs_in_by_every_way_it_knows(session: dict[str, Any]) -> None:
    ways = session["logins"]["ways"]

    assert set(ways) == {"soap", "soap at test", "password", "jwt", "client credentials"}
    assert all(way == [MY_DOMAIN, 5_000_000] for way in ways.values())


def test_it_tells_refused_logins_apart(session: dict[str, Any]) -> None:
    codes = {name: refused[:2] for name, refused in session["logins"]["refused"].items()}

    assert codes == {
        "wrong password": ["SalesforceAuthenticationFailed", "INVALID_LOGIN"],
        "wrong secret": ["SalesforceAuthenticationFailed", "invalid_client"],
        "wrong host": ["SalesforceAuthenticationFailed", "invalid_grant"],
    }


def test_it_describes(session: dict[str, Any]) -> None:
    described = session["described"]

    assert described["objects"] > 20
    assert (described["account"], described["metadata"]) == (["001", "Id"], "Account")
    assert (described["layouts"] > 0, described["is_sandbox"], described["usage"]) == (True, False, 5_000_000)


def test_it_lives_a_records_life(session: dict[str, Any]) -> None:
    records = session["records"]

    assert records["made"]["success"] is True
    assert (records["read"], records["changed"], records["after"]) == ("Acme & Söhne <1>", 204, 5)
    assert (records["upserted"], records["by key"], records["deleted"]) == ([201, 200], "Two", 204)
    assert records["gone"][1] == 404
    assert records["composite"] == [True] * 3


def test_it_reads_every_refusal(session: dict[str, Any]) -> None:
    refused = session["records"]["refused"]

    assert {name: (kind, content[0]["errorCode"]) for name, (kind, _status, content) in refused.items()} == {
        "no name": ("SalesforceMalformedRequest", "REQUIRED_FIELD_MISSING"),
        "no field": ("SalesforceMalformedRequest", "INVALID_FIELD"),
        "no object": ("SalesforceResourceNotFound", "NOT_FOUND"),
        "no record": ("SalesforceResourceNotFound", "NOT_FOUND"),
        "no soql": ("SalesforceMalformedRequest", "INVALID_FIELD"),
        "no session": ("SalesforceExpiredSession", "INVALID_SESSION_ID"),
    }


def test_it_searches_and_asks_other_apis(session: dict[str, Any]) -> None:
    searched = session["searched"]

    assert (searched["search"], searched["quick"], searched["user"]) == (["Account"], 1, "user@example.com")
    assert (searched["apex"][:2], searched["tooling"]) == (["SalesforceResourceNotFound", 404], 0)


def test_it_keeps_a_file(session: dict[str, Any]) -> None:
    assert session["blobs"] == {"changed": 204, "same": True}


def test_it_pages_through_queries(session: dict[str, Any]) -> None:
    assert session["queries"] == {
        "first": [2400, False, 2000],
        "more": [True, 400],
        "all": 2400,
        "lazily": 2400,
        "grouped": 2400,
    }


def test_it_runs_jobs_of_bulk_1(session: dict[str, Any]) -> None:
    bulk = session["bulk"]

    assert (bulk["loaded"], bulk["queried"], bulk["whole"]) == (ROWS, ROWS, True)
    assert [[error["statusCode"] for error in row] for row in bulk["failed"]] == [["REQUIRED_FIELD_MISSING"]]
    assert (bulk["changed"], bulk["upserted"]) == (10, [True])
    assert (bulk["deleted"], bulk["left"], bulk["in the bin"]) == (ROWS, 0, ROWS)


def test_it_runs_jobs_of_bulk_2(session: dict[str, Any]) -> None:
    bulk = session["bulk2"]

    assert bulk["loaded"] == [[ROWS + 1, 1]]
    assert "REQUIRED_FIELD_MISSING" in bulk["failed"][0]
    assert (bulk["pages"], bulk["ids"], bulk["files"]) == ([1000, 1000, 345], ROWS, [2000, 345])
    assert bulk["deleted"] == [0]
