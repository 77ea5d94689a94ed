"""Batches of Bulk API 1.0 by raw HTTP: payloads, states, results, queries, chunks, limits."""

from __future__ import annotations

import csv
import gzip
import io
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from specforce_mockserver.server import MockServer
from tests.mock.bulk_v1_client import (
    MEDIA_TYPES,
    NAMESPACE,
    XSI,
    BatchClient,
    facts,
    local,
    records_xml,
    refused,
)
from tests.mock.raw_org import SCHEMA, RawOrg
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = ["CSV", "JSON", "XML"]
TWO = {
    "CSV": "FirstName,LastName\nAda,Byron\nNobody,\n",
    "JSON": '[{"FirstName":"Ada","LastName":"Byron"},{"FirstName":"Nobody"}]',
    "XML": records_xml("<FirstName>Ada</FirstName><LastName>Byron</LastName>", "<FirstName>Nobody</FirstName>"),
}
MISSING = "Required fields are missing: [LastName]"
BATCH_ORDER = [
    *("id", "jobId", "state", "createdDate", "systemModstamp", "numberRecordsProcessed", "numberRecordsFailed"),
    *("totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"),
]


@pytest.fixture
def client(raw: RawOrg) -> BatchClient:
    """A client of CSV jobs."""
    return BatchClient(raw)


def contacts(client: BatchClient, fields: str = "LastName") -> list[dict[str, Any]]:
    """The org's Contacts."""
    found: list[dict[str, Any]] = client.raw.get("/query", params={"q": f"SELECT {fields} FROM Contact ORDER BY Id"})[
        "records"
    ]
    return [{name: value for name, value in each.items() if name != "attributes"} for each in found]


@row("bulk_v1.md#1", "| add batch (or SOQL text for query) |")
@row("bulk_v1.md#1", "| one batch |")
@row("bulk_v1.md#1", "| all batches |")
@row("bulk_v1.md#1", "| original payload")
@row("bulk_v1.md#1", "| CSV |")
@row("bulk_v1.md#1", "| XML |")
@row("bulk_v1.md#1", "| JSON |")
@row("bulk_v1.md#3", "id (751…)")
@row("bulk_v1.md#3", "| Completed |")
@row("bulk_v1.md#4", "| records |")
@row("bulk_v1.md#2", "| numberRecordsProcessed / numberRecordsFailed |")
@row("bulk_v1.md#2", "| numberBatchesQueued / InProgress")
@pytest.mark.parametrize("content_type", FORMATS)
def test_a_batch_is_added_told_listed_and_read_back(raw: RawOrg, content_type: str) -> None:
    client = BatchClient(raw, content_type)
    job_id = client.job()
    batch_id, told = client.ended(job_id, TWO[content_type])

    assert batch_id.startswith("751")
    assert [told[name] for name in ("id", "jobId", "state")] == [batch_id, job_id, "Completed"]
    assert (str(told["numberRecordsProcessed"]), str(told["numberRecordsFailed"])) == ("2", "1")
    if content_type == "JSON":
        assert sorted(told) == sorted([*BATCH_ORDER, "stateMessage"])
    else:
        assert list(told) == BATCH_ORDER
    assert client.states(job_id) == ["Completed"]
    echo = client.send("GET", f"/job/{job_id}/batch/{batch_id}/request")
    assert (echo.text, echo.headers["content-type"]) == (TWO[content_type], MEDIA_TYPES[content_type])
    job = facts(client.send("GET", f"/job/{job_id}"))
    assert [str(job[f"number{name}"]) for name in ("BatchesCompleted", "BatchesTotal", "RecordsProcessed")] == [
        "1",
        "1",
        "2",
    ]


@row("bulk_v1.md#1", "| ingest results, or query result-id list |")
@row("bulk_v1.md#4", "Ingest results (order = input order")
@row("bulk_v1.md#4", 'CSV: `"Id"')
@row("bulk_v1.md#4", '"Id","Success","Created","Error"')
@row("bulk_v1.md#4", '"true","true"')
@row("bulk_v1.md#4", '"","false","false"')
def test_results_of_csv_are_in_the_order_of_the_batch(client: BatchClient) -> None:
    lines = list(csv.reader(io.StringIO(client.loaded("LastName\nA\n\n,\nB\n".replace(",", '""')))))

    assert lines[0] == ["Id", "Success", "Created", "Error"]
    assert [line[1:] for line in lines[1:]] == [
        ["true", "true", ""],
        ["false", "false", f"REQUIRED_FIELD_MISSING:{MISSING}:LastName --"],
        ["true", "true", ""],
    ]
    assert [line[0][:3] for line in lines[1:]] == ["003", "", "003"]


