"""Jobs of Bulk API 1.0 by raw HTTP: made, told, changed, refused."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.bulk_v1_client import NAMESPACE, BatchClient, facts, job_xml, local, refused
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

XML_ORDER = [
    *("id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "externalIdFieldName"),
    *("concurrencyMode", "contentType", "numberBatchesQueued", "numberBatchesInProgress", "numberBatchesCompleted"),
    *("numberBatchesFailed", "numberBatchesTotal", "numberRecordsProcessed", "numberRetries", "apiVersion"),
    *("assignmentRuleId", "numberRecordsFailed", "totalProcessingTime", "apiActiveProcessingTime"),
    "apexProcessingTime",
]
UPSERT = {"operation": "upsert", "object": "Account", "externalIdFieldName": "Code__c", "contentType": "CSV"}
XML = {"Content-Type": "application/xml; charset=UTF-8"}


@pytest.fixture
def client(raw: RawOrg) -> BatchClient:
    """A client of CSV jobs."""
    return BatchClient(raw)


@row("bulk_v1.md#1", "POST `/job`")
@row("bulk_v1.md#2", "element order is fixed")
@row("bulk_v1.md#2", "<jobInfo xmlns")
@row("bulk_v1.md#2", "| id | string |")
@row("bulk_v1.md#2", "XML dates use")
def test_a_job_that_is_made_in_xml_is_told_in_xml_in_the_schemas_order(client: BatchClient) -> None:
    document = job_xml(
        operation="upsert",
        object="Account",
        externalIdFieldName="Code__c",
        concurrencyMode="Parallel",
        contentType="CSV",
        assignmentRuleId="01Qxx0000004C92EAE",
    )
    answer = client.send("POST", "/job", content=document, headers=XML)

    root = ET.fromstring(answer.content)
    assert (answer.status_code, root.tag) == (201, f"{{{NAMESPACE}}}jobInfo")
    assert [local(each) for each in root] == XML_ORDER
    told = facts(answer)
    assert told["id"].startswith("750")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", told["createdDate"])
    assert (told["state"], told["assignmentRuleId"]) == ("Open", "01Qxx0000004C92EAE")


@row("bulk_v1.md#2", '{"apexProcessingTime":0')
@row("bulk_v1.md#2", "| fastPathEnabled |")
@row("bulk_v1.md#2", "| apiVersion |")
@row("bulk_v1.md#2", "| createdById")
@row("bulk_v1.md#2", "| totalProcessingTime")
@row("bulk_v1.md#2", "| numberRetries |")
def test_a_job_that_is_made_in_json_is_told_in_json_with_every_key(client: BatchClient, org: Org) -> None:
    told = client.send("POST", "/job", json={"operation": "insert", "object": "contact", "contentType": "JSON"}).json()

    assert sorted(told) == sorted([*XML_ORDER, "fastPathEnabled"])
    assert told["createdDate"].endswith(".000+0000")
    assert told["createdById"] == org.identity.admin_id
    assert (told["apiVersion"], told["numberRetries"], told["totalProcessingTime"]) == (67.0, 0, 0)
    assert (told["object"], told["externalIdFieldName"], told["fastPathEnabled"]) == ("Contact", None, False)


@row("bulk_v1.md#2", "| concurrencyMode |")
@row("bulk_v1.md#2", "| contentType |")
def test_a_job_is_parallel_and_of_xml_unless_it_says_otherwise(client: BatchClient) -> None:
    told = client.send("POST", "/job", json={"operation": "insert", "object": "Contact"}).json()

    assert (told["concurrencyMode"], told["contentType"]) == ("Parallel", "XML")


@row("bulk_v1.md#1", "GET `/job/{jobId}` |")
@row("bulk_v1.md#1", "Response format of job/batch resources")
@pytest.mark.parametrize(("content_type", "told"), [("JSON", "json"), ("CSV", "xml"), ("XML", "xml")])
def test_a_job_is_told_in_its_own_format_whatever_the_caller_takes(
    client: BatchClient, content_type: str, told: str
) -> None:
    job_id = client.job(contentType=content_type)

    for accept in ("application/json", "application/xml", "*/*"):
        answer = client.send("GET", f"/job/{job_id}", headers={"Accept": accept})
        # salesforce-bulk reads JSON only where nothing follows the type.
        assert answer.headers["content-type"] == f"application/{told}"
        assert facts(answer)["id"] == job_id


@pytest.mark.parametrize(("number", "mode"), [(0, "Parallel"), (1, "Serial")])
def test_a_mode_may_be_given_by_its_number(client: BatchClient, number: int, mode: str) -> None:
    """As simple-salesforce gives it."""
    document = {"operation": "insert", "object": "Account", "contentType": "JSON", "concurrencyMode": number}

    assert client.send("POST", "/job", json=document).json()["concurrencyMode"] == mode


@pytest.mark.parametrize("mode", [2, -1, True, 0.5, "Fast", [], {}])
def test_a_mode_that_is_none_is_refused(client: BatchClient, mode: object) -> None:
    document = {"operation": "insert", "object": "Account", "contentType": "JSON", "concurrencyMode": mode}
    answer = client.send("POST", "/job", json=document)

    assert (answer.status_code, answer.json()["exceptionCode"]) == (400, "InvalidJob")


@row("bulk_v1.md#1", "POST `/job/{jobId}` | close/abort")
@row("bulk_v1.md#2", "| state | enum |")
@pytest.mark.parametrize("state", ["Closed", "Aborted"])
def test_a_state_is_changed_in_json_and_in_xml(client: BatchClient, state: str) -> None:
    one, other = client.job(), client.job()

    assert client.send("POST", f"/job/{one}", json={"state": state}).json()["state"] == state
    answer = client.send("POST", f"/job/{other}", content=job_xml(state=state), headers=XML)
    assert facts(answer)["state"] == state


@row("bulk_v1.md#6", "CreatedById cannot be specified")
@row("bulk_v1.md#2", "| externalIdFieldName |")
@row("bulk_v1.md#2", "| assignmentRuleId |")
@pytest.mark.parametrize("name", ["createdById", "numberRetries"])
def test_what_is_read_only_cant_be_sent(client: BatchClient, name: str) -> None:
    expected = (400, "InvalidJob", f"{name[0].upper()}{name[1:]} cannot be specified")
    job = {"operation": "insert", "object": "Contact"}
    job_id = client.job()

    assert refused(client.send("POST", "/job", json={**job, name: "x"})) == expected
    assert refused(client.send("POST", "/job", content=job_xml(**job, **{name: "x"}), headers=XML)) == expected
    assert refused(client.send("POST", f"/job/{job_id}", json={"state": "Closed", "externalIdFieldName": "x"}))[:2] == (
        400,
        "InvalidJob",
    )


@row("bulk_v1.md#6", "Unable to parse Job")
@row("bulk_v1.md#2", "| operation | enum |")
@pytest.mark.parametrize(
    "job",
    [
        {"operation": "INSERT", "object": "Contact"},
        {"operation": "insert", "object": "Contact", "contentType": "csv"},
        {"operation": "insert", "object": "Contact", "concurrencyMode": "parallel"},
        {"operation": "insert", "object": "Contact", "nonsense": "x"},
        {"object": "Contact"},
    ],
)
def test_what_no_job_can_have_is_unreadable_in_json_and_xml(client: BatchClient, job: dict[str, str]) -> None:
    expected = (400, "InvalidJob", "Unable to parse Job")

    assert refused(client.send("POST", "/job", json=job)) == expected
    assert refused(client.send("POST", "/job", content=job_xml(**job), headers=XML)) == expected


@row("bulk_v1.md#6", "elements out of order")
def test_elements_out_of_order_are_unreadable(client: BatchClient) -> None:
    document = job_xml(object="Contact", operation="insert")

    assert refused(client.send("POST", "/job", content=document, headers=XML))[1:] == (
        "InvalidJob",
        "Unable to parse Job",
    )


@pytest.mark.parametrize("document", ["<jobInfo", "<!DOCTYPE a [<!ENTITY b 'c'>]><jobInfo>&b;</jobInfo>", ""])
def test_xml_that_cant_be_read_is_invalid_xml(client: BatchClient, document: str) -> None:
    assert refused(client.send("POST", "/job", content=document, headers=XML))[:2] == (400, "InvalidXml")


@row("bulk_v1.md#6", "Unable to find object: X")
@row("bulk_v1.md#2", "| object | string |")
def test_an_object_that_isnt_there_is_named(client: BatchClient) -> None:
    answer = client.send("POST", "/job", json={"operation": "insert", "object": "Nothing__c"})

    assert refused(answer) == (400, "InvalidJob", "Unable to find object: Nothing__c")


@row("bulk_v1.md#6", "is not supported by the Bulk API")
def test_an_object_that_cant_be_changed_is_no_entity_for_a_load(client: BatchClient, org: Org) -> None:
    name = next(each.name for each in org.schema.values() if not each.createable)
    answer = client.send("POST", "/job", json={"operation": "insert", "object": name})

    assert refused(answer) == (400, "InvalidEntity", f"Entity '{name}' is not supported by the Bulk API.")


@pytest.mark.parametrize("field", [None, "Name", "Nonsense__c"])
def test_an_upsert_needs_a_field_that_records_are_found_by(client: BatchClient, field: str | None) -> None:
    job = {**UPSERT, "externalIdFieldName": field} if field else {k: v for k, v in UPSERT.items() if v != "Code__c"}

    assert refused(client.send("POST", "/job", json=job))[:2] == (400, "InvalidJob")


@row("bulk_v1.md#6", "HTTP 400 (also for bad sessions)")
@row("errors_and_limits.md#1", "| Bulk v1 |")
@row("bulk_v1.md#6", "| InvalidSessionId |")
@row("bulk_v1.md#6", "<exceptionCode>InvalidSessionId")
@row("bulk_v1.md#6", '{"exceptionCode":"InvalidBatch"')
def test_a_bad_session_is_a_400_in_the_callers_format(client: BatchClient) -> None:
    job_id = client.job()
    bearer = {"X-SFDC-Session": "", "Authorization": f"Bearer {client.raw.token}"}

    for headers in ({"X-SFDC-Session": "00Dxx!nobody"}, bearer):
        answer = client.send("GET", f"/job/{job_id}", headers=headers)
        assert answer.headers["content-type"] == "application/xml"
        assert refused(answer) == (400, "InvalidSessionId", "Invalid session id")
    answer = client.send("POST", "/job", json={}, headers={"X-SFDC-Session": "00Dxx!nobody"})
    assert answer.json() == {"exceptionCode": "InvalidSessionId", "exceptionMessage": "Invalid session id"}


@row("bulk_v1.md#6", "exceptionCode enum", "retired version")
def test_other_refusals_have_codes_of_this_api(client: BatchClient) -> None:
    assert refused(client.send("GET", "/job/750xx000000001hAAA", version="30.0"))[:2] == (400, "InvalidVersion")
    assert refused(client.send("GET", "/job/750xx000000001hAAA", version="v67.0"))[:2] == (400, "InvalidUrl")
    assert refused(client.send("GET", "/jobs"))[:2] == (400, "InvalidUrl")
    assert refused(client.send("GET", "/job/750xx000000001hAAA"))[:2] == (400, "InvalidJob")
    assert refused(client.send("GET", f"/job/{client.job()}/batch/751xx000000001hAAA"))[:2] == (400, "InvalidBatch")


@row("bulk_v1.md#6", "Current job state is 'Closed'")
@row("bulk_v1.md#3", "Job done when")
def test_a_closed_job_takes_no_batch_and_is_done_when_its_batches_add_up(client: BatchClient) -> None:
    job_id = client.job()
    client.ended(job_id, "LastName\nA\n")
    client.ended(job_id, "Nonsense__c\nA\n")
    told = facts(client.send("POST", f"/job/{job_id}", content=job_xml(state="Closed"), headers=XML))

    assert [told[f"numberBatches{each}"] for each in ("Completed", "Failed", "Total")] == ["1", "1", "2"]
    expected = "Failed to create batch, since the Job is not Open. Current job state is 'Closed'"
    assert refused(client.post(job_id, "LastName\nB\n")) == (400, "InvalidJobState", expected)
    assert refused(client.send("POST", f"/job/{job_id}", json={"state": "Closed"}))[1] == "InvalidJobState"


@row("bulk_v1.md#1", "POST `/job/{jobId}/spec`")
def test_a_transformation_spec_maps_columns_to_fields(client: BatchClient) -> None:
    job_id = client.job()
    spec = "Salesforce Field,Csv Header,Value,Hint\nLastName,Surname,Unknown,\nTitle,,Dr,\n"
    answer = client.send("POST", f"/job/{job_id}/spec", content=spec, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.content) == (201, b"")

    client.ended(job_id, "Surname,FirstName\nByron,Ada\n,Nobody\n")

    found = client.raw.get("/query", params={"q": "SELECT LastName, Title, FirstName FROM Contact ORDER BY LastName"})
    rows: list[dict[str, Any]] = found["records"]
    assert [(each["LastName"], each["Title"], each["FirstName"]) for each in rows] == [
        ("Byron", "Dr", "Ada"),
        ("Unknown", "Dr", "Nobody"),
    ]


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("Salesforce Field,Csv Header\nLastName,Surname\n", "InvalidBatch"),
        ("Salesforce Field,Csv Header,Value,Hint\n,Surname,,\n", "InvalidBatch"),
        ("Salesforce Field,Csv Header,Value,Hint\nBirthdate,Born,,dd.MM.yyyy\n", "FeatureNotEnabled"),
    ],
)
def test_a_transformation_spec_that_isnt_one_is_refused(client: BatchClient, spec: str, code: str) -> None:
    answer = client.send("POST", f"/job/{client.job()}/spec", content=spec, headers={"Content-Type": "text/csv"})

    assert refused(answer)[:2] == (400, code)


def test_a_transformation_spec_comes_before_the_first_batch_of_csv(client: BatchClient) -> None:
    spec = {"content": "Salesforce Field,Csv Header,Value,Hint\n", "headers": {"Content-Type": "text/csv"}}
    job_id = client.job()
    client.add(job_id, "LastName\nA\n")

    assert refused(client.send("POST", f"/job/{job_id}/spec", **spec))[1] == "InvalidJobState"
    assert refused(client.send("POST", f"/job/{client.job(contentType='XML')}/spec", **spec))[1] == "InvalidJob"


@row("bulk_v1.md#7", "job open ≤ 24 h")
def test_a_job_is_closed_after_a_day_and_forgotten_after_a_week(client: BatchClient, org: Org) -> None:
    job_id = client.job()
    org.clock.advance(24 * 3600 + 1)
    client.raw.login()
    assert facts(client.send("GET", f"/job/{job_id}"))["state"] == "Closed"

    org.clock.advance(7 * 24 * 3600 + 1)
    client.raw.login()
    assert refused(client.send("GET", f"/job/{job_id}"))[:2] == (400, "InvalidJob")
