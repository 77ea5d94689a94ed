"""Apex REST over raw HTTP: which endpoint answers, with which arguments, and how Salesforce says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.apex import ApexException, ApexRequest, ApexResponse
from specforce_mockserver.org import Org
from specforce_mockserver.settings import OrgSettings
from tests.mock.raw_org import serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock.raw_org import RawOrg

APEX = "/services/apexrest"


@pytest.fixture
def cases(org: Org, raw: RawOrg) -> dict[str, dict[str, Any]]:
    """Endpoints over a collection of cases, which they keep."""
    kept: dict[str, dict[str, Any]] = {}

    @org.apex.route("POST", "/Cases/*")
    def create(subject: str, level: int | None = None) -> str:
        record_id = raw.create("Case", Subject=subject)
        kept[record_id] = {"Id": record_id, "Subject": subject, "Level": level}
        return record_id

    @org.apex.route("GET", "/Cases/{record_id}")
    def read(record_id: str) -> dict[str, Any]:
        if record_id not in kept:
            raise ApexException("List has no rows for assignment to SObject", "System.QueryException")
        return kept[record_id]

    @org.apex.route("PATCH", "/Cases/{record_id}")
    def change(record_id: str, subject: str) -> None:
        kept[record_id]["Subject"] = subject

    @org.apex.route("PUT", "/Cases/{record_id}")
    def replace(request: ApexRequest, record_id: str) -> dict[str, Any]:
        kept[record_id] = {"Id": record_id, "Subject": request.body.decode(), "Type": request.media_type}
        return kept[record_id]

    @org.apex.route("DELETE", "/Cases/{record_id}")
    def delete(record_id: str) -> None:
        del kept[record_id]

    return kept


@row("apex_rest.md#2", "POST / PUT / PATCH")
@row("apex_rest.md#2", "| DELETE |")
@row("apex_rest.md#3", "JSON string with quotes")
@row("apex_rest.md#3", "Example: class mapped")
@row("apex_rest.md#3", "POST /services/apexrest/cases")
@row("apex_rest.md#3", "Content-Type: application/json")
@row("apex_rest.md#3", '{"subject":"Noise","level":2}')
@row("apex_rest.md#4", "| 200 |")
@row("apex_rest.md#4", "| 204 |")
def test_what_one_call_changes_the_next_one_sees(raw: RawOrg, cases: dict[str, dict[str, Any]]) -> None:
    made = raw.send("POST", f"{APEX}/Cases", json={"subject": "Noise", "level": 2})
    assert (made.status_code, made.headers["content-type"]) == (200, "application/json;charset=UTF-8")
    record_id = made.json()
    assert raw.get(f"/sobjects/Case/{record_id}?fields=Subject")["Subject"] == "Noise"
    assert raw.get(f"{APEX}/Cases/{record_id}") == {"Id": record_id, "Subject": "Noise", "Level": 2}

    changed = raw.send("PATCH", f"{APEX}/Cases/{record_id}", json={"subject": "Quiet"})
    assert (changed.status_code, changed.content) == (204, b"")
    assert raw.get(f"{APEX}/Cases/{record_id}")["Subject"] == "Quiet"

    for media_type, body in [("application/xml", "<r/>"), ("text/plain", "Hum"), ("image/png", "x"), ("", "plain")]:
        headers = {"Content-Type": media_type} if media_type else {}
        answer = raw.send("PUT", f"{APEX}/Cases/{record_id}", content=body, headers=headers).json()
        assert answer == {"Id": record_id, "Subject": body, "Type": media_type}

    assert raw.send("DELETE", f"{APEX}/Cases/{record_id}").status_code == 204
    assert cases == {}


@row("apex_rest.md#2", "GET (also HEAD)")
def test_head_answers_as_get_without_its_body(raw: RawOrg, cases: dict[str, dict[str, Any]]) -> None:
    record_id = raw.json("POST", f"{APEX}/Cases", json={"subject": "Noise"})

    answer = raw.send("HEAD", f"{APEX}/Cases/{record_id}")

    assert (answer.status_code, answer.content, int(answer.headers["content-length"]) > 0) == (200, b"", True)
    assert raw.send("HEAD", f"{APEX}/nothing").status_code == 404


@row("apex_rest.md#2", "_HttpMethod=PATCH")
def test_a_post_may_stand_in_for_another_method(raw: RawOrg, cases: dict[str, dict[str, Any]]) -> None:
    record_id = raw.json("POST", f"{APEX}/Cases", json={"subject": "Noise"})

    raw.json("POST", f"{APEX}/Cases/{record_id}?_HttpMethod=PATCH", json={"subject": "Quiet"})

    assert cases[record_id]["Subject"] == "Quiet"


@row("apex_rest.md#1", "urlMapping is case-sensitive")
def test_the_most_precise_path_answers_and_case_matters(raw: RawOrg, org: Org) -> None:
    def named(path: str) -> Callable[[], str]:
        return lambda: path

    def echo(request: ApexRequest) -> dict[str, str]:
        return dict(request.values) | dict(request.params)

    for path in ("/a/*", "/a/b/*", "/a/b/c", "/a/{name}/c"):
        org.apex.route("GET", path, named(path))
    org.apex.route("GET", "/ns/echo/{one}/*", echo)

    got = [raw.get(f"{APEX}{path}") for path in ("/a", "/a/x/y", "/a/b/x", "/a/b/c", "/a/x/c", "/a/b/c/d")]

    assert got == ["/a/*", "/a/*", "/a/b/*", "/a/b/c", "/a/{name}/c", "/a/b/*"]
    assert raw.get(f"{APEX}/ns/echo/x%2Fy/2/3?q=%26&q=no") == {"one": "x/y", "*": "2/3", "q": "&"}
    assert raw.refused("GET", f"{APEX}/A")[0] == 404


@row("apex_rest.md#5", "no mapping")
@row("apex_rest.md#5", "wrong verb")
@row("apex_rest.md#4", "| 404 |")
@row("apex_rest.md#4", "| 405 |")
def test_no_endpoint_and_no_such_method_are_told_apart(raw: RawOrg, cases: dict[str, dict[str, Any]]) -> None:
    assert raw.refused("GET", f"{APEX}/Nothing") == (
        404,
        [{"errorCode": "NOT_FOUND", "message": "Could not find a match for URL"}],
    )
    answer = raw.send("PUT", f"{APEX}/Cases")
    message = "HTTP Method 'PUT' not allowed. Allowed are POST"
    assert (answer.status_code, answer.json()) == (405, [{"errorCode": "METHOD_NOT_ALLOWED", "message": message}])
    assert answer.headers["allow"] == "POST"


@row("apex_rest.md#5", "uncaught exception")
@row("apex_rest.md#4", "| 500 |")
def test_an_exception_is_told_with_its_type_text_and_place(raw: RawOrg, org: Org) -> None:
    @org.apex.route("GET", "/null")
    def null() -> None:
        raise ApexException("Attempt to de-reference a null object", "System.NullPointerException")

    org.apex.route("GET", "/bug", lambda: 1 / 0)
    org.apex.route("GET", "/unwritable", object)

    status, [error] = raw.refused("GET", f"{APEX}/null")
    assert (status, error["errorCode"]) == (500, "APEX_ERROR")
    assert error["message"].startswith(
        "System.NullPointerException: Attempt to de-reference a null object\n\nClass.null: line "
    )
    assert "ZeroDivisionError: division by zero" in raw.refused("GET", f"{APEX}/bug")[1][0]["message"]
    assert raw.refused("GET", f"{APEX}/unwritable")[0] == 500


@row("apex_rest.md#3", "Unknown or duplicate JSON parameter")
@row("apex_rest.md#5", "bad JSON/param")
@row("apex_rest.md#4", "| 400 |")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"foo": 1}', "Unexpected parameter encountered during deserialization: foo at [line:1, column:"),
        ('{"subject": "a", "subject": "b"}', "Duplicate parameter"),
        ('{"subject": ', "at [line:1, column:"),
        ("[1]", "anything but an object"),
        ('{"subject": "a", "level": "high"}', "Invalid value for level"),
    ],
)
def test_parameters_that_do_not_fit_the_method_are_refused(
    raw: RawOrg, cases: dict[str, dict[str, Any]], body: str, words: str
) -> None:
    status, [error] = raw.refused("POST", f"{APEX}/Cases", content=body, headers={"Content-Type": "application/json"})

    assert (status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert words in error["message"]


@row("apex_rest.md#3", "JSON booleans accept")
@pytest.mark.parametrize(("sent", "meant"), [(True, True), ("TRUE", True), ("false", False), (1, True), (0, False)])
def test_booleans_are_taken_in_several_forms(raw: RawOrg, org: Org, sent: object, meant: bool) -> None:
    def flagged(flag: bool) -> bool:
        return flag

    org.apex.route("POST", "/flag", flagged)

    assert raw.json("POST", f"{APEX}/flag", json={"flag": sent}) is meant


@row("apex_rest.md#4", "| 415 |")
@row("apex_rest.md#2", "multipart/form-data")
def test_parameters_come_as_xml_too_but_nested_ones_and_other_types_do_not(
    raw: RawOrg, cases: dict[str, dict[str, Any]]
) -> None:
    xml = {"headers": {"Content-Type": "application/xml"}}

    record_id = raw.json(
        "POST", f"{APEX}/Cases", content="<request><subject>A &amp; B</subject><level>2</level></request>", **xml
    )

    assert cases[record_id] == {"Id": record_id, "Subject": "A & B", "Level": 2}
    nested = "<request><subject><deep/></subject></request>"
    assert raw.refused("POST", f"{APEX}/Cases", content=nested, **xml)[0] == 415
    assert raw.refused("POST", f"{APEX}/Cases", content="<r", **xml)[0] == 400
    assert raw.refused("POST", f"{APEX}/Cases", files={"f": b"x"})[0] == 415
    assert raw.refused("POST", f"{APEX}/Cases", content="x", headers={"Content-Type": "text/plain"})[0] == 415


@row("apex_rest.md#4", "| 406 |")
def test_xml_alone_is_not_answered_where_the_result_is_json(raw: RawOrg, org: Org) -> None:
    org.apex.route("GET", "/json", lambda: {"a": 1})
    org.apex.route("GET", "/xml", lambda: ApexResponse("<a/>", media_type="application/xml"))
    xml = {"Accept": "application/xml"}

    assert raw.refused("GET", f"{APEX}/json", headers=xml)[0] == 406
    assert raw.send("GET", f"{APEX}/xml", headers=xml).text == "<a/>"


@row("apex_rest.md#5", "Custom errors are whatever the class writes")
def test_a_response_goes_out_as_the_endpoint_made_it(raw: RawOrg, org: Org) -> None:
    org.apex.route("GET", "/tea", lambda: ApexResponse(b"\x00\xff", 202, {"X-Tea": "Earl Grey"}, "image/tea"))

    answer = raw.send("GET", f"{APEX}/tea")

    assert (answer.status_code, answer.content, answer.headers["x-tea"]) == (202, b"\x00\xff", "Earl Grey")
    assert answer.headers["content-type"] == "image/tea"


@row("apex_rest.md#4", "| 403 |")
@row("apex_rest.md#5", "class access")
def test_an_endpoint_may_be_for_some_users_only(raw: RawOrg, org: Org) -> None:
    @org.apex.route("GET", "/mine", users=[org.identity.admin_id])
    def mine() -> int:
        return 1

    @org.apex.route("GET", "/theirs", users=["005000000000001AAA"])
    def CaseApi() -> int:
        return 1

    assert raw.get(f"{APEX}/mine") == 1
    message = "You do not have access to the Apex class named: CaseApi"
    assert raw.refused("GET", f"{APEX}/theirs") == (403, [{"errorCode": "FORBIDDEN", "message": message}])


@row("apex_rest.md#5", "disabled for org")
def test_an_org_may_have_no_apex_rest() -> None:
    with serving(Org(settings=OrgSettings(apex_rest=False))) as raw:
        status, [error] = raw.refused("GET", f"{APEX}/any")

    assert (status, error["errorCode"]) == (403, "APEX_REST_SERVICES_DISABLED")


def test_a_caller_without_a_session_learns_nothing(raw: RawOrg, org: Org) -> None:
    org.apex.route("GET", "/a", lambda: 1)

    for path in ("/a", "/nothing"):
        assert raw.refused("GET", f"{APEX}{path}", headers={"Authorization": "Bearer no"})[0] == 401


def test_fixed_answers_are_put_in_place_over_http(raw: RawOrg) -> None:
    raw.mock("POST", "apex", json={"method": "GET", "path": "/cases/{id}", "body": "abc"})
    raw.mock("POST", "apex", json={"method": "PUT", "path": "/cases/*", "status": 202, "text": "ok"})

    assert raw.mock("GET", "apex") == [
        {"method": "GET", "path": "/cases/{id}"},
        {"method": "PUT", "path": "/cases/*"},
    ]
    assert raw.get(f"{APEX}/cases/1") == "abc"
    answer = raw.send("PUT", f"{APEX}/cases", content="x")
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (202, "ok", "text/plain;charset=UTF-8")
    raw.mock("DELETE", "apex")
    assert raw.refused("GET", f"{APEX}/cases/1")[0] == 404
    assert raw.refused("POST", "/__mock/apex", json={"method": "TRACE", "path": "/a"})[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("TRACE", "/{name}", "isn't a method"),
        ("GET", "/", "can't be a path"),
        ("GET", "/*/{name}", "only at its end"),
        ("GET", "/a/{id}", "nothing can fill name"),
    ],
)
def test_an_endpoint_that_could_never_be_called_is_refused(org: Org, method: str, path: str, words: str) -> None:
    def function(name: str) -> str:
        return name

    with pytest.raises(ValueError, match=words):
        org.apex.route(method, path, function)