@row("bulk_v1.md#4", "JSON: `[{")
def test_results_of_json_have_structured_errors(raw: RawOrg) -> None:
    good, bad = json.loads(BatchClient(raw, "JSON").loaded(TWO["JSON"]))

    assert good == {"success": True, "created": True, "id": good["id"], "errors": []}
    error = {"message": MISSING, "fields": ["LastName"], "statusCode": "REQUIRED_FIELD_MISSING"}
    assert bad == {"success": False, "created": False, "id": None, "errors": [{**error, "extendedErrorDetails": None}]}


@row("bulk_v1.md#4", "XML: `<results>")
def test_results_of_xml_have_structured_errors(raw: RawOrg) -> None:
    good, bad = ET.fromstring(BatchClient(raw, "XML").loaded(TWO["XML"]))

    assert [local(each) for each in good] == ["id", "success", "created"]
    assert [(local(each), each.text) for each in bad[1:]] == [("success", "false"), ("created", "false")]
    assert [(local(each), each.text) for each in bad[0]] == [
        ("fields", "LastName"),
        ("message", MISSING),
        ("statusCode", "REQUIRED_FIELD_MISSING"),
    ]


@row("bulk_v1.md#4", "| null |")
@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        ("CSV", "Id,Title,Department\n{id},#N/A,\n"),
        ("JSON", '[{{"Id":"{id}","Title":null}}]'),
        ("XML", records_xml('<Id>{id}</Id><Title xsi:nil="true"/>')),
    ],
)
def test_a_field_is_cleared_by_null_and_left_by_silence(raw: RawOrg, content_type: str, payload: str) -> None:
    record_id = raw.create("Contact", LastName="A", Title="Dr", Department="D")
    client = BatchClient(raw, content_type)

    client.loaded(payload.format(id=record_id), "update")

    assert contacts(client, "Title, Department") == [{"Title": None, "Department": "D"}]


@row("bulk_v1.md#4", "| relationship |")
@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        ("CSV", "LastName,Account.Code__c\nA,X\n"),
        ("JSON", '[{"LastName":"A","Account":{"Code__c":"X"}}]'),
        ("XML", records_xml("<LastName>A</LastName><Account><sObject><Code__c>X</Code__c></sObject></Account>")),
    ],
)
def test_a_parent_is_found_by_its_external_id(raw: RawOrg, content_type: str, payload: str) -> None:
    account_id = raw.create("Account", Name="Acme", Code__c="X")
    client = BatchClient(raw, content_type)

    client.loaded(payload)

    assert contacts(client, "AccountId") == [{"AccountId": account_id}]


@row("bulk_v1.md#4", "| polymorphic |")
@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        ("CSV", "Subject,Account:What.Code__c\nCall,X\n"),
        ("JSON", '[{"Subject":"Call","What":{"attributes":{"type":"Account"},"Code__c":"X"}}]'),
        (
            "XML",
            records_xml(
                "<Subject>Call</Subject><What><sObject><type>Account</type><Code__c>X</Code__c></sObject></What>"
            ),
        ),
    ],
)
def test_a_parent_of_several_kinds_names_its_own(raw: RawOrg, content_type: str, payload: str) -> None:
    account_id = raw.create("Account", Name="Acme", Code__c="X")

    BatchClient(raw, content_type).loaded(payload, sobject="Task")

    assert raw.get("/query", params={"q": "SELECT WhatId FROM Task"})["records"][0]["WhatId"] == account_id


@row("bulk_v1.md#4", "CSV delimiter is comma only")
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_ends_its_lines_either_way_and_keeps_line_breaks_in_cells(client: BatchClient, newline: str) -> None:
    client.loaded(newline.join(["LastName,Title", '"A, ""B""","x\ny"', ""]))

    assert contacts(client, "LastName, Title") == [{"LastName": 'A, "B"', "Title": "x\ny"}]
    assert client.failure("LastName;Title\nA;B\n") == "InvalidBatch : Field name not found : LastName;Title"


