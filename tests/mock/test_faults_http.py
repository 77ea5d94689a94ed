"""Faults as a client meets them, planned over HTTP and seen over raw HTTP."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from specforce_mockserver.faults import Fault, Faults
from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.faults import FaultKind
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

LIMITS = f"{DATA}/limits"


def plan(raw: RawOrg, **members: Any) -> None:
    raw.mock("POST", "faults", json=members)


def names(raw: RawOrg) -> set[str]:
    return {each["Name"] for each in raw.query("SELECT Name FROM Account")["records"]}


def test_a_fault_hits_its_operation_as_often_as_it_says(raw: RawOrg) -> None:
    plan(raw, operation="getLimits", times=2, skip=1, status=503)

    statuses = [raw.send("GET", "/limits").status_code for _ in range(4)]

    assert statuses == [200, 503, 503, 200]
    assert raw.send("GET", "/sobjects").status_code == 200
    assert [each["hits"] for each in raw.mock("GET", "faults")] == [2]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"status": 401}, 401, "INVALID_SESSION_ID"),
        ({"status": 403}, 403, "REQUEST_LIMIT_EXCEEDED"),
        ({"status": 500}, 500, "UNKNOWN_EXCEPTION"),
        ({"status": 400, "error_code": "UNABLE_TO_LOCK_ROW", "message": "locked"}, 400, "UNABLE_TO_LOCK_ROW"),
        ({"status": 503, "error_code": "SERVER_UNAVAILABLE"}, 503, "SERVER_UNAVAILABLE"),
    ],
)
def test_a_status_comes_with_salesforces_body(raw: RawOrg, fault: dict[str, Any], status: int, code: str) -> None:
    plan(raw, kind="status", operation="getLimits", **fault)

    refused = raw.refused("GET", "/limits")

    assert (refused[0], refused[1][0]["errorCode"]) == (status, code)


@row("errors_and_limits.md#1", "| Maintenance/edge |")
def test_maintenance_is_a_page_and_too_many_requests_say_when(raw: RawOrg) -> None:
    plan(raw, kind="status", operation="getLimits", status=503)
    plan(raw, kind="status", operation="getLimits", status=429, headers={"Retry-After": "7"})

    page, busy = raw.send("GET", "/limits"), raw.send("GET", "/limits")

    assert (page.headers["content-type"], page.text[:6]) == ("text/html;charset=UTF-8", "<html>")
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize("accept", ["identity", "gzip"])
def test_a_cut_body_is_shorter_than_promised(raw: RawOrg, accept: str) -> None:
    plan(raw, kind="cut", operation="describeGlobal", after_bytes=100)
    seen: list[bytes] = []
    headers = {"Authorization": f"Bearer {raw.token}", "Accept-Encoding": accept}

    with (
        raw.http.stream("GET", f"{DATA}/sobjects", headers=headers) as answer,
        pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"),
    ):
        seen.extend(answer.iter_raw())

    assert (answer.status_code, len(b"".join(seen))) == (200, 100)
    assert int(answer.headers["content-length"]) > 100


def test_a_truncated_body_is_whole_in_the_eyes_of_http(raw: RawOrg) -> None:
    plan(raw, kind="truncate", operation="getLimits", after_bytes=10)

    answer = raw.send("GET", "/limits", headers={"Accept-Encoding": "identity"})

    assert (answer.status_code, len(answer.content), answer.headers["content-length"]) == (200, 10, "10")


@pytest.mark.parametrize(("kind", "saved"), [("drop_before", set[str]()), ("drop_after", {"Acme"}), ("cut", {"Acme"})])
def test_a_dropped_connection_tells_nothing_of_what_took_effect(raw: RawOrg, kind: str, saved: set[str]) -> None:
    plan(raw, kind=kind, operation="createRecord")

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        raw.send("POST", "/sobjects/Account", json={"Name": "Acme"})

    assert names(raw) == saved


def test_a_hanging_call_is_let_go_when_the_client_gives_up(raw: RawOrg) -> None:
    plan(raw, kind="hang", operation="getLimits")

    with pytest.raises(httpx.ReadTimeout):
        raw.send("GET", "/limits", timeout=0.05)

    assert raw.send("GET", "/limits").status_code == 200


def test_clearing_the_plans_lets_go_of_calls_that_hang(raw: RawOrg, org: Org) -> None:
    plan(raw, kind="hang", operation="getLimits")
    ends: list[Exception] = []

    def hang() -> None:
        try:
            httpx.get(raw.url + LIMITS, headers={"Authorization": f"Bearer {raw.token}"}, timeout=30, trust_env=False)
        except httpx.HTTPError as error:
            ends.append(error)

    caller = threading.Thread(target=hang)
    caller.start()
    assert org.faults.wait_until_hanging()
    org.faults.clear()
    caller.join(20)

    assert len(ends) == 1
    assert isinstance(ends[0], httpx.RemoteProtocolError | httpx.ReadError)


def test_a_hang_has_an_end_of_its_own(raw: RawOrg) -> None:
    plan(raw, kind="hang", operation="getLimits", seconds=0.01)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        raw.send("GET", "/limits")


def test_expired_tokens_are_refused_from_that_call_on(raw: RawOrg) -> None:
    plan(raw, kind="expire_tokens", operation="createRecord")

    status, (error,) = raw.refused("POST", "/sobjects/Account", json={"Name": "Acme"})

    assert (status, error["errorCode"]) == (401, "INVALID_SESSION_ID")
    assert raw.refused("GET", "/limits")[0] == 401
    raw.login()
    assert names(raw) == set()


def test_a_fault_for_all_operations_hits_the_login_too(raw: RawOrg) -> None:
    plan(raw, kind="status", status=503)

    answer = raw.http.post("/services/oauth2/token", data={"grant_type": "x"})

    assert answer.status_code == 503


@pytest.mark.parametrize("body", [{"kind": "magic"}, {"kind": "cut", "bytes": 3}, [], 3])
def test_a_plan_that_cant_be_understood_is_refused(raw: RawOrg, body: Any) -> None:
    answer = raw.send("POST", "/__mock/faults", json=body)

    assert answer.status_code == (201 if body == [] else 400)
    assert raw.mock("GET", "faults") == []


def test_one_plan_can_be_taken_away(raw: RawOrg) -> None:
    plan(raw, kind="status", operation="getLimits", times=None)
    (made,) = raw.mock("GET", "faults")

    raw.mock("DELETE", f"faults/{made['id']}")

    assert raw.send("GET", "/limits").status_code == 200
    assert raw.send("DELETE", "/__mock/faults/99").status_code == 404


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"operation": "querry"}, "there is no operation 'querry': is query meant?"),
        ({"operation": "Query", "kind": "cut"}, "there is no operation 'Query': is query meant?"),
        ({"operation": "*InjestJob"}, "there is no operation '*InjestJob': is getIngestJob meant?"),
    ],
)
def test_a_plan_that_would_hit_nothing_is_refused(raw: RawOrg, members: dict[str, str], why: str) -> None:
    answer = raw.http.post("/__mock/faults", json=members)

    assert (answer.status_code, answer.json()[0]["message"]) == (400, why)
    assert raw.mock("GET", "faults") == []
    plan(raw, operation="soap.login")
    plan(raw, operation="merge", kind="record_errors")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(status=99), "status: 99 is less than the minimum of 200"),
        (Fault(times=0), "times: 0 is less than the minimum of 1"),
        (Fault("row_errors", every=0), "every: 0 is less than the minimum of 1"),
        (Fault(probability=3), "probability: 3 is greater than the maximum of 1"),
        (Fault(cast("FaultKind", "boom")), "kind: "),
    ],
)
def test_a_plan_of_this_process_is_held_to_the_document_too(fault: Fault, why: str) -> None:
    faults = Faults()

    with pytest.raises(ValueError, match=why):
        faults.add(fault)
    assert not faults
