"""Callers with bad intentions, by their paths and bodies: refused as Salesforce refuses, or by a clear 4xx.

Nothing crashes, hangs, leaks or is changed. Raw HTTP, driven by the tables of the specs.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.mock.hostile import OPERATIONS, Stranger, sound
from tests.mock.raw_org import RawOrg

if TYPE_CHECKING:
    from specforce_mockserver.server import MockServer

WITH_PATH = [each for each in OPERATIONS.values() if "{" in each.template.replace("{api_version}", "")]
WITH_JSON = [each for each in OPERATIONS.values() if each.body_kind == "json"]
WITH_PARTS = [each for each in OPERATIONS.values() if each.body_kind == "multipart"]
HOSTILE_VALUES = (
    "..",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2f__mock%2freset",
    "%00",
    "a%00.csv",
    "%ff%fe",
    "%F0%9F%98%80",
    "'%20OR%201=1--",
    "%22;%20DROP%20TABLE%20Account;--",
    "001%0d%0aX-Evil:%20yes",
    "{sobject}",
    "*",
    "A" * 4000,
    "7" * 15,
    "001Sf0000000001",
)
DEEP = 100_000
HOSTILE_JSON: dict[str, bytes] = {
    "deep arrays": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "deep and whole": b"[" * DEEP + b"]" * DEEP,
    "deep in a member": b'{"records":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "cut off": b'{"Name": "A',
    "no UTF-8": b'{"Name": "\xff\xfe"}',
    "half a pair": b'{"Name": "\\ud800", "q": "\\udfff"}',
    "a NUL": b'{"Name": "a\\u0000b", "q": "\\u0000", "query": "\\u0000"}',
    "a huge number": b'{"Name": ' + b"9" * 5000 + b"}",
    "beyond floats": b'{"Name": 1e999999, "NumberOfEmployees": -1e400}',
    "NaN": b'{"Name": NaN}',
    "twice": b'{"Name": "A", "Name": {"Name": []}}',
    "null": b"null",
    "a number": b"3",
    "a text": b'"x"',
    "an empty list": b"[]",
    "a list of lists": b"[[[]], null, 3]",
    "an empty object": b"{}",
    "members of no kind": b'{"records": {}, "compositeRequest": {"a": 1}, "graphs": 3, "inputs": "x", "ids": [[]]}',
    "nothing but spaces": b"   \n\t ",
    "XML": b"<?xml version='1.0'?><a/>",
}


HOSTILE_PARTS = {
    "nothing": b"",
    "no parts": b"no parts",
    "begun": b"--b",
    "ended": b"--b--",
    "ten thousand": b"--b\r\n" * 10_000,
    "nameless": b"--b\r\nContent-Disposition: x\r\n\r\n\0",
    "a long head": b'--b\r\nA: "' + b"x" * 100_000,
}


def counts(raw: RawOrg) -> list[int]:
    return [raw.query(f"SELECT COUNT() FROM {name}")["totalSize"] for name in ("Account", "Contact", "User")]


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda each: each[:20])
def test_ids_and_names_that_are_paths_lead_nowhere(raw: RawOrg, stranger: Stranger, value: str) -> None:
    raw.create("Account", Name="Kept")
    before = counts(raw)

    seen = [stranger.call(each, value=value) for each in WITH_PATH if each.method in {"GET", "HEAD"}]
    seen += [
        stranger.call(each, value=value, body=b"{}", media_type=each.media_type)
        for each in WITH_PATH
        if each.method not in {"GET", "HEAD"} and value != "001Sf0000000001"
    ]

    sound(seen)
    assert counts(raw) == before
    assert raw.mock("GET", "health")["status"] == "ok"


@pytest.mark.parametrize("content", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_bodies_that_are_no_json_or_no_sense_are_refused(raw: RawOrg, stranger: Stranger, content: bytes) -> None:
    seen = [stranger.call(each, value="Account", body=content, media_type="application/json") for each in WITH_JSON]

    sound(seen)
    assert raw.mock("GET", "health")["status"] == "ok"


@pytest.mark.parametrize("content", HOSTILE_PARTS.values(), ids=HOSTILE_PARTS)
@pytest.mark.parametrize("boundary", ["; boundary=b", "", "; boundary=", '; boundary="b'])
def test_parts_that_are_none_are_refused(raw: RawOrg, stranger: Stranger, content: bytes, boundary: str) -> None:
    media_type = f"multipart/form-data{boundary}"

    seen = [stranger.call(each, value="Account", body=content, media_type=media_type) for each in WITH_PARTS]

    sound(seen)
    assert {each.status for each in seen} <= {400, 404, 415}


@pytest.mark.parametrize("path", ["/sobjects/Account", "/composite", "/jobs/query"])
def test_bombs_and_floods_are_refused_by_size(mock_server: MockServer, path: str) -> None:
    raw = RawOrg(mock_server.url)
    raw.login()
    headers = {"Content-Type": "application/json"}
    bomb = gzip.compress(b" " * 50_000_001, 9)

    unpacked = raw.send("POST", path, content=bomb, headers={**headers, "Content-Encoding": "gzip"})
    plain = raw.send("POST", path, content=b" " * 50_000_001, headers=headers)
    raw.http.close()

    assert len(bomb) < 100_000
    assert (unpacked.status_code, plain.status_code) == (413, 413)
