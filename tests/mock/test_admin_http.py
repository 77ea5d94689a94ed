"""What a test can do to the org over HTTP, and see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.request_log import KEPT, KEPT_BODIES, RequestLog, without_secrets

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
    raw.http.post("/services/oauth2/revoke", data={"token": raw.token})

    log = raw.mock("GET", "requests")

    shown = str(log)
    assert "test-secret" not in shown
    assert raw.token not in shown
    assert "grant_type=client_credentials&client_id=test-client&client_secret=***" in shown
    assert log[0]["answer"].startswith('{"access_token":"***"')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=1&password=x%20y&b=2", "a=1&password=***&b=2"),
        ('{"NewPassword": "a\\"b", "Name": "token"}', '{"NewPassword": "***", "Name": "token"}'),
        ('{"refresh_token":"cut off', '{"refresh_token":"***'),
        ("<u:sessionId>00D!x</u:sessionId><a/>", "<u:sessionId>***</u:sessionId><a/>"),
        ('--x\r\nA: b; name="token"\r\n\r\nabc\r\n--x--', '--x\r\nA: b; name="token"\r\n\r\n***\r\n--x--'),
        ("actor_token=a&token_type=b&code=d&x=?sid=e", "actor_token=***&token_type=b&code=***&x=?sid=***"),
        ('[{"url": "https://x/?oauth_token=1&a=2"}]', '[{"url": "https://x/?oauth_token=***&a=2"}]'),
        ('{"frontdoor_uri": "https://x/?otp=1", "accessToken": "a"}', '{"frontdoor_uri": "***", "accessToken": "***"}'),
        ('{"code": "A-1", "Token__c": "t"}', '{"code": "A-1", "Token__c": "t"}'),
    ],
)
def test_secrets_are_masked_wherever_they_stand(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_the_log_keeps_the_beginning_of_what_was_sent_and_answered(raw: RawOrg) -> None:
    raw.mock("DELETE", "requests")
    raw.create("Account", Name="Acme", Description="x" * 20_000)
    raw.get("/sobjects/Account/describe")

    log = raw.mock("GET", "requests")

    assert [(len(each["body"] or ""), each["request_bytes"] > 20_000) for each in log] == [(4096, True), (0, False)]
    assert (log[0]["answer"].startswith('{"id":'), len(log[1]["answer"])) == (True, 4096)


def test_the_log_keeps_bodies_of_the_newest_requests_only() -> None:
    log = RequestLog()
    entries = [log.begin("POST", "/x", "", {}, 0) for _ in range(3)]
    for each in entries:
        each.sent, each.answered = b"sent", b"answered"
    for _ in range(KEPT_BODIES - 1):
        log.begin("GET", "/x", "", {}, 0)

    assert [each.body for each in entries] == [None, None, "sent"]
    assert [each.answer for each in entries] == [None, None, "answered"]
    for _ in range(KEPT):
        log.begin("GET", "/x", "", {}, 0)
    assert (len(log), log.find(limit=1)[0].number) == (KEPT, 3 + KEPT_BODIES - 1 + KEPT)


def test_requests_are_found_and_counted_by_what_they_are(raw: RawOrg) -> None:
    raw.mock("DELETE", "requests")
    for name in ("A", "B", "C"):
        raw.create("Account", Name=name)
    raw.send("GET", "/sobjects/Account/x")
    raw.send("GET", "/limits")

    def operations(**query: Any) -> list[str]:
        return [each["operation"] for each in raw.mock("GET", "requests", params=query)]

    assert operations(operation="*Record", method="post") == ["createRecord"] * 3
    assert operations(path="*/sobjects/Account/*") == ["getRecord"]
    assert operations(status=404) == ["getRecord"]
    assert operations(after=3, limit=1) == ["getLimits"]
    assert raw.mock("GET", "requests/counts", params={"operation": "*Record"}) == {
        "total": 4,
        "byOperation": {"createRecord": 3, "getRecord": 1},
        "byStatus": {"201": 3, "404": 1},
    }
    raw.mock("DELETE", "requests", params={"operation": "createRecord"})
    assert operations() == ["getRecord", "getLimits"]


@pytest.mark.parametrize(
    ("method", "path", "content", "told"),
    [
        ("GET", "requests?opeartion=query", b"", "there is no parameter opeartion; there are: operation,"),
        ("GET", "requests?limit=0", b"", "limit: 0 is less than the minimum"),
        ("POST", "faults", b'{"kind": "cut"', "the body must be JSON"),
        ("POST", "faults", b"", "the body must be JSON"),
        ("POST", "faults", b'[{"kind": "cut", "after": 3}]', "the body at /0: Additional properties"),
        ("POST", "advance", b'{"seconds": "3"}', "the body at /seconds:"),
        ("POST", "seed", b"[" * 100_000, "the body must be JSON"),
    ],
)
def test_bad_input_is_refused_with_its_place(raw: RawOrg, method: str, path: str, content: bytes, told: str) -> None:
    answer = raw.send(method, f"/__mock/{path}", content=content)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "MOCK_ADMIN")
    assert answer.json()[0]["message"].startswith(told)


def test_jobs_are_listed_from_both_bulk_apis(raw: RawOrg) -> None:
    raw.json("POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM User"})

    (job,) = raw.mock("GET", "jobs")

    assert (job["api"], job["kind"], job["object"], job["state"]) == ("bulk_v2", "query", "User", "UploadComplete")


def test_snapshots_bring_back_the_records(raw: RawOrg) -> None:
    kept = raw.create("Account", Name="Kept")
    snapshot = raw.mock("POST", "snapshots")["id"]
    raw.create("Account", Name="Later")

    raw.mock("POST", f"snapshots/{snapshot}")

    assert [each["Id"] for each in raw.query("SELECT Id FROM Account")["records"]] == [kept]
    assert raw.create("Account", Name="Next") > kept
    assert raw.send("POST", "/__mock/snapshots/99").status_code == 404


def test_sessions_can_be_ended(raw: RawOrg) -> None:
    raw.mock("DELETE", "sessions")

    assert raw.send("GET", "/limits").status_code == 401


def test_the_schema_is_told(raw: RawOrg) -> None:
    schema = raw.mock("GET", "schema")

    assert schema["Account"]["keyPrefix"] == "001"
    assert schema["Thing__c"]["fields"]["At__c"] == "datetime"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "nothing", 404), ("DELETE", "health", 405), ("PUT", "faults", 405)]
)
def test_what_isnt_there_says_so(raw: RawOrg, method: str, path: str, status: int) -> None:
    answer = raw.send(method, f"/__mock/{path}")

    assert (answer.status_code, path in answer.json()[0]["message"]) == (status, True)
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_may_change_nothing(raw: RawOrg, origin: str) -> None:
    refused = raw.send("POST", "/__mock/reset", headers={"Origin": origin})

    assert (refused.status_code, origin in refused.text) == (403, True)
    assert raw.send("GET", "/limits").status_code == 200
    assert raw.send("DELETE", "/__mock/requests", headers={"Origin": raw.url}).status_code == 204
