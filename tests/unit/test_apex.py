"""Apex REST calls: what goes out, what comes back as which type, and what is refused before it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs
import httpx
import msgspec
import pytest

from specforce import Reply
from specforce.errors import ApexError, ApiError, DecodeError, InputError, NotFound, ServerUnavailable
from specforce_api.rest.models import SaveResult
from tests.halves import INSTANCE, Half, ScriptedServer, body, json_answer, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

CASE = {"attributes": {"type": "Case"}, "Id": "500xx000000bZkdAAE", "Subject": "Noise", "Level": 2}
SAVED: dict[str, object] = {"id": "1", "success": True, "errors": []}


class CaseStruct(msgspec.Struct):
    Id: str
    Subject: str | None = None
    Level: int = 0


@dataclass
class CaseClass:
    Id: str
    Subject: str | None = None
    Level: int = 0


@attrs.define
class CaseAttrs:
    Id: str
    Subject: str | None = None
    Level: int = 0


def answer(content: bytes, media_type: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=content, headers={"content-type": media_type})


def test_a_call_goes_below_apexrest_with_its_query_headers_and_body(half: Half) -> None:
    server = ScriptedServer(json_answer("500xx000000bZkdAAE"))

    got = half.run(
        half.connect(server).apex.execute(
            "post",
            "/acme/Cases",
            json={"subject": "Noise", "since": datetime(2026, 1, 2, tzinfo=UTC), "tags": ("a", "b")},
            params={"notify": True, "to": ["a", "b"], "none": None},
            headers={"X-Trace": "1"},
        )
    )

    [sent] = server.requests
    assert got == "500xx000000bZkdAAE"
    assert (sent.method, str(sent.url)) == ("POST", f"{INSTANCE}/services/apexrest/acme/Cases?notify=true&to=a&to=b")
    assert (sent.headers["x-trace"], sent.headers["content-type"]) == ("1", "application/json")
    assert body(sent) == {"subject": "Noise", "since": "2026-01-02T00:00:00.000Z", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("options", "content_type", "sent"),
    [
        ({"json": None}, "application/json", b"null"),
        ({"json": [1, "two"]}, "application/json", b'[1,"two"]'),
        ({"json": CaseAttrs("1")}, "application/json", {"Id": "1", "Subject": None, "Level": 0}),
        (
            {"json": [SaveResult(id="1", success=True, errors=[])]},
            "application/json",
            [{"id": "1", "success": True, "errors": []}],
        ),
        ({"content": "Nöise"}, "text/plain; charset=UTF-8", "Nöise".encode()),
        ({"content": "<r/>", "content_type": "application/xml"}, "application/xml", b"<r/>"),
        ({"content": b"\x00\xff"}, "application/octet-stream", b"\x00\xff"),
        ({}, None, b""),
    ],
)
def test_a_body_goes_out_as_what_it_is(
    half: Half, options: dict[str, Any], content_type: str | None, sent: object
) -> None:
    server = ScriptedServer(httpx.Response(204))

    assert half.run(half.connect(server).apex.put("x", **options)) is None

    assert server.requests[0].headers.get("content-type") == content_type
    content = server.requests[0].content
    assert sent == (content if isinstance(sent, bytes) else json.loads(content))


@pytest.mark.parametrize("kind", [CaseStruct, CaseClass, CaseAttrs])
def test_json_is_read_as_the_class_that_is_asked_for(half: Half, kind: Any) -> None:
    apex = half.connect(ScriptedServer(json_answer(CASE), json_answer([CASE]), json_answer([]))).apex

    assert half.run(apex.get("/Cases/1", returns=kind)) == kind("500xx000000bZkdAAE", "Noise", 2)
    assert half.run(apex.get("/Cases", returns=list[kind])) == [kind("500xx000000bZkdAAE", "Noise", 2)]
    assert half.run(apex.get("/Cases", returns=list[kind])) == []


def test_generated_classes_are_read_as_they_are_written(half: Half) -> None:
    apex = half.connect(ScriptedServer(json_answer(SAVED), json_answer([SAVED]))).apex

    assert half.run(apex.get("x", returns=SaveResult)).id == "1"
    assert [each.success for each in half.run(apex.get("x", returns=list[SaveResult]))] == [True]


@pytest.mark.parametrize(
    ("reply", "returns", "expected"),
    [
        (json_answer("abc"), str, "abc"),
        (json_answer(7), int, 7),
        (json_answer(True), bool, True),
        (json_answer(None), None, None),
        (json_answer([1, None]), list[int | None], [1, None]),
        (json_answer({"a": 1}, 201), dict[str, int], {"a": 1}),
        (json_answer({"a": 1}, 202), None, {"a": 1}),
        (json_answer({"a": 1}, 299), bytes, b'{"a":1}'),
        (answer(b"42", "text/plain"), int, 42),
        (answer("Lärm".encode("latin-1"), "text/plain; charset=ISO-8859-1"), None, "Lärm"),
        (answer(b"<case/>", "application/xml"), None, "<case/>"),
        (answer(b"<case/>", "text/xml;charset=UTF-8"), str, "<case/>"),
        (answer(b"\x89PNG", "image/png"), None, b"\x89PNG"),
        (httpx.Response(204), None, None),
        (httpx.Response(204), str, ""),
        (httpx.Response(204), bytes, b""),
        (httpx.Response(200), CaseStruct | None, None),
    ],
)
def test_scalars_lists_text_and_bytes_come_back_typed(
    half: Half, reply: httpx.Response, returns: Any, expected: object
) -> None:
    assert half.run(half.connect(ScriptedServer(reply)).apex.get("x", returns=returns)) == expected


def test_the_whole_reply_and_the_headers_of_a_head_are_there(half: Half) -> None:
    server = ScriptedServer(json_answer(1, 201, X_Total="9"))
    apex = half.connect(server).apex

    reply = half.run(apex.get("x", returns=Reply))
    headers = half.run(apex.head("x"))

    assert (reply.status, reply.headers["x-total"], reply.content) == (201, "9", b"1")
    assert (server.requests[1].method, headers["x-total"]) == ("HEAD", "9")


@pytest.mark.parametrize(
    ("reply", "returns", "words"),
    [
        (json_answer({"Id": "1", "Level": "high"}), CaseStruct, r"CaseStruct.*\$\.Level"),
        (json_answer([{"Id": "1"}, {}]), list[CaseClass], r"`Id`.*\$\[1\]"),
        (json_answer({"success": True, "errors": []}), list[SaveResult], "a list was expected"),
        (answer(b"<html>", "text/html"), CaseStruct, "isn't JSON"),
        (answer(b'{"Id": ', "application/json"), None, "isn't JSON"),
        (answer(b"\xff", "text/plain"), str, "isn't text in utf-8"),
        (httpx.Response(204), CaseStruct, r"without a body.*returns=CaseStruct \| None"),
    ],
)
def test_an_answer_that_does_not_fit_names_what_is_wrong(
    half: Half, reply: httpx.Response, returns: Any, words: str
) -> None:
    with pytest.raises(DecodeError, match=f"(?s){words}"):
        half.run(half.connect(ScriptedServer(reply)).apex.get("x", returns=returns))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Cases", "Cases"),
        ("/services/apexrest/Cases/", "Cases/"),
        ("/Cases/a b%2F\\ü", "Cases/a%20b%252F%5C%C3%BC"),
        (["Cases", "a/b?c#d%"], "Cases/a%2Fb%3Fc%23d%25"),
        ("/Cases/http://evil.example".replace("//", "/"), "Cases/http%3A/evil.example"),
    ],
)
def test_a_path_stays_where_it_belongs(half: Half, path: str | list[str], expected: str) -> None:
    server = ScriptedServer(json_answer(1))

    half.run(half.connect(server).apex.get(path))

    assert server.requests[0].url.raw_path.decode() == f"/services/apexrest/{expected}"


@pytest.mark.parametrize(
    "call",
    [
        {"path": "/Cases/../../data/v67.0/sobjects"},
        {"path": "/Cases/."},
        {"path": "/Cases//x"},
        {"path": "//evil.example/x"},
        {"path": ""},
        {"path": ["Cases", ""]},
        {"path": ["Cases", ".."]},
        {"path": "/Cases?all=1"},
        {"path": "/Cases\r\nX: 1"},
        {"headers": {"X-A": "1\r\nX-B: 2"}},
        {"headers": {"X A": "1"}},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {"content-type": "text/csv"}},
        {"headers": {"Accept": "text/csv"}},
        {"accept": "a\nb"},
        {"content": "x", "content_type": "text/plain\r\nX: 1", "method": "POST"},
        {"method": "TRACE"},
        {"json": {}},
        {"json": {}, "content": "x", "method": "POST"},
        {"content_type": "text/csv", "method": "POST"},
        {"json": {"when": datetime(2026, 1, 1)}, "method": "POST"},  # noqa: DTZ001 - what is refused
        {"json": float("nan"), "method": "POST"},
        {"params": {"when": datetime(2026, 1, 1)}},  # noqa: DTZ001 - what is refused
        {"returns": ScriptedServer},
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_is_sent(half: Half, call: Mapping[str, Any]) -> None:
    server = ScriptedServer(json_answer(1))

    with pytest.raises(InputError):
        half.run(half.connect(server).apex.execute(**{"method": "GET", "path": "x", **call}))

    assert (server.requests, server.logins) == ([], [])


def test_an_exception_in_apex_is_an_error_of_its_own_and_is_not_retried(half: Half) -> None:
    text = (
        "System.NullPointerException: Attempt to de-reference a null object\n\nClass.CaseApi.create: line 7, column 1"
    )
    server = ScriptedServer(refusal("APEX_ERROR", text, 500))

    with pytest.raises(ApexError, match="NullPointerException") as caught:
        half.run(half.connect(server).apex.get("x"))

    assert (caught.value.message, len(server.requests)) == (text, 1)


def test_an_error_of_the_class_keeps_its_own_body(half: Half) -> None:
    apex = half.connect(ScriptedServer(json_answer({"why": "closed"}, 422), refusal("NOT_FOUND", status=404))).apex

    with pytest.raises(ApiError) as caught:
        half.run(apex.post("x", json={}))
    assert (caught.value.status, caught.value.body) == (422, '{"why":"closed"}')
    with pytest.raises(NotFound):
        half.run(apex.post("x", json={}))


@pytest.mark.parametrize(
    ("method", "options", "tries"),
    [("GET", {}, 2), ("HEAD", {}, 2), ("PUT", {}, 1), ("POST", {}, 1), ("PUT", {"repeatable": True}, 2)],
)
def test_only_what_may_be_repeated_is(half: Half, method: str, options: dict[str, Any], tries: int) -> None:
    server = ScriptedServer(httpx.Response(503), json_answer(1))
    call = half.connect(server).apex.execute(method, "x", **options) if half.name == "async" else None

    if tries == 2:
        half.run(call or half.connect(server).apex.execute(method, "x", **options))
    else:
        with pytest.raises(ServerUnavailable):
            half.run(call or half.connect(server).apex.execute(method, "x", **options))

    assert len(server.requests) == tries


def test_an_expired_token_is_renewed_and_the_call_repeated_whole(half: Half) -> None:
    server = ScriptedServer(json_answer(1))
    server.refused.add("00Dxx!token-1")

    assert half.run(half.connect(server).apex.post("x", json={"a": 1}, headers={"X-Mine": "1"})) == 1

    assert [request.headers["x-mine"] for request in server.requests] == ["1", "1"]
    assert [body(request) for request in server.requests] == [{"a": 1}, {"a": 1}]