@row("bulk_v1.md#3", "| Failed |")
@row("bulk_v1.md#6", "batchInfo.stateMessage when Failed")
@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        ("CSV", "LastName,Foo__c\nA,1\n"),
        ("JSON", '[{"LastName":"A"},{"LastName":"B","Foo__c":1}]'),
        ("XML", records_xml("<LastName>A</LastName><Foo__c>1</Foo__c>")),
    ],
)
def test_a_field_that_isnt_there_fails_the_batch(raw: RawOrg, content_type: str, payload: str) -> None:
    client = BatchClient(raw, content_type)

    assert client.failure(payload) == "InvalidBatch : Field name not found : Foo__c"
    assert contacts(client) == []


@row("bulk_v1.md#6", "`Records not found`")
@pytest.mark.parametrize(
    ("content_type", "payload"),
    [("CSV", ""), ("CSV", "LastName\n"), ("JSON", ""), ("JSON", "[]"), ("XML", ""), ("XML", records_xml())],
)
def test_a_batch_without_records_fails(raw: RawOrg, content_type: str, payload: str) -> None:
    assert BatchClient(raw, content_type).failure(payload) == "InvalidBatch : Records not found"


@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        ("JSON", "{"),
        ("JSON", '{"LastName":"A"}'),
        ("JSON", "[1]"),
        ("XML", "<sObjects"),
        ("XML", "<sObjects/>"),
        ("XML", f'<sObjects xmlns="{NAMESPACE}"><record/></sObjects>'),
        ("XML", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("CSV", 'LastName\n"A\n'),
    ],
)
def test_a_payload_that_cant_be_read_fails_the_batch(raw: RawOrg, content_type: str, payload: str) -> None:
    assert BatchClient(raw, content_type).failure(payload).startswith("InvalidBatch : Failed to parse")


def test_a_batch_of_another_format_than_its_job_is_refused(client: BatchClient) -> None:
    job_id = client.job()

    answer = BatchClient(client.raw, "JSON").post(job_id, TWO["JSON"])
    assert refused(answer)[:2] == (400, "InvalidBatch")
    assert client.states(job_id) == []


@row("bulk_v1.md#6", "Exceeded max size limit of 10000000")
@row("bulk_v1.md#7", "10,000 records, 10 MB")
def test_a_batch_has_at_most_ten_thousand_records_and_ten_million_characters(client: BatchClient) -> None:
    job_id = client.job()
    text = "Exceeded max size limit of 10000000"

    assert text in refused(client.post(job_id, b"LastName\n" + b"x" * 10_000_001))[2]
    assert text in refused(client.post(job_id, ("LastName\n" + "é" * 6_000_000).encode()))[2]
    assert client.states(job_id) == []
    assert "10001 records" in client.failure("LastName\n" + "x\n" * 10_001)


@row("bulk_v1.md#1", "Headers: `Sforce-Enable-PKChunking`")
def test_a_gzipped_batch_is_unpacked_and_lines_of_results_end_as_asked(client: BatchClient) -> None:
    job_id = client.job(headers={"Sforce-Line-Ending": "CRLF", "Sforce-Disable-Batch-Retry": "TRUE"})
    answer = client.post(job_id, gzip.compress(b"LastName\nA\n"), **{"Content-Encoding": "gzip"})
    batch_id = str(facts(answer)["id"])
    while client.batch(job_id, batch_id)["state"] != "Completed":
        pass

    assert client.result(job_id, batch_id).text.startswith('"Id","Success","Created","Error"\r\n')
    assert client.send("GET", f"/job/{job_id}/batch/{batch_id}/request").text == "LastName\nA\n"


@row("bulk_v1.md#6", "| InvalidBatch | `Records not processed` |")
def test_results_are_there_once_the_batch_is_completed(client: BatchClient) -> None:
    job_id = client.job()
    waiting = client.add(job_id, "LastName\nA\n")
    expected = (400, "InvalidBatch", "Records not processed")
    assert refused(client.result(job_id, waiting)) == expected

    failed, _ = client.ended(job_id, "Nonsense__c\nA\n")
    assert refused(client.result(job_id, failed)) == expected


