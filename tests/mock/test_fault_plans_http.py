"""Which calls and jobs a fault plan names, chance with a seed, waits and rates; planned and seen over raw HTTP."""

from __future__ import annotations

import argparse
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.faults import Fault
from specforce_mockserver.org import Org
from specforce_mockserver.server import MockServer
from specforce_mockserver.serving import add_options
from specforce_mockserver.settings import OrgSettings
from tests.mock.bulk_client import BulkClient
from tests.mock.raw_org import DATA, PASSWORD, serving
from tests.mock.test_faults_http import names, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg

TEN = b"LastName\n" + b"".join(b"Row %d\n" % number for number in range(10))


@pytest.fixture
def bulk(raw: RawOrg) -> Iterator[BulkClient]:
    with BulkClient(raw.url) as found:
        yield found


@pytest.mark.parametrize(
    ("names", "hit"),
    [
        ({"operation": "*Record"}, ["createRecord", "getRecord"]),
        ({"operation": "get?ecord"}, ["getRecord"]),
        ({"method": "post"}, ["createRecord"]),
        ({"path": "*/sobjects/*"}, ["createRecord", "getRecord", "describeSObject"]),
        ({"sobject": "contact"}, ["describeSObject"]),
        ({"user": "USER@example.com"}, ["createRecord", "getRecord", "describeSObject", "getLimits"]),
        ({"user": "other@example.com"}, []),
        ({"operation": "*Record", "method": "GET"}, ["getRecord"]),
    ],
)
def test_a_plan_hits_exactly_the_calls_that_it_names(raw: RawOrg, names: dict[str, str], hit: list[str]) -> None:
    record_id = raw.create("Account", Name="Acme")
    calls: dict[str, tuple[str, str]] = {
        "createRecord": ("POST", "/sobjects/Account"),
        "getRecord": ("GET", f"/sobjects/Account/{record_id}"),
        "describeSObject": ("GET", "/sobjects/Contact/describe"),
        "getLimits": ("GET", "/limits"),
    }
    plan(raw, kind="status", status=418, times=None, **names)

    seen = [
        name
        for name, (method, path) in calls.items()
        if raw.send(method, path, json={"Name": "B"} if method == "POST" else None).status_code == 418
    ]

    assert seen == hit


def test_a_plan_may_name_a_job_or_the_object_of_jobs(raw: RawOrg, bulk: BulkClient) -> None:
    one, other = bulk.open_job(), bulk.open_job(object="Account")
    plan(raw, kind="status", status=418, times=None, job=one[:15])
    plan(raw, kind="status", status=419, times=None, sobject="Account", operation="*IngestJob")

    statuses = [raw.send("GET", f"/jobs/ingest/{job_id}").status_code for job_id in (one, other)]

    assert statuses == [418, 419]


def test_chance_has_a_seed(raw: RawOrg) -> None:
    def statuses(seed: int) -> list[int]:
        raw.mock("DELETE", "faults")
        plan(raw, kind="status", operation="getLimits", times=None, probability=0.5, seed=seed)
        return [raw.send("GET", "/limits").status_code for _ in range(20)]

    first = statuses(7)
    (fault,) = raw.mock("GET", "faults")

    assert fault["hits"] == first.count(503)
    assert {200, 503} == set(first)
    assert statuses(7) == first
    assert statuses(8) != first


def test_a_body_is_truncated_after_lines(raw: RawOrg, bulk: BulkClient) -> None:
    loaded = bulk.load(TEN.decode())
    plan(raw, kind="truncate", operation="getIngestSuccessfulResults", after_lines=3)

    whole = raw.send("GET", f"/jobs/ingest/{loaded.info['id']}/successfulResults/")

    assert (whole.text.count("\n"), whole.headers["content-length"]) == (3, str(len(whole.content)))


def test_a_call_is_held_up_by_the_machines_clock(raw: RawOrg) -> None:
    plan(raw, kind="slow", operation="getLimits", delay_s=0.05)
    begun_s = time.monotonic()

    assert raw.send("GET", "/limits").status_code == 200
    assert time.monotonic() - begun_s >= 0.05


def test_a_client_may_lose_its_patience_with_a_slow_answer(raw: RawOrg) -> None:
    plan(raw, kind="slow", operation="describeGlobal", bytes_per_s=100)

    with pytest.raises(httpx.ReadTimeout):
        raw.send("GET", "/sobjects", timeout=0.02)

    assert raw.send("GET", "/limits").status_code == 200


