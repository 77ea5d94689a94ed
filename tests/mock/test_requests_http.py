"""What holds for every request: headers, paths, methods, bodies that can't be read. Raw HTTP."""

from __future__ import annotations

import gzip
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA, VERSION
from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

NOT_FOUND = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
JSON = {"Content-Type": "application/json"}


def parser_error(raw: RawOrg, content: bytes, **options: Any) -> str:
    status, errors = raw.refused("POST", "/sobjects/Account", content=content, headers=JSON, **options)
    ((error,), code) = (errors, errors[0]["errorCode"])
    assert (status, code, list(error)) == (400, "JSON_PARSER_ERROR", ["message", "errorCode"])
    message: str = error["message"]
    return message


@row("rest.md#1", "| Fixed set, every answer")
def test_every_answer_has_the_fixed_headers(raw: RawOrg) -> None:
    for answer in (raw.send("GET", "/limits"), raw.send("GET", "/nothing"), raw.http.get("/services/data")):
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-xss-protection"] == "1; mode=block"
        assert answer.headers["x-robots-tag"] == "none"
        assert answer.headers["cache-control"] == "no-cache,must-revalidate,max-age=0,no-store,private"
        assert [each.split("=")[0] for each in answer.headers.get_list("set-cookie")] == ["BrowserId", "BrowserId_sec"]
        assert "date" in answer.headers


@row("rest.md#1", "| Content-Type |", "no space")
@row("rest.md#1", "| Vary: Accept-Encoding |")
@row("rest.md#1", "| Content-Security-Policy")
def test_content_type_and_vary_are_there_when_there_is_content(raw: RawOrg) -> None:
    read, failed = raw.send("GET", "/limits"), raw.send("GET", "/nothing")
    saved = raw.send("PATCH", f"/sobjects/Account/{raw.create('Account', Name='A')}", json={})

    assert read.headers["content-type"] == failed.headers["content-type"] == "application/json;charset=UTF-8"
    assert (read.headers["vary"], "vary" in failed.headers) == ("Accept-Encoding", False)
    assert (saved.status_code, saved.content) == (204, b"")
    assert {"content-type", "content-length", "vary"}.isdisjoint(saved.headers)
    assert saved.headers["content-security-policy"] == "upgrade-insecure-requests"


@row("rest.md#1", "| Authorization |")
@row("rest.md#1", "| Sforce-Limit-Info")
def test_counted_calls_say_how_many_there_were(raw: RawOrg) -> None:
    usages = [raw.send("GET", path).headers["sforce-limit-info"] for path in ("/limits", "/nothing", "/limits")]

    used = [int(each.removeprefix("api-usage=").split("/")[0]) for each in usages]
    assert used == [used[0], used[0] + 1, used[0] + 2]
    assert "sforce-limit-info" not in raw.http.get("/services/data").headers
    assert "sforce-limit-info" not in raw.send("GET", "/limits", headers={"Authorization": "Bearer x"}).headers


@row("errors_and_limits.md#3", "| NOT_FOUND | 404 | `The requested resource does not exist`")
@pytest.mark.parametrize("path", ["/nothing", "/sobjects/Nothing__c", "/sobjects/Nothing__c/describe", "/jobs"])
def test_an_unknown_path_or_object_is_not_found(raw: RawOrg, path: str) -> None:
    assert raw.refused("GET", path) == (404, NOT_FOUND)


@row("errors_and_limits.md#3", "| METHOD_NOT_ALLOWED | 405 |")
@row("rest.md#5", "| wrong method |")
def test_a_wrong_method_is_told_which_are_right(raw: RawOrg) -> None:
    status, (error,) = raw.refused("PATCH", "/sobjects/Account", json={})
    assert (status, list(error)) == (405, ["errorCode", "message"])
    assert error["message"] == "HTTP Method 'PATCH' not allowed. Allowed are HEAD,GET,POST"
    _, (row_error,) = raw.refused("PUT", "/sobjects/Account/001000000000001AAA", json={})
    assert row_error["message"].endswith("Allowed are HEAD,GET,PATCH,DELETE")


@pytest.mark.parametrize("path", ["/limits/", "//limits", "/limits.json", "/LIMITS"])
def test_slashes_case_and_suffix_are_tolerated(raw: RawOrg, path: str) -> None:
    assert raw.send("GET", path).status_code == 200


def test_a_path_that_begins_with_two_slashes_is_read_as_one(raw: RawOrg) -> None:
    host, port = raw.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET //services//data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.1 200")


def test_head_answers_like_get_without_a_body(raw: RawOrg) -> None:
    read, head = raw.send("GET", "/sobjects/Account"), raw.send("HEAD", "/sobjects/Account")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == read.headers["content-type"]