@pytest.fixture
def manual() -> Iterator[tuple[Org, BatchClient]]:
    """An org whose time is moved by hand, and a client to it."""
    org = Org(schema_of_text(SCHEMA), clock=Clock("manual"))
    with MockServer(org, check_answers=True) as server:
        raw = RawOrg(server.url)
        raw.login()
        yield org, BatchClient(raw)
        raw.http.close()
    org.close()


@row("bulk_v1.md#3", "| Queued |")
@row("bulk_v1.md#3", "| InProgress |")
def test_an_abort_leaves_what_runs_and_takes_what_waits(manual: tuple[Org, BatchClient]) -> None:
    org, client = manual
    job_id = client.job(concurrencyMode="Serial")
    for name in "AB":
        client.add(job_id, f"LastName\n{name}\n")
    assert client.states(job_id) == ["Queued", "Queued"]
    org.clock.tick()
    assert client.states(job_id) == ["InProgress", "Queued"]

    client.send("POST", f"/job/{job_id}", json={"state": "Aborted"})
    org.clock.tick(3)

    assert client.states(job_id) == ["Completed", "NotProcessed"]
    assert contacts(client) == [{"LastName": "A"}]
    assert refused(client.send("POST", f"/job/{job_id}", json={"state": "Aborted"}))[1] == "InvalidJobState"


@pytest.mark.parametrize(("mode", "states"), [("Parallel", ["InProgress"] * 2), ("Serial", ["InProgress", "Queued"])])
def test_batches_run_side_by_side_or_one_after_the_other(
    manual: tuple[Org, BatchClient], mode: str, states: list[str]
) -> None:
    org, client = manual
    job_id = client.job(concurrencyMode=mode)
    for name in "AB":
        client.add(job_id, f"LastName\n{name}\n")

    org.clock.tick()
    assert client.states(job_id) == states
    org.clock.tick(4)
    assert client.states(job_id) == ["Completed"] * 2


@pytest.mark.parametrize("mode", ["Parallel", "Serial"])
def test_under_the_machines_time_batches_work_on_their_own(mode: str) -> None:
    org = Org(schema_of_text(SCHEMA), clock=Clock("real"))
    with MockServer(org, check_answers=True) as server:
        raw = RawOrg(server.url)
        raw.login()
        client = BatchClient(raw)
        job_id = client.job(concurrencyMode=mode)
        for name in "ABC":
            client.add(job_id, f"LastName\n{name}\n")
        while set(client.states(job_id)) != {"Completed"}:
            pass
        found = [each["LastName"] for each in contacts(client)]
        raw.http.close()
    org.close()

    assert (found if mode == "Serial" else sorted(found)) == ["A", "B", "C"]


@row("bulk_v1.md#1", "| query result file |")
@row("bulk_v1.md#4", "Query: POST raw SOQL")
@pytest.mark.parametrize("content_type", FORMATS)
def test_a_query_has_a_list_of_results_and_each_is_read_by_its_id(raw: RawOrg, org: Org, content_type: str) -> None:
    client = BatchClient(raw, content_type)
    ids = [raw.create("Contact", LastName=name) for name in ("A", 'B "x" & <y>', "C")]
    raw.json("POST", "/__mock/jobs", json={"page_records": 2})
    job_id = client.job("query")
    batch_id, told = client.ended(job_id, "SELECT Id, LastName, Title FROM Contact ORDER BY Id")
    listed = client.result(job_id, batch_id)
    if content_type == "JSON":
        results = listed.json()
    else:
        root = ET.fromstring(listed.content)
        assert local(root) == "result-list"
        results = [str(each.text) for each in root]

    assert str(told["numberRecordsProcessed"]) == "3"
    assert [each[:3] for each in results] == ["752", "752"]
    texts = [client.result(job_id, batch_id, each).text for each in results]
    if content_type == "CSV":
        assert texts[1] == f'"Id","LastName","Title"\n"{ids[2]}","C",""\n'
    elif content_type == "JSON":
        url = f"/services/data/v67.0/sobjects/Contact/{ids[2]}"
        expected = {"attributes": {"type": "Contact", "url": url}, "Id": ids[2], "LastName": "C", "Title": None}
        assert json.loads(texts[1]) == [expected]
    else:
        (record,) = ET.fromstring(texts[1])
        assert (local(record), record.get(f"{{{XSI}}}type")) == ("records", "sObject")
        told_fields = {local(each): each.text for each in record}
        assert told_fields == {"type": "Contact", "Id": ids[2], "LastName": "C", "Title": None}
    assert refused(client.result(job_id, batch_id, "752xx00000000AE")) == (
        400,
        "InvalidBatch",
        "Records not found for this batch",
    )