@pytest.mark.parametrize(
    "held_up", [{"delay_s": 30}, {"bytes_per_s": 1_000}, {"request_bytes_per_s": 10}], ids=lambda each: next(iter(each))
)
def test_under_the_manual_clock_a_call_waits_for_the_orgs_time(held_up: dict[str, Any]) -> None:
    org = Org(clock=Clock("manual"))
    with serving(org) as raw:
        fault = org.faults.add(Fault("slow", "composite", **held_up))
        asked = {"method": "GET", "url": f"{DATA}/sobjects/Account", "referenceId": "a"}
        answers: list[httpx.Response] = []
        caller = threading.Thread(
            target=lambda: answers.append(raw.send("POST", "/composite", json={"compositeRequest": [asked]}))
        )
        caller.start()
        assert org.faults.wait_until_hanging()
        assert (fault.hits, answers) == (1, [])
        raw.mock("POST", "advance", json={"seconds": 3_600})
        caller.join(20)

    assert answers[0].json()["compositeResponse"][0]["httpStatusCode"] == 200


def test_clearing_the_plans_lets_slow_answers_go_at_full_speed(raw: RawOrg, org: Org) -> None:
    org.faults.add(Fault("slow", "describeGlobal", bytes_per_s=10))
    answers: list[httpx.Response] = []
    caller = threading.Thread(target=lambda: answers.append(raw.send("GET", "/sobjects")))
    caller.start()

    assert org.faults.wait_until_hanging()
    org.faults.clear()
    caller.join(20)

    assert answers[0].json()["encoding"] == "UTF-8"


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ({"every": 3}, [2, 5, 8]),
        ({"column": "LastName", "equals": "Row 4"}, [4]),
        ({"column": "LastName", "matches": "Row [5-9]"}, [5, 6, 7, 8, 9]),
        ({"column": "LastName", "matches": "Row*", "every": 5}, [4, 9]),
        ({"column": "Nothing__c", "equals": "x"}, []),
        ({}, list(range(10))),
    ],
)
@pytest.mark.parametrize("per_tick", [3, 10_000])
def test_rows_are_refused_by_rule(bulk: BulkClient, rule: dict[str, Any], refused: list[int], per_tick: int) -> None:
    bulk.json("PATCH", "/__mock/jobs", json={"records_per_tick": per_tick})
    bulk.json(
        "POST", "/__mock/faults", json={"kind": "row_errors", "operation": "insert", "sobject": "Contact", **rule}
    )

    loaded = bulk.load(TEN.decode())

    assert loaded.info["numberRecordsFailed"] == len(refused)
    assert [each["LastName"] for each in loaded.failed] == [f"Row {number}" for number in refused]
    assert all(each["sf__Error"].startswith("UNABLE_TO_LOCK_ROW:") for each in loaded.failed)


def test_a_share_of_the_rows_is_refused_the_same_ones_each_time(bulk: BulkClient) -> None:
    rule = {"kind": "row_errors", "probability": 0.4, "seed": 3, "times": None, "error_code": "STORAGE_LIMIT_EXCEEDED"}
    bulk.json("POST", "/__mock/faults", json=rule)

    first, second = bulk.load(TEN.decode()), bulk.load(TEN.decode())

    assert 0 < first.info["numberRecordsFailed"] < 10
    assert [each["LastName"] for each in first.failed] == [each["LastName"] for each in second.failed]
    assert [each["hits"] for each in bulk.json("GET", "/__mock/faults")] == [2]


def test_records_are_refused_by_plan_whatever_protocol_they_come_by(raw: RawOrg, bulk: BulkClient) -> None:
    plan(raw, kind="record_errors", operation="insert", sobject="contact", every=2, times=3)
    records = [{"attributes": {"type": "Contact"}, "LastName": f"R{number}"} for number in range(3)]

    single = [raw.send("POST", "/sobjects/Contact", json={"LastName": "S"}).status_code for _ in range(2)]
    together = raw.json("POST", "/composite/sobjects", json={"records": records})
    loaded = bulk.load(TEN.decode())

    assert single == [201, 400]
    assert [each["success"] for each in together] == [True, False, True]
    assert together[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert [each["LastName"] for each in loaded.failed] == ["Row 0"]
    assert [each["hits"] for each in raw.mock("GET", "faults")] == [3]


def test_records_are_refused_by_what_they_hold_and_one_may_undo_all(raw: RawOrg) -> None:
    made = [raw.create("Account", Name=name) for name in ("B", "C")]
    plan(raw, kind="record_errors", column="name", matches="Ac*", times=None, error_code="ENTITY_IS_LOCKED")
    plan(raw, kind="record_errors", operation="delete", message="not this one", every=2, times=None)
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("Bo", "Acme")]

    saved = raw.json("POST", "/composite/sobjects", json={"allOrNone": True, "records": records})
    code = raw.refused_create("Account", Name="Acme")["errorCode"]
    deleted = raw.json("DELETE", f"/composite/sobjects?ids={','.join(made)}")
    raw.mock("POST", "seed", json={"Account": [{"Name": "Acme"}]})

    assert ([each["success"] for each in saved], code) == ([False, False], "ENTITY_IS_LOCKED")
    assert [each["success"] for each in deleted] == [True, False]
    assert deleted[1]["errors"][0]["message"] == "not this one"
    assert names(raw) == {"C", "Acme"}


