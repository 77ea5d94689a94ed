"""Apex REST from end to end: both halves call endpoints of the fake org, by hand and by a generated client."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from specforce import Reply
from specforce.errors import ApexError, ApiError, NotFound
from specforce.testing import ApexException, ApexRequest, ApexResponse
from specforce_generator.__main__ import main
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce.testing import FakeOrg
    from tests.halves import Half

DOCUMENT = Path(__file__).parents[1] / "generator" / "own" / "my_api.yaml"


class Case(msgspec.Struct):
    id: str
    subject: str
    level: int | None = None
    status: str = "New"


@pytest.fixture
def kept(org: FakeOrg) -> dict[str, Case]:
    """The cases that the endpoints of `my_api.yaml` keep."""
    cases: dict[str, Case] = {}

    @org.apex.route("POST", "/acme/cases")
    def create(subject: str, level: int | None = None, opened: str | None = None) -> str:
        record_id = f"500xx000000000{len(cases)}"
        cases[record_id] = Case(record_id, subject, level)
        return record_id

    @org.apex.route("GET", "/acme/cases")
    def find(request: ApexRequest) -> list[Case]:
        return [case for case in cases.values() if request.params.get("status") in (None, case.status)]

    @org.apex.route("GET", "/acme/cases/{record_id}")
    def read(record_id: str) -> Case:
        if record_id not in cases:
            raise ApexException("List has no rows for assignment to SObject", "System.QueryException")
        return cases[record_id]

    @org.apex.route("DELETE", "/acme/cases/{record_id}")
    def delete(record_id: str) -> None:
        del cases[record_id]

    @org.apex.route("PUT", "/acme/cases/{record_id}/text")
    def note(request: ApexRequest, record_id: str) -> ApexResponse:
        return ApexResponse(request.body.upper(), 200, {"X-Case": record_id}, request.media_type)

    return cases


@pytest.fixture
def my_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package that the generator makes of `my_api.yaml`."""
    assert main(["client", str(DOCUMENT), "--package", "my_api", "--output", str(tmp_path)]) == 0
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield importlib.import_module("my_api")
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_api"]:
        del sys.modules[name]


@covers("T17")
def test_a_case_is_made_read_and_deleted_by_typed_calls(half: Half, org: FakeOrg, kept: dict[str, Case]) -> None:
    """connector.md, section 1.2 and E14."""
    apex = half.login(org.auth()).apex

    case_id = half.run(apex.post("/acme/cases", json={"subject": "Noise", "level": 2}, returns=str))
    half.run(apex.post("/acme/cases", json={"subject": "Dust"}))

    assert half.run(apex.get(["acme", "cases", case_id], returns=Case)) == Case(case_id, "Noise", 2)
    assert [case.subject for case in half.run(apex.get("/acme/cases", returns=list[Case]))] == ["Noise", "Dust"]
    assert half.run(apex.get("/acme/cases", params={"status": "Closed"})) == []
    assert half.run(apex.delete(f"/acme/cases/{case_id}")) is None
    assert list(kept.values()) == [Case("500xx0000000001", "Dust")]
    assert [request.operation for request in org.requests[-2:]] == ["getApexRest", "deleteApexRest"]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"content": "näh", "content_type": "text/plain; charset=UTF-8"}, "NäH"),
        ({"content": "<a/>", "content_type": "application/xml"}, "<A/>"),
        ({"content": b"\x00a\xff"}, b"\x00A\xff"),
    ],
)
def test_text_xml_and_bytes_travel_both_ways(
    half: Half, org: FakeOrg, options: dict[str, Any], expected: object
) -> None:
    apex = half.login(org.auth()).apex

    assert half.run(apex.put("/acme/cases/1/text", **options)) == expected
    reply = half.run(apex.put("/acme/cases/1/text", returns=Reply, **options))
    assert (reply.status, reply.headers["x-case"]) == (200, "1")


def test_errors_say_what_the_class_said(half: Half, org: FakeOrg, kept: dict[str, Case]) -> None:
    org.apex.route("GET", "/own", lambda: ApexResponse({"why": "closed"}, 422))
    apex = half.login(org.auth()).apex

    with pytest.raises(ApexError, match=r"System\.QueryException: List has no rows"):
        half.run(apex.get("/acme/cases/1"))
    with pytest.raises(NotFound, match="Could not find a match for URL"):
        half.run(apex.get("/Acme/cases"))
    with pytest.raises(ApiError, match="Allowed are GET,POST") as caught:
        half.run(apex.put("/acme/cases", json={}))
    assert caught.value.status == 405
    with pytest.raises(ApiError) as own:
        half.run(apex.get("/own"))
    assert (own.value.status, own.value.body) == (422, '{"why":"closed"}')


def test_a_token_that_expires_is_renewed(half: Half, org: FakeOrg, kept: dict[str, Case]) -> None:
    apex = half.login(org.auth()).apex
    half.run(apex.get("/acme/cases"))
    org.expire_tokens()

    half.run(apex.post("/acme/cases", json={"subject": "Noise"}))

    assert len(kept) == 1


def test_a_client_of_the_users_own_document_is_sent_by_the_session(
    half: Half, org: FakeOrg, kept: dict[str, Case], my_api: Any
) -> None:
    session = half.login(org.auth()).session
    api = my_api.MyApi(session) if half.name == "sync" else my_api.AsyncMyApi(session)
    models = importlib.import_module("my_api.models")

    case_id = half.run(api.create_case(body=models.NewCase(subject="Noise", level=2)))
    org.expire_tokens()
    half.run(api.create_case(body={"subject": "Dust"}))

    assert half.run(api.get_cases_by_case_id(case_id)) == models.Case(
        id=case_id, subject="Noise", level=2, status=models.CaseStatus.NEW
    )
    assert [case.subject for case in half.run(api.get_cases(status="New"))] == ["Noise", "Dust"]
    assert half.run(api.put_cases_by_case_id_text("a/b", body=b"hum")) == b"HUM"
    assert half.run(api.delete_cases_by_case_id(case_id)) is None
    with pytest.raises(ApexError):
        half.run(api.get_cases_by_case_id(case_id))