@row("bulk_v1.md#4", "Unsupported SOQL")
@pytest.mark.parametrize(
    ("soql", "reason"),
    [
        ("SELECT COUNT(Id) FROM Contact", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT LastName FROM Contact GROUP BY LastName", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Id FROM Contact LIMIT 1 OFFSET 1", "FUNCTIONALITY_NOT_ENABLED"),
        (
            "SELECT MailingAddress FROM Contact",
            "FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in Bulk Query",
        ),
        ("SELECT Foo__c FROM Contact", "INVALID_FIELD"),
        (
            "SELECT Id FROM Account",
            "INVALID_TYPE_FOR_OPERATION: The root entity of the requested query (Account) does not match the entity",
        ),
    ],
)
def test_a_query_that_cant_be_run_fails_its_batch(client: BatchClient, soql: str, reason: str) -> None:
    assert client.failure(soql, "query").startswith(f"InvalidBatch : Failed to process query: {reason}")


@row("bulk_v1.md#5", "Sforce-Enable-PKChunking")
@row("bulk_v1.md#3", "| NotProcessed |")
def test_pk_chunking_splits_a_query_by_ranges_of_ids(client: BatchClient) -> None:
    ids = [client.raw.create("Contact", LastName=f"C{number}") for number in range(5)]
    job_id = client.job("query", headers={"Sforce-Enable-PKChunking": f"chunkSize=2; startRow={ids[1]};"})
    client.add(job_id, "SELECT Id FROM Contact WHERE LastName != 'C3' OR LastName = null")
    while not set(client.states(job_id)) <= {"NotProcessed", "Completed"}:
        pass

    assert client.states(job_id) == ["NotProcessed", "Completed", "Completed"]
    listed = ET.fromstring(client.send("GET", f"/job/{job_id}/batch").content)
    found: list[str] = []
    for batch in listed[1:]:
        batch_id = str(batch[0].text)
        (result,) = ET.fromstring(client.result(job_id, batch_id).content)
        found += client.result(job_id, batch_id, str(result.text)).text.split()[1:]
    assert found == [f'"{ids[1]}"', f'"{ids[2]}"', f'"{ids[4]}"']
    assert refused(client.result(job_id, str(listed[0][0].text)))[2] == "Records not processed"


@pytest.mark.parametrize("ending", ["ORDER BY Id", "LIMIT 3"])
def test_pk_chunking_has_no_effect_on_what_is_sorted_or_cut_off(client: BatchClient, ending: str) -> None:
    client.raw.create("Contact", LastName="A")
    job_id = client.job("query", headers={"Sforce-Enable-PKChunking": "TRUE"})
    client.ended(job_id, f"SELECT Id FROM Contact {ending}")

    assert client.states(job_id) == ["Completed"]


@pytest.mark.parametrize(
    "header", ["maybe", "chunkSize=0", "chunkSize=250001", "chunkSize=x", "parent=No__c", "startRow=1"]
)
def test_pk_chunking_that_isnt_one_is_refused(client: BatchClient, header: str) -> None:
    answer = client.send(
        "POST",
        "/job",
        json={"operation": "query", "object": "Contact", "contentType": "CSV"},
        headers={"Sforce-Enable-PKChunking": header},
    )

    assert refused(answer)[:2] == (400, "InvalidJob")


@pytest.mark.parametrize("kind", ["ingest", "query"])
def test_the_days_batches_are_counted(client: BatchClient, org: Org, kind: str) -> None:
    before = org.limits.used("DailyBulkApiBatches")
    client.ended(client.job("insert" if kind == "ingest" else "query"), "LastName\nA\n")
    assert org.limits.used("DailyBulkApiBatches") == before + 1

    org.limits.use("DailyBulkApiBatches", 15_000)
    assert refused(client.post(client.job(), "LastName\nA\n"))[:2] == (400, "ExceededQuota")