def test_jobs_fail_and_stick_by_plan_and_others_go_well(bulk: BulkClient) -> None:
    bulk.json("POST", "/__mock/faults", json=[{"kind": "fail_job", "after_records": 4, "message": "Broken : really"}])
    failed, well = bulk.load(TEN.decode()), bulk.load(TEN.decode())
    bulk.json("POST", "/__mock/faults", json={"kind": "stick_job", "operation": "query*"})
    job = bulk.json("POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM User"})
    states = [bulk.json("GET", f"/jobs/query/{job['id']}")["state"] for _ in range(3)]

    assert (failed.state, failed.info["errorMessage"], failed.info["numberRecordsProcessed"]) == (
        "Failed",
        "Broken : really",
        4,
    )
    assert well.state == "JobComplete"
    assert states == ["InProgress"] * 3


def test_a_batch_of_bulk_api_1_0_fails_by_plan(raw: RawOrg) -> None:
    plan(raw, kind="fail_job", operation="insert", message="InternalServerError : broken")
    headers = {"X-SFDC-Session": raw.token, "Content-Type": "application/json"}
    base = "/services/async/67.0/job"
    asked = {"operation": "insert", "object": "Contact", "contentType": "CSV"}
    job = raw.http.post(base, json=asked, headers={**headers, "Accept": "application/json"})
    job_id = job.text.partition("<id>")[2][:18] or job.json()["id"]
    raw.http.post(f"{base}/{job_id}/batch", content=TEN, headers={**headers, "Content-Type": "text/csv"})

    batches = ""
    for _ in range(3):
        batches = raw.http.get(f"{base}/{job_id}/batch", headers=headers).text

    assert "<state>Failed</state>" in batches
    assert "InternalServerError : broken" in batches


def test_the_speed_of_jobs_is_a_setting() -> None:
    org = Org(clock=Clock("manual"), settings=OrgSettings(records_per_tick=4))
    with MockServer(org) as server, BulkClient(server.url) as client:
        job_id = client.open_job()
        client.upload(job_id, TEN)
        client.close(job_id)
        seen: list[int] = []
        for _ in range(4):
            client.tick()
            seen.append(client.json("GET", f"/jobs/ingest/{job_id}")["numberRecordsProcessed"])
    org.close()

    assert seen == [0, 4, 8, 10]


def test_the_speed_of_jobs_is_an_option_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)

    assert parser.parse_args(["--records-per-tick", "4"]).records_per_tick == 4
    assert parser.parse_args([]).records_per_tick == OrgSettings().records_per_tick
    with pytest.raises(SystemExit):
        parser.parse_args(["--records-per-tick", "0"])
    assert "invalid rows value: '0'" in capsys.readouterr().err


def test_an_alarm_in_the_past_rings_at_once_and_a_later_one_when_time_has_come() -> None:
    clock, rung = Clock("manual", start_s=100.0), list[str]()

    with clock.alarm(100.0, lambda: rung.append("past")), clock.alarm(160.0, lambda: rung.append("later")):
        assert rung == ["past"]
        clock.advance(59)
        assert rung == ["past"]
        clock.advance(1)
        assert rung == ["past", "later"]
    clock.advance(1000)
    assert rung == ["past", "later"]


def test_a_plan_for_a_user_spares_logins(raw: RawOrg) -> None:
    plan(raw, kind="status", user="user@example.com", times=None)

    assert raw.http.post("/services/oauth2/token", data=PASSWORD).status_code == 200
    assert raw.send("GET", f"{DATA}/limits").status_code == 503
