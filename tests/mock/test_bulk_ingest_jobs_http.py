"""Bulk API 2.0 ingest jobs over raw HTTP: their life, the keys of each answer, what is refused and how.

Each test names the row of specs/reference that it holds the fake org to.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.providers import bulk_ingest
from tests.mock.bulk_client import RESULT_SETS, BulkClient
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.server import MockServer

CREATED = ["id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state"]
JSON = {"Content-Type": "application/json"}
TWO = b"LastName,Email\nLovelace,ada@example.com\n,nobody@example.com\n"


@pytest.fixture
def client(mock_server: MockServer) -> Iterator[BulkClient]:
    mock_server.org.reset()
    with BulkClient(mock_server.url) as found:
        yield found


@row("bulk_v2.md#1", "| I1 |")
@row("bulk_v2.md#2", "| object |")
@row("bulk_v2.md#2", "| contentType |")
@row("bulk_v2.md#2", "Response (create)")
@row("bulk_v2.md#2", '"id":"7508d')
@row("bulk_v2.md#3", "| (none) |")
@row("bulk_v2.md#8", "Ids: jobs start")
def test_a_job_is_created_with_the_keys_of_the_recordings_in_their_order(client: BulkClient) -> None:
    """Row: bulk_v2.md section 2, `Presence per call` [S]."""
    job = client.json(
        "POST", "/jobs/ingest", json={"object": "account", "operation": "upsert", "externalIdFieldName": "code__c"}
    )
    assert list(job) == [
        *CREATED,
        "externalIdFieldName",
        "concurrencyMode",
        "contentType",
        "apiVersion",
        "contentUrl",
        "lineEnding",
        "columnDelimiter",
    ]
    assert job["id"].startswith("750")
    assert len(job["id"]) == 18
    assert job["contentUrl"] == f"services/data/v67.0/jobs/ingest/{job['id']}/batches"
    assert (job["object"], job["externalIdFieldName"]) == ("Account", "Code__c")
    assert (job["state"], job["concurrencyMode"], job["contentType"], job["apiVersion"]) == (
        "Open",
        "Parallel",
        "CSV",
        67.0,
    )
    assert (job["lineEnding"], job["columnDelimiter"]) == ("LF", "COMMA")
    assert job["createdDate"].endswith("+0000")


@row("bulk_v2.md#2", "Presence per call")
@row("bulk_v2.md#2", "JobInfo field types")
@row("bulk_v2.md#1", "| I3 |")
@row("bulk_v2.md#1", "| I4 |")
@row("bulk_v2.md#3", "| Open | I3")
@row("bulk_v2.md#3", "| UploadComplete | picked")
@row("bulk_v2.md#3", "| InProgress | done")
def test_the_answers_on_a_job_s_way_have_the_keys_of_the_recordings(client: BulkClient) -> None:
    """Row: bulk_v2.md section 2, `Presence per call` [S], and section 3, the state machine."""
    job_id = client.open_job()
    opened = client.json("GET", f"/jobs/ingest/{job_id}")
    form = ["jobType", "lineEnding", "columnDelimiter"]
    basis = [*CREATED, "concurrencyMode", "contentType", "apiVersion"]
    times = ["retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"]
    assert list(opened) == [*basis, "contentUrl", *form, *times]
    client.upload(job_id, TWO)
    assert client.json("GET", f"/jobs/ingest/{job_id}")["state"] == "Open"
    closed = client.close(job_id)
    assert list(closed) == basis
    assert closed["state"] == "UploadComplete"
    working = client.json("GET", f"/jobs/ingest/{job_id}")
    assert working["state"] == "InProgress"
    done = client.json("GET", f"/jobs/ingest/{job_id}")
    assert list(done) == [*basis, *form, "numberRecordsProcessed", "numberRecordsFailed", *times]
    assert (done["state"], done["jobType"]) == ("JobComplete", "V2Ingest")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)


@row("bulk_v2.md#2", "| assignmentRuleId |")
def test_an_assignment_rule_is_kept_and_told(client: BulkClient) -> None:
    rule = "01Q000000000001AAA"
    job = client.json("POST", "/jobs/ingest", json={"object": "Lead", "operation": "insert", "assignmentRuleId": rule})
    assert job["assignmentRuleId"] == rule
    assert client.json("GET", f"/jobs/ingest/{job['id']}")["assignmentRuleId"] == rule


@row("bulk_v2.md#1", "| I2 |")
def test_the_upload_goes_to_the_content_url(client: BulkClient) -> None:
    """Row: bulk_v2.md section 1, I2: `path also given as contentUrl, no leading slash`."""
    job = client.json("POST", "/jobs/ingest", json={"object": "Contact", "operation": "insert"})
    answer = client.send("PUT", f"/{job['contentUrl']}", content=TWO, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.content) == (201, b"")


def test_job_ids_are_taken_with_15_characters_too(client: BulkClient) -> None:
    job_id = client.open_job()
    assert client.json("GET", f"/jobs/ingest/{job_id[:15]}")["id"] == job_id


@row("bulk_v2.md#7", "| second PUT")
@row("bulk_v2.md#3", "| Open | I2")
def test_a_second_upload_is_refused_in_the_recorded_words(client: BulkClient) -> None:
    """Row: bulk_v2.md section 7, second PUT on a job [S]."""
    job_id = client.open_job()
    client.upload(job_id, TWO)
    refused = client.refused("PUT", f"/jobs/ingest/{job_id}/batches", content=TWO, headers={"Content-Type": "text/csv"})
    message = (
        f"Found multipe contents for job: <{job_id[:15]}>, please 'Close' / 'Abort' / 'Delete' the current Job then"
        " create a new Job and make sure you only do 'PUT' once on a given Job."
    )
    assert refused == (400, "BULK_API_ERROR", message)


def test_an_upload_to_a_closed_job_is_refused(client: BulkClient) -> None:
    """Row: bulk_v2.md section 7, PUT on closed job [E?]."""
    job_id = client.open_job()
    client.upload(job_id, TWO)
    client.close(job_id)
    status, code, _message = client.refused(
        "PUT", f"/jobs/ingest/{job_id}/batches", content=TWO, headers={"Content-Type": "text/csv"}
    )
    assert (status, code) == (400, "INVALIDJOBSTATE")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"object": "Foo__c", "operation": "insert"}, "INVALIDJOB", "InvalidJob : Unable to find object: Foo__c"),
        ({"object": "", "operation": "insert"}, "INVALIDJOB", "InvalidJob : Unable to find object: "),
        ({"operation": "insert"}, "INVALIDJOB", "InvalidJob : Unable to find object: "),
        (
            {"object": "Contact", "operation": "x"},
            "API_ERROR",
            "Invalid value: 'x' supplied for property: 'operation'",
        ),
        (
            {"object": "Contact", "operation": "insert", "contentType": "XML"},
            "API_ERROR",
            "Invalid value: 'XML' supplied for property: 'contentType'",
        ),
        (
            {"object": "Contact", "operation": "insert", "columnDelimiter": ","},
            "API_ERROR",
            "Invalid value: ',' supplied for property: 'columnDelimiter'",
        ),
        (
            {"object": "Account", "operation": "upsert", "externalIdFieldName": "X"},
            "INVALIDJOB",
            "InvalidJob : Field name provided, X does not match an External ID for Account",
        ),
        (
            {"object": "Account", "operation": "upsert", "externalIdFieldName": "Industry"},
            "INVALIDJOB",
            "InvalidJob : Field name provided, Industry does not match an External ID for Account",
        ),
        (
            {"object": "Contact", "operation": "upsert"},
            "INVALIDJOB",
            "InvalidJob : External ID was blank for Contact. An External ID must be specified for upsert.",
        ),
    ],
)
@row("bulk_v2.md#7", "| unknown or empty object")
@row("bulk_v2.md#7", "| bad `externalIdFieldName`")
@row("bulk_v2.md#7", "| bad enum")
@row("bulk_v2.md#2", "| externalIdFieldName |")
@row("bulk_v2.md#2", "| operation |")
@row("bulk_v2.md#7", "HTTP body: REST array")
def test_bad_jobs_are_refused_in_salesforce_s_words(
    client: BulkClient, body: dict[str, Any], code: str, message: str
) -> None:
    """Rows: bulk_v2.md section 7, the first five of the HTTP table [S]."""
    assert client.refused("POST", "/jobs/ingest", json=body) == (400, code, message)


@pytest.mark.parametrize("kind", ["ingest", "query"])
@pytest.mark.parametrize("job_id", ["750Sf0000000999AAA", "7508d00000AbCdEAAV", "nonsense"])
@row("bulk_v2.md#7", "| unknown/deleted job")
def test_unknown_jobs_are_not_found(client: BulkClient, kind: str, job_id: str) -> None:
    """Row: bulk_v2.md section 7, unknown or deleted job [P/S]."""
    wanted = (404, "NOT_FOUND", "The requested resource does not exist")
    paths = ["results", "resultPages"] if kind == "query" else RESULT_SETS
    assert client.refused("GET", f"/jobs/{kind}/{job_id}") == wanted
    assert client.refused("DELETE", f"/jobs/{kind}/{job_id}") == wanted
    assert client.refused("PATCH", f"/jobs/{kind}/{job_id}", json={"state": "Aborted"}) == wanted
    for path in paths:
        assert client.refused("GET", f"/jobs/{kind}/{job_id}/{path}") == wanted


def test_an_ingest_job_is_no_query_job(client: BulkClient) -> None:
    assert client.refused("GET", f"/jobs/query/{client.open_job()}")[0] == 404


@row("bulk_v2.md#7", "| abort of completed job")
def test_a_job_with_a_bad_row_is_complete_and_can_t_be_aborted(client: BulkClient) -> None:
    """Rows: bulk_v2.md section 3, `JobComplete with numberRecordsFailed>0 is normal`; section 7, abort [P/S]."""
    loaded = client.load(TWO)
    assert (loaded.state, loaded.counts) == ("JobComplete", (1, 1, 0))
    assert client.refused("PATCH", f"/jobs/ingest/{loaded.info['id']}", json={"state": "Aborted"}) == (
        400,
        "INVALIDJOBSTATE",
        "Aborting already Completed Job not allowed",
    )


@row("bulk_v2.md#4", "| unprocessedrecords |")
@row("bulk_v2.md#1", "| I9 |")
@row("bulk_v2.md#3", "I3 Aborted")
def test_an_aborted_job_leaves_its_rows_unprocessed(client: BulkClient) -> None:
    """Row: bulk_v2.md section 4, unprocessedrecords: `rows never attempted (Failed/Aborted jobs)`."""
    job_id = client.open_job()
    client.upload(job_id, TWO)
    assert client.abort(f"/jobs/ingest/{job_id}")["state"] == "Aborted"
    successful, failed, unprocessed = (client.result_set(job_id, which) for which in RESULT_SETS)
    assert successful == '"sf__Id","sf__Created",LastName,Email\n'
    assert failed == '"sf__Id","sf__Error",LastName,Email\n'
    assert unprocessed == 'LastName,Email\n"Lovelace","ada@example.com"\n"","nobody@example.com"\n'


@row("bulk_v2.md#1", "| I6 |")
@row("bulk_v2.md#3", "Delete of an **ingest** job")
def test_a_deleted_job_is_gone(client: BulkClient) -> None:
    """Row: bulk_v2.md section 3, delete allowed in UploadComplete, JobComplete, Aborted, Failed [P]."""
    job_id = client.load(TWO).info["id"]
    assert client.send("DELETE", f"/jobs/ingest/{job_id}").status_code == 204
    assert client.refused("GET", f"/jobs/ingest/{job_id}/failedResults")[0] == 404
    queued = client.open_job()
    client.upload(queued, TWO)
    client.close(queued)
    assert client.send("DELETE", f"/jobs/ingest/{queued}").status_code == 204
    assert client.refused("GET", f"/jobs/ingest/{queued}")[0] == 404


def test_an_open_job_is_not_deleted(client: BulkClient) -> None:
    """Row: bulk_v2.md section 3, the paragraph on delete [P]."""
    assert client.refused("DELETE", f"/jobs/ingest/{client.open_job()}") == (
        400,
        "API_ERROR",
        "Error encountered when deleting the job because the job is not terminated",
    )


def test_results_of_a_running_job_are_refused(client: BulkClient) -> None:
    """Row: bulk_v2.md section 4, `Reading results before the job is terminal` [E?]."""
    job_id = client.open_job()
    for which in RESULT_SETS:
        status, code, _message = client.refused("GET", f"/jobs/ingest/{job_id}/{which}")
        assert (status, code) == (400, "INVALIDJOBSTATE")


@row("bulk_v2.md#1", "Trailing slash")
@row("bulk_v2.md#1", "| I7 |")
@row("bulk_v2.md#1", "| I8 |")
def test_result_paths_may_end_with_a_slash(client: BulkClient) -> None:
    """Row: bulk_v2.md section 1, `Trailing slash is optional on I7-I9`."""
    loaded = client.load(TWO)
    for which, text in zip(RESULT_SETS, loaded.texts, strict=True):
        assert client.result_set(loaded.info["id"], f"{which}/") == text


@row("bulk_v2.md#2", "Multipart create")
def test_a_multipart_request_creates_loads_and_closes_in_one_call(client: BulkClient) -> None:
    """Row: bulk_v2.md section 2, multipart create [P], state after it [E]."""
    parts = {
        "job": (None, '{"object":"Contact","operation":"insert"}', "application/json"),
        "content": ("content", TWO, "text/csv"),
    }
    job = client.json("POST", "/jobs/ingest", files=parts)
    assert job["state"] == "UploadComplete"
    assert "contentUrl" not in job
    done = client.ended(f"/jobs/ingest/{job['id']}")
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("JobComplete", 2, 1)


def test_a_multipart_request_of_more_than_100_000_characters_is_refused(client: BulkClient) -> None:
    """Row: bulk_v2.md section 2, `Multipart create (total <= 100,000 chars)` [P]."""
    parts = {
        "job": (None, '{"object":"Contact","operation":"insert"}', "application/json"),
        "content": ("content", b"LastName\n" + b"x\n" * 50_000, "text/csv"),
    }
    assert client.refused("POST", "/jobs/ingest", files=parts)[0] == 400


@row("bulk_v2.md#1", "| I5 |")
@row("bulk_v2.md#5", "List (I5/Q7)")
def test_the_list_has_a_thousand_jobs_per_page_and_a_locator_to_the_rest(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, List: shape, page size and form of the next URL."""
    made = {client.open_job() for _ in range(1_003)}
    first = client.json("GET", "/jobs/ingest")
    assert (first["done"], len(first["records"])) == (False, 1_000)
    path, _, query = first["nextRecordsUrl"].partition("?queryLocator=01g")
    assert path == "/services/data/v67.0/jobs/ingest"
    assert query.endswith("-1000")
    last = client.json("GET", first["nextRecordsUrl"])
    assert (last["done"], last["nextRecordsUrl"]) == (True, None)
    assert {job["id"] for page in (first, last) for job in page["records"]} == made
    assert last["records"][0]["jobType"] == "V2Ingest"


