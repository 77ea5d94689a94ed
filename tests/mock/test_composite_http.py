"""`composite` and `batch` over raw HTTP: what subrequests share, and what one failure does to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
JSON = {"Content-Type": "application/json"}
ROLLED_BACK = {
    "errorCode": "PROCESSING_HALTED",
    "message": "The transaction was rolled back since another operation in the same transaction failed.",
}
NOT_FOUND = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}


def sub(method: str, path: str, name: str, body: Json = None, **more: Json) -> Json:
    """A subrequest below the version's path."""
    return {"method": method, "url": f"{DATA}{path}", "referenceId": name, "body": body, **more}


def composite(raw: RawOrg, *subrequests: Json, version: str = "67.0", **more: Json) -> list[Json]:
    """The answers of a composite that must be accepted."""
    body = {"compositeRequest": list(subrequests), **more}
    answers: list[Json] = raw.json("POST", "/composite", version=version, json=body)["compositeResponse"]
    return answers


def refused(raw: RawOrg, body: Json, path: str = "/composite", version: str = "67.0") -> Json:
    """The one error of a request that must be refused whole."""
    status, errors = raw.refused("POST", path, json=body, version=version)
    assert status == 400
    (error,) = errors
    return error


@row("rest.md#2", "| GET | `/composite` |")
def test_the_family_lists_what_its_version_has(raw: RawOrg) -> None:
    names = ("tree", "batch", "sobjects", "graph")

    assert raw.get("/composite") == {name: f"{DATA}/composite/{name}" for name in names}
    assert set(raw.get("/composite", version="41.0")) == {"tree", "batch"}


@row("rest.md#10", "Subrequest: `method`")
@row("rest.md#10", "Response always 200:")
@row("rest.md#10", '{"compositeResponse":[')
def test_later_requests_use_what_earlier_ones_answered(raw: RawOrg) -> None:
    account, contact, found, read = composite(
        raw,
        sub("POST", "/sobjects/Account", "a1", {"Name": "Acme", "NumberOfEmployees": 7}),
        sub("POST", "/sobjects/Contact", "c1", {"LastName": "Ek", "AccountId": "@{a1.id}"}),
        sub("GET", "/query?q=SELECT Id, Name FROM Account WHERE Id = '@{a1.id}'", "q1"),
        sub("GET", "/sobjects/Account/@{q1.records[0].Id}?fields=Id,Name,NumberOfEmployees", "r1"),
    )

    record_id = account["body"]["id"]
    assert account == {
        "body": {"id": record_id, "success": True, "errors": []},
        "httpHeaders": {"Location": f"{DATA}/sobjects/Account/{record_id}"},
        "httpStatusCode": 201,
        "referenceId": "a1",
    }
    assert raw.get(f"/sobjects/Contact/{contact['body']['id']}")["AccountId"] == record_id
    assert found["body"]["records"][0]["Name"] == "Acme"
    assert (read["body"]["Id"], read["body"]["NumberOfEmployees"]) == (record_id, 7)


@row("rest.md#10", "Subrequest: `method`")
def test_a_reference_to_the_row_of_a_collection_and_to_a_value_inside_a_text(raw: RawOrg) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "Acme"}]

    *_, task = composite(
        raw,
        sub("POST", "/composite/sobjects", "rows", {"records": records}),
        sub("GET", "/sobjects/Account/@{rows[0].id}", "a1"),
        sub("POST", "/sobjects/Task", "t1", {"Subject": "Call @{a1.Name} now", "WhatId": "@{a1.Id}"}),
    )

    assert raw.get(f"/sobjects/Task/{task['body']['id']}")["Subject"] == "Call Acme now"