def test_a_post_may_stand_in_for_another_method(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="A")

    answer = raw.send("POST", f"/sobjects/Account/{record_id}?_HttpMethod=PATCH", json={"Name": "B"})

    assert answer.status_code == 204
    assert raw.get(f"/sobjects/Account/{record_id}")["Name"] == "B"


def test_bodies_are_gzipped_both_ways(raw: RawOrg) -> None:
    packed = gzip.compress(json.dumps({"Name": "Packed"}).encode())
    headers = {**JSON, "Content-Encoding": "gzip"}
    record_id = raw.send("POST", "/sobjects/Account", content=packed, headers=headers).json()["id"]
    assert raw.get(f"/sobjects/Account/{record_id}")["Name"] == "Packed"

    answer = raw.send("GET", "/sobjects", headers={"Accept-Encoding": "gzip"})
    plain = raw.send("GET", "/sobjects", headers={"Accept-Encoding": "identity"})
    assert (answer.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert answer.json() == plain.json()


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b'{"Name": "A"}', mtime=0)[:-6]], ids=["plain", "cut"])
def test_a_broken_gzip_body_is_refused(raw: RawOrg, content: bytes) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}

    status, (error,) = raw.refused("POST", "/sobjects/Account", content=content, headers=headers)

    assert (status, "gzip" in error["message"]) == (400, True)


@row("errors_and_limits.md#2", "200 201 204 ok")
def test_too_long_requests_are_refused(raw: RawOrg) -> None:
    long_uri = raw.send("GET", "/query", params={"q": "x" * 16_384})
    long_head = raw.send("GET", "/limits", headers={"X-Long": "x" * 16_384})

    assert (long_uri.status_code, long_head.status_code) == (414, 431)


def test_pretty_print_indents(raw: RawOrg) -> None:
    assert raw.send("GET", "/limits", headers={"X-PrettyPrint": "1"}).text.startswith('{\n  "')


@row("errors_and_limits.md#3", "| JSON_PARSER_ERROR | 400 | empty body")
def test_an_empty_body_is_missed(raw: RawOrg) -> None:
    assert parser_error(raw, b"") == "The HTTP entity body is required, but this request has no entity body."


@row("errors_and_limits.md#3", "| JSON_PARSER_ERROR | 400 | array sent to a row resource")
def test_an_array_is_no_record(raw: RawOrg) -> None:
    assert parser_error(raw, b"[]") == "Can not deserialize SObject out of START_ARRAY token at [line:1, column:1]"


@row("errors_and_limits.md#3", "| JSON_PARSER_ERROR | 400 | bad syntax")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"AccountName" jjjj}',
            (
                "Unexpected character ('j' (code 106)): was expecting a colon to separate field name and value "
                "at [line:1, column:16]"
            ),
        ),
        (b'{"Name": "A"', "Unexpected end-of-input within/between OBJECT entries at [line:1, column:13]"),
        (
            b'{"Name": "A"\n "Site": 1}',
            (
                "Unexpected character ('\"' (code 34)): was expecting comma to separate OBJECT entries "
                "at [line:2, column:2]"
            ),
        ),
        (b'{"Name": "\xff"}', "Invalid UTF-8 start byte 0xff at [line:1, column:11]"),
    ],
)
def test_bad_json_is_told_in_jacksons_words(raw: RawOrg, content: bytes, message: str) -> None:
    assert parser_error(raw, content) == message


@row("errors_and_limits.md#3", "| JSON_PARSER_ERROR | 400 | unknown property of a typed body")
def test_an_unknown_property_of_a_typed_body_is_named_with_its_place(raw: RawOrg) -> None:
    content = b'{"q": "Acme",\n "name": "x"}'

    status, errors = raw.refused("POST", "/parameterizedSearch", content=content, headers=JSON)

    message = 'Unrecognized field "name" at [line:2, column:10]'
    assert (status, errors) == (400, [{"message": message, "errorCode": "JSON_PARSER_ERROR"}])


def test_an_encoded_slash_stays_inside_its_segment(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="A", Code__c="a/b?c")

    assert raw.get("/sobjects/Account/Code__c/a%2Fb%3Fc")["Id"] == record_id


def test_an_operation_without_rules_names_itself(raw: RawOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    from specforce_mockserver.registry import PROVIDERS

    monkeypatch.delitem(PROVIDERS, "getLimits")

    status, (error,) = raw.refused("GET", f"{DATA}/limits", version=VERSION)

    assert (status, error["message"]) == (501, "The fake org does not serve getLimits")