def test_lists_are_filtered_by_job_type_and_pk_chunking(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, jobType filter values."""
    client.open_job()
    assert len(client.json("GET", "/jobs/ingest?jobType=V2Ingest")["records"]) == 1
    for nothing in ("jobType=Classic", "jobType=BigObjectIngest", "isPkChunkingEnabled=true"):
        assert client.json("GET", f"/jobs/ingest?{nothing}") == {"done": True, "nextRecordsUrl": None, "records": []}
    assert client.refused("GET", "/jobs/ingest?queryLocator=nonsense")[0] == 400


@row("bulk_v2.md#3", "| Open > 24 h")
@row("bulk_v2.md#8", "| job open |")
@row("bulk_v2.md#8", "| job + results retention")
def test_a_job_that_stays_open_for_a_day_is_aborted_and_forgotten_a_week_later(
    client: BulkClient, mock_server: MockServer
) -> None:
    """Rows: bulk_v2.md section 3, `Open > 24 h`; section 8, retention 7 days after the terminal state."""
    job_id = client.open_job()
    mock_server.org.clock.advance(24 * 3600 + 1)
    with BulkClient(mock_server.url) as later:
        assert later.json("GET", f"/jobs/ingest/{job_id}")["state"] == "Aborted"
    mock_server.org.clock.advance(7 * 24 * 3600 + 1)
    with BulkClient(mock_server.url) as later:
        assert later.refused("GET", f"/jobs/ingest/{job_id}")[0] == 404


@row("bulk_v2.md#8", "| batches per 24 h")
def test_internal_batches_count_against_the_day_s_and_stop_the_job_when_they_are_used_up(
    client: BulkClient, mock_server: MockServer
) -> None:
    """Rows: bulk_v2.md section 4, rows beyond the allocation are in no file [P]; section 8, batches per 24 h."""
    limits = mock_server.org.limits
    client.load(TWO)
    assert limits.used("DailyBulkApiBatches") == 1
    limits.use("DailyBulkApiBatches", limits.maximum("DailyBulkApiBatches") - 2)
    loaded = client.load("LastName\n" + "x\n" * 10_001)
    assert (loaded.state, loaded.counts) == ("Failed", (10_000, 0, 0))
    assert loaded.info["errorMessage"].startswith("ExceededQuota : ")


@row("bulk_v2.md#8", "| data per job |")
def test_an_upload_over_the_limit_is_refused_and_the_job_stays_open(
    client: BulkClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row: bulk_v2.md section 7, `over 150 MB` [E?]; the limit is made small, not the upload large."""
    monkeypatch.setattr(bulk_ingest, "MAX_UPLOAD_BYTES", len(TWO) - 1)
    job_id = client.open_job()
    refused = client.refused("PUT", f"/jobs/ingest/{job_id}/batches", content=TWO, headers={"Content-Type": "text/csv"})
    assert refused == (413, "BULK_API_ERROR", "ClientInputError : Uploaded data exceeds the maximum size")
    client.upload(job_id, TWO[:-1])


def test_a_gzipped_upload_is_taken(client: BulkClient) -> None:
    """Row: rest.md, base: `gzip both ways (Accept-Encoding, Content-Encoding)`."""
    job_id = client.open_job()
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    answer = client.send("PUT", f"/jobs/ingest/{job_id}/batches", content=gzip.compress(TWO), headers=headers)
    assert answer.status_code == 201
    client.close(job_id)
    assert client.ended(f"/jobs/ingest/{job_id}")["numberRecordsProcessed"] == 2


def test_an_upload_of_another_media_type_is_refused(client: BulkClient) -> None:
    """Row: bulk_v2.md section 1, I2: `Content-Type: text/csv`."""
    path = f"/jobs/ingest/{client.open_job()}/batches"
    assert client.refused("PUT", path, content=TWO, headers={"Content-Type": "application/xml"})[0] == 415


def test_a_value_of_the_wrong_json_type_is_refused_with_its_place(client: BulkClient) -> None:
    """Reported by users of other clients: `Value does not match expected type at [line:1, column:22]` [S]."""
    assert client.refused("POST", "/jobs/ingest", content=b'{"object":"Contact", "operation":1}', headers=JSON) == (
        400,
        "API_ERROR",
        "Value does not match expected type at [line:1, column:34]",
    )