@row("rest.md#10", "204 results have")
def test_an_answer_without_body_has_null_for_it(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")
    modified = raw.send("GET", f"/sobjects/Account/{record_id}").headers["last-modified"]

    changed, unchanged = composite(
        raw,
        sub("PATCH", f"/sobjects/Account/{record_id}", "p", {"Phone": "1"}),
        sub("GET", f"/sobjects/Account/{record_id}", "g", httpHeaders={"If-Modified-Since": modified}),
    )

    assert (changed["httpStatusCode"], changed["body"]) == (204, None)
    assert (unchanged["httpStatusCode"], unchanged["body"]) == (304, None)


@row("rest.md#10", "* allOrNone=true")
@row("rest.md#10", "Error subresponse body")
@row("errors_and_limits.md#3", "| PROCESSING_HALTED |")
def test_all_or_none_undoes_everything_and_halts_the_rest(raw: RawOrg) -> None:
    kept = raw.create("Account", Name="Kept")
    answers = composite(
        raw,
        sub("POST", "/sobjects/Account", "a1", {"Name": "Acme"}),
        sub("PATCH", f"/sobjects/Account/{kept}", "p1", {"Name": "Changed"}),
        sub("POST", "/sobjects/Contact", "c1", {"FirstName": "Bo"}),
        sub("POST", "/sobjects/Account", "a2", {"Name": "Later"}),
        allOrNone=True,
    )

    assert [each["body"][0] for each in answers if each["referenceId"] != "c1"] == [ROLLED_BACK] * 3
    assert [each["httpStatusCode"] for each in answers] == [400] * 4
    missing = {
        "message": "Required fields are missing: [LastName]",
        "errorCode": "REQUIRED_FIELD_MISSING",
        "fields": ["LastName"],
    }
    assert answers[2] == {"body": [missing], "httpHeaders": {}, "httpStatusCode": 400, "referenceId": "c1"}
    assert [each["Name"] for each in raw.query("SELECT Name FROM Account")["records"]] == ["Kept"]


@row("rest.md#10", "* allOrNone=false")
@row("errors_and_limits.md#3", "| PROCESSING_HALTED |")
def test_only_requests_that_refer_to_a_failed_one_fail_with_it(raw: RawOrg) -> None:
    failed, dependent, other = composite(
        raw,
        sub("POST", "/sobjects/Contact", "c1", {}),
        sub("PATCH", "/sobjects/Contact/@{c1.id}", "c2", {"FirstName": "Bo"}),
        sub("POST", "/sobjects/Account", "a1", {"Name": "Acme"}),
    )

    assert (failed["httpStatusCode"], other["httpStatusCode"]) == (400, 201)
    assert dependent["body"] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": "Invalid reference specified. No value for c1.id found in c1",
        }
    ]


@row("rest.md#10", "Composite containing a collections call")
def test_a_refused_row_of_a_collection_undoes_an_all_or_none_composite(raw: RawOrg) -> None:
    rows = {"records": [{"attributes": {"type": "Contact"}}]}
    subrequests = (
        sub("POST", "/sobjects/Account", "a1", {"Name": "Acme"}),
        sub("POST", "/composite/sobjects", "rows", rows),
    )

    lenient = composite(raw, *subrequests)
    strict = composite(raw, *subrequests, allOrNone=True)

    assert [each["httpStatusCode"] for each in lenient] == [201, 200]
    assert [each["httpStatusCode"] for each in strict] == [400, 200]
    assert strict[1]["body"][0]["success"] is False
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 1


