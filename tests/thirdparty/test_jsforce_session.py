"""The third judge: jsforce, unmodified, as a client that knows nothing of ours, by any URL and by Salesforce's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specforce.testing import FakeOrg
from tests.thirdparty.sessions import SCHEMA, played

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("jsforce_session.cjs")
ROWS = 2345


@pytest.fixture(scope="module", params=["any URL", "the proxy"])
def session(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What one run of the script saw."""
    node = shutil.which("node")
    assert node, "node isn't on the path: run `make setup`, it says what to install"
    assert (SCRIPT.parents[2] / "node_modules" / "jsforce").is_dir(), "jsforce isn't installed: run `make setup`"
    proxied = request.param == "the proxy"
    with FakeOrg(SCHEMA, proxy=proxied) as org:
        arguments = () if proxied else (org.url,)
        yield json.loads(played(org.environment("jsforce"), node, SCRIPT, *arguments))


def test_jsforce_logs_in_by_client_credentials_at_its_default_version(session: dict[str, Any]) -> None:
    assert session["version"] == "50.0"
    assert session["user"]["id"].startswith("005")
    assert session["user"]["organizationId"].startswith("00D")


def test_jsforce_describes_an_object(session: dict[str, Any]) -> None:
    described = session["described"]
    assert (described["name"], described["keyPrefix"]) == ("Account", "001")
    assert described["fields"] > 20


def test_jsforce_creates_and_retrieves_a_record(session: dict[str, Any]) -> None:
    created, read = session["records"]["created"], session["records"]["read"]
    assert created["success"] is True
    assert created["id"].startswith("001")
    assert created["errors"] == []
    assert (read["Id"], read["Name"], read["NumberOfEmployees"]) == (created["id"], "Acme", 3)
    assert read["attributes"] == {"type": "Account", "url": f"/services/data/v50.0/sobjects/Account/{created['id']}"}


def test_jsforce_updates_a_record_and_finds_it_by_soql(session: dict[str, Any]) -> None:
    records = session["records"]
    assert records["updated"]["success"] is True
    found = records["found"]
    assert (found["totalSize"], found["done"]) == (1, True)
    assert found["records"][0]["Id"] == records["created"]["id"]
    assert found["records"][0]["NumberOfEmployees"] is None


def test_jsforce_reads_the_code_of_a_refused_record(session: dict[str, Any]) -> None:
    assert session["records"]["refused"]["code"] == "REQUIRED_FIELD_MISSING"


def test_jsforce_deletes_a_record_for_good(session: dict[str, Any]) -> None:
    records = session["records"]
    assert records["deleted"]["success"] is True
    assert records["gone"]["code"] in {"NOT_FOUND", "ENTITY_IS_DELETED"}


def test_jsforce_loads_by_bulk_2_and_gets_the_refused_row_back(session: dict[str, Any]) -> None:
    bulk = session["bulk"]
    assert (bulk["successful"], bulk["created"], bulk["unprocessed"]) == (ROWS, ROWS, [])
    (failed,) = bulk["failed"]
    assert failed["Email"] == "nobody@example.com"
    assert failed["sf__Error"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]")


def test_jsforce_exports_by_bulk_2_what_it_loaded(session: dict[str, Any]) -> None:
    bulk = session["bulk"]
    assert (bulk["exported"], bulk["ids"]) == (ROWS, ROWS)
    assert bulk["first"]["LastName"] == 'Row 0, "quoted"\nand broken'


def test_jsforce_fetches_every_page_of_a_query_over_two_thousand_rows(session: dict[str, Any]) -> None:
    assert session["paged"] == {"records": ROWS, "distinct": ROWS, "pages": 2, "sorted": True}


@pytest.mark.parametrize("session", ["the proxy"], indirect=True)
def test_jsforce_logs_in_by_soap_where_it_always_does(session: dict[str, Any]) -> None:
    logins = session["logins"]
    assert logins["user"]["id"] == session["user"]["id"]
    assert logins["instances"] == ["https://acme.my.salesforce.com"] * 2
    assert logins["refused"].startswith("INVALID_LOGIN")
    assert (logins["limits"], logins["after"]) == (5_000_000, "INVALID_SESSION_ID")


def test_jsforce_changes_several_records_at_once(session: dict[str, Any]) -> None:
    assert session["several"] == {
        "created": [True] * 3,
        "mixed": [[True], [False, "REQUIRED_FIELD_MISSING"]],
        "updated": 3,
        "titles": ["Dr"] * 3,
        "found": ["C", "B"],
        "deleted": 4,
        "upserted": [True, False],
    }


def test_jsforce_looks_around(session: dict[str, Any]) -> None:
    around = session["around"]
    assert around["objects"] > 20
    assert around["searched"] == ["Two"]
    assert around["username"] == "user@example.com"
    assert (around["wrong"], around["unknown"]) == ("INVALID_FIELD", "INVALID_SESSION_ID")
    assert (around["tooling"], around["versions"], around["usage"]) == (0, 37, 5_000_000)


def test_jsforce_loads_and_queries_by_bulk_1(session: dict[str, Any]) -> None:
    batches = session["batches"]
    assert (batches["loaded"], batches["queried"]) == (300, 300)
    assert batches["failed"][0][0].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [Company]")
