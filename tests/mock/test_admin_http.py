"""What a test can do to the org over HTTP, and see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


def test_health_says_what_is_there(raw: RawOrg, org: Org) -> None:
    health = raw.http.get("/__mock/health").json()

    assert health == {
        "status": "ok",
        "clock": "auto",
        "now": org.clock.stored_now(),
        "orgId": org.identity.org_id,
    }


def test_reset_brings_back_the_first_state(raw: RawOrg, org: Org) -> None:
    raw.create("Account", Name="Acme")
    raw.mock("POST", "advance", json={"seconds": 5000})
    raw.mock("POST", "faults", json={"kind": "hang"})
    before = org.clock.now()

    raw.http.post("/__mock/reset")

    assert raw.send("GET", "/limits").status_code == 401
    raw.login()
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 0
    assert raw.create("Account", Name="Acme").startswith("001Sf0000000001")
    assert org.clock.now() < before
    assert raw.mock("GET", "faults") == []


def test_seeds_keep_their_order_and_may_carry_audit_fields(raw: RawOrg, org: Org) -> None:
    seed: dict[str, list[Any]] = {
        "Account": [{"Name": "Acme", "Code__c": "A", "CreatedDate": "2020-01-01T00:00:00Z"}, {"Name": "B"}],
        "Contact": [{"LastName": "Ek", "Account": {"Code__c": "A"}}],
    }

    made = raw.mock("POST", "seed", json=seed)

    assert {name: len(ids) for name, ids in made.items()} == {"Account": 2, "Contact": 1}
    old, new = (raw.get(f"/sobjects/Account/{each}")["CreatedDate"] for each in made["Account"])
    assert old == "2020-01-01T00:00:00.000+0000"
    assert new == org.clock.stored_now().replace("Z", "+0000")
    assert raw.get(f"/sobjects/Contact/{made['Contact'][0]}")["AccountId"] == made["Account"][0]


@pytest.mark.parametrize(
    "seed",
    [{"Nothing__c": [{}]}, {"Account": [{"Name": "A"}, {"Site": "no name"}]}, {"Account": {"Name": "A"}}, [], "x"],
)
def test_a_seed_that_cant_be_saved_saves_nothing(raw: RawOrg, seed: Any) -> None:
    answer = raw.send("POST", "/__mock/seed", json=seed)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "MOCK_ADMIN")
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_time_moves_by_what_it_is_told_and_only_forward(raw: RawOrg, org: Org) -> None:
    before = org.clock.now()

    raw.mock("POST", "advance", json={"seconds": 90.5})

    assert org.clock.now() == pytest.approx(before + 90.5)
    assert raw.send("POST", "/__mock/advance", json={"seconds": -1}).status_code == 400


def test_the_request_log_says_who_asked_what_without_secrets(raw: RawOrg) -> None:
    raw.mock("DELETE", "requests")
    raw.create("Account", Name="Acme")
    raw.send("GET", "/sobjects/Account/x", params={"fields": "Id"})

    log = raw.mock("GET", "requests")

    assert [(each["operation"], each["status"]) for each in log] == [("createRecord", 201), ("getRecord", 404)]
    assert (log[0]["body"], log[0]["headers"]["authorization"]) == ('{"Name":"Acme"}', "***")
    assert (log[1]["query"], log[1]["error_code"]) == ("fields=Id", "NOT_FOUND")
    assert raw.token not in str(log)
    assert len(raw.mock("GET", "requests?operation=getRecord")) == 1


def test_a_login_leaves_no_secret_in_the_log(raw: RawOrg) -> None:
    raw.login()

    assert "test-secret" not in str(raw.mock("GET", "requests"))


def test_snapshots_bring_back_the_records(raw: RawOrg) -> None:
    kept = raw.create("Account", Name="Kept")
    snapshot = raw.mock("POST", "snapshots")["id"]
    raw.create("Account", Name="Later")

    raw.mock("POST", f"snapshots/{snapshot}")

    assert [each["Id"] for each in raw.query("SELECT Id FROM Account")["records"]] == [kept]
    assert raw.create("Account", Name="Next") > kept
    assert raw.send("POST", "/__mock/snapshots/99").status_code == 400


def test_sessions_can_be_ended(raw: RawOrg) -> None:
    raw.mock("DELETE", "sessions")

    assert raw.send("GET", "/limits").status_code == 401


def test_the_schema_is_told(raw: RawOrg) -> None:
    schema = raw.mock("GET", "schema")

    assert schema["Account"]["keyPrefix"] == "001"
    assert schema["Thing__c"]["fields"]["At__c"] == "datetime"


@pytest.mark.parametrize(("method", "path"), [("GET", "nothing"), ("DELETE", "health"), ("PUT", "faults")])
def test_what_isnt_there_says_so(raw: RawOrg, method: str, path: str) -> None:
    answer = raw.send(method, f"/__mock/{path}")

    assert (answer.status_code, path in answer.json()[0]["message"]) == (404, True)