@row("rest.md#10", "* Reference to a null field")
def test_a_reference_to_null_is_a_value_since_52(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")
    subrequests = (
        sub("GET", f"/sobjects/Account/{record_id}?fields=Phone", "a1"),
        sub("POST", "/sobjects/Account", "a2", {"Name": "Other", "Phone": "@{a1.Phone}"}),
        sub("POST", "/sobjects/Account", "a3", {"Name": "Other", "Phone": "@{a1.Fax}"}),
    )

    assert [each["httpStatusCode"] for each in composite(raw, *subrequests)] == [200, 201, 400]
    assert [each["httpStatusCode"] for each in composite(raw, *subrequests, version="51.0")] == [200, 400, 400]


@row("rest.md#10", "* Illegal referenceId")
@row("errors_and_limits.md#3", "Provided referenceId ('a[1]')")
def test_an_illegal_name_refuses_the_request_since_52_and_its_users_before(raw: RawOrg) -> None:
    body = {
        "compositeRequest": [
            sub("POST", "/sobjects/Account", "a[1]", {"Name": "Acme"}),
            sub("POST", "/sobjects/Contact", "c1", {"LastName": "Ek", "AccountId": "@{a[1].id}"}),
        ]
    }

    error = refused(raw, body)
    first, second = raw.json("POST", "/composite", version="51.0", json=body)["compositeResponse"]

    assert error == {
        "message": "Provided referenceId ('a[1]') must start with a letter or a number, "
        "and it can contain only letters, numbers and underscores ('_').",
        "errorCode": "JSON_PARSER_ERROR",
    }
    assert (first["httpStatusCode"], second["body"][0]["errorCode"]) == (201, "PROCESSING_HALTED")


@row("rest.md#10", "* Whole-request failures")
@row("rest.md#10", "Request: `allOrNone`")
@pytest.mark.parametrize(
    "body",
    [
        {"compositeRequest": [sub("GET", "/limits", "a"), sub("GET", "/limits", "a")]},
        {"compositeRequest": [sub("GET", "/limits", f"a{number}") for number in range(26)]},
        {"compositeRequest": [sub("GET", "/query?q=SELECT Id FROM Account", f"a{number}") for number in range(6)]},
        {"compositeRequest": [{"method": "GET", "url": f"{DATA}/limits"}]},
        {"compositeRequest": [{"method": "get", "url": f"{DATA}/limits", "referenceId": "a"}]},
        {"compositeRequest": []},
        {"compositeRequest": [sub("GET", "/limits", "a", label="x")]},
        {},
        [],
    ],
)
def test_a_malformed_composite_is_refused_whole(raw: RawOrg, body: Json) -> None:
    assert refused(raw, body)["errorCode"]


@row("rest.md#10", "Subrequest: `method`")
@pytest.mark.parametrize(
    ("subrequest", "status"),
    [
        (sub("GET", "/limits", "a", httpHeaders={"Authorization": "Bearer x"}), 400),
        (sub("POST", "/composite", "a", {"compositeRequest": []}), 400),
        (sub("POST", "/composite/batch", "a", {"batchRequests": []}), 400),
        (sub("POST", "/jobs/query", "a", {"operation": "query", "query": "SELECT Id FROM Account"}), 400),
        (sub("GET", "/nothing", "a"), 404),
        (sub("DELETE", "/limits", "a"), 405),
        (sub("POST", "/sobjects/Account", "a", "text"), 400),
        (sub("POST", "/sobjects/Account", "a"), 400),
        ({"method": "GET", "url": "/services/oauth2/userinfo", "referenceId": "a"}, 404),
        ({"method": "GET", "url": "http://[", "referenceId": "a"}, 404),
        ({"method": "GET", "url": "no path \u20ac #?", "referenceId": "a"}, 404),
        (sub("GET", "/sobjects/Account/@{a.id", "a"), 404),
        (sub("GET", "/sobjects/Account/@{}", "a"), 400),
        (sub("GET", "/sobjects/Account/@{b[0]x}", "a"), 400),
    ],
)
def test_a_subrequest_that_cannot_be_is_refused_alone(raw: RawOrg, subrequest: Json, status: int) -> None:
    answer, other = composite(raw, subrequest, sub("POST", "/sobjects/Account", "ok", {"Name": "Acme"}))

    assert answer["httpStatusCode"] == status, answer
    assert answer["body"][0]["errorCode"]
    assert other["httpStatusCode"] == 201


@pytest.mark.parametrize("depth", [50, 150, 800, 100_000])
def test_a_deep_body_is_refused_without_harm(raw: RawOrg, depth: int) -> None:
    body = '{"Owner":' * depth + "1" + "}" * depth
    entry = f'{{"method": "POST", "url": "{DATA}/sobjects/Account", "referenceId": "a", "body": {body}}}'

    answer = raw.send("POST", "/composite", content=f'{{"compositeRequest": [{entry}]}}', headers=JSON)

    assert answer.status_code in {200, 400}, answer.text[:200]


@row("errors_and_limits.md#6", "| Composite |")
def test_a_composite_counts_once_and_a_batch_for_each_of_its_requests(raw: RawOrg, org: Org) -> None:
    def used(path: str, body: Json) -> int:
        before = org.limits.used("DailyApiRequests")
        raw.json("POST", path, json=body)
        return org.limits.used("DailyApiRequests") - before

    five = range(5)
    assert used("/composite", {"compositeRequest": [sub("GET", "/limits", f"a{number}") for number in five]}) == 1
    assert used("/composite/batch", {"batchRequests": [{"method": "GET", "url": "v67.0/limits"} for _ in five]}) >= 5


@row("rest.md#10", '{"haltOnError":false')
@row("rest.md#10", 'Response 200 `{"hasErrors":true')
def test_a_batch_answers_every_request_by_itself(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")
    path = f"sobjects/Account/{record_id}"
    body = {
        "batchRequests": [
            {"method": "PATCH", "url": f"v67.0/{path}", "richInput": {"Phone": "1"}},
            {"method": "GET", "url": "v67.0/sobjects/Account/001000000000000AAA"},
            {"method": "GET", "url": f"/services/data/v34.0/{path}?fields=Id,Phone"},
        ]
    }

    found = raw.json("POST", "/composite/batch", json=body)

    assert found["hasErrors"] is True
    assert found["results"][:2] == [{"statusCode": 204, "result": None}, {"statusCode": 404, "result": [NOT_FOUND]}]
    assert found["results"][2]["result"]["Phone"] == "1"
    assert found["results"][2]["result"]["attributes"]["url"] == f"/services/data/v34.0/{path}"


@row("rest.md#10", 'Response 200 `{"hasErrors":true')
@row("errors_and_limits.md#3", "| BATCH_PROCESSING_HALTED |")
def test_a_batch_can_halt_on_the_first_error_and_undoes_nothing(raw: RawOrg) -> None:
    create = {"method": "POST", "url": "v67.0/sobjects/Account", "richInput": {"Name": "Acme"}}
    body = {"haltOnError": True, "batchRequests": [create, {"method": "GET", "url": "v67.0/nothing"}, create]}

    found = raw.json("POST", "/composite/batch", json=body)

    assert [each["statusCode"] for each in found["results"]] == [201, 404, 412]
    assert found["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 1


@row("rest.md#10", '{"haltOnError":false')
@row("versions.md#2", "* Composite/batch:")
@pytest.mark.parametrize("url", ["v33.0/limits", "v68.0/limits", "limits", "/services/data/", "v67.0/composite/batch"])
def test_a_batch_takes_no_newer_or_very_old_version_and_no_batch(raw: RawOrg, url: str) -> None:
    body = {"batchRequests": [{"method": "POST", "url": url, "richInput": {"batchRequests": []}}]}

    found = raw.json("POST", "/composite/batch", json=body)

    assert found["results"][0]["statusCode"] == 400


@row("rest.md#10", 'Response 200 `{"hasErrors":true')
@pytest.mark.parametrize(
    "body",
    [
        {"batchRequests": []},
        {"batchRequests": [{"method": "GET", "url": "v67.0/limits"}] * 26},
        {"batchRequests": [{"url": "v67.0/limits"}]},
    ],
)
def test_a_malformed_batch_runs_nothing(raw: RawOrg, body: Json) -> None:
    assert refused(raw, body, "/composite/batch")["errorCode"]
