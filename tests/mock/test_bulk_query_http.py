"""Bulk API 2.0 query jobs over raw HTTP: their life, pages, links, refusals.

Each test names the row of specs/reference that it holds the fake org to.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.bulk_client import BulkClient, rows
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.server import MockServer

SOQL = "SELECT LastName, Email FROM Contact ORDER BY LastName"


@pytest.fixture
def client(mock_server: MockServer) -> Iterator[BulkClient]:
    mock_server.org.reset()
    with BulkClient(mock_server.url) as found:
        yield found


def ten(client: BulkClient) -> None:
    """Ten contacts, one of them with a line end in its name."""
    names = [*(f"Row {number}" for number in range(9)), '"Row 9\nof many"']
    client.load("LastName,Email\n" + "".join(f"{name},a@example.com\n" for name in names))


@row("bulk_v2.md#1", "| Q1 |")
@row("bulk_v2.md#1", "| Q2 |")
@row("bulk_v2.md#3", "Query states")
@row("bulk_v2.md#5", "Request: operation")
def test_a_query_job_is_never_open_and_has_the_keys_of_the_guide(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, `Response keys as ingest minus contentUrl. GET adds ...`; section 3, query states."""
    ten(client)
    job = client.json("POST", "/jobs/query", json={"operation": "query", "query": SOQL})
    basis = ["id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "concurrencyMode"]
    basis += ["contentType", "apiVersion"]
    form = ["lineEnding", "columnDelimiter"]
    assert list(job) == [*basis, *form]
    assert (job["state"], job["object"], job["operation"]) == ("UploadComplete", "Contact", "query")
    assert client.json("GET", f"/jobs/query/{job['id']}")["state"] == "InProgress"
    done = client.json("GET", f"/jobs/query/{job['id']}")
    counters = ["numberRecordsProcessed", "retries", "totalProcessingTime", "isPkChunkingSupported"]
    assert list(done) == [*basis, "jobType", *form, *counters]
    assert (done["state"], done["jobType"], done["numberRecordsProcessed"]) == ("JobComplete", "V2Query", 10)
    assert done["isPkChunkingSupported"] is False


@row("bulk_v2.md#1", "| Q3 |")
@row("bulk_v2.md#5", "| `maxRecords`")
@row("bulk_v2.md#5", "| `locator`")
@row("bulk_v2.md#5", "Sforce-NumberOfRecords` |")
@row("bulk_v2.md#5", "| header row |")
@row("bulk_v2.md#5", "Results (Q3)")
def test_pages_have_a_header_each_and_join_to_the_result(client: BulkClient) -> None:
    """Rows: bulk_v2.md section 5, maxRecords, Sforce-Locator, Sforce-NumberOfRecords, header row on every page."""
    ten(client)
    job_id = client.query_job(SOQL)
    found: list[dict[str, str]] = []
    locator: str | None = None
    sizes: list[int] = []
    while locator != "null":
        given = {"maxRecords": "4"} | ({"locator": locator} if locator else {})
        answer = client.send("GET", f"/jobs/query/{job_id}/results", params=given)
        page = rows(answer.content.decode())
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.content.startswith(b'"LastName","Email"\n')
        assert answer.headers["Sforce-NumberOfRecords"] == str(len(page))
        sizes.append(len(page))
        found += page
        locator = answer.headers["Sforce-Locator"]
    assert sizes == [4, 4, 2]
    assert [row["LastName"] for row in found] == [*(f"Row {number}" for number in range(9)), "Row 9\nof many"]


@row("bulk_v2.md#5", "| header row |")
def test_an_empty_result_is_a_header_row(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, header row: empty result [S fixture]."""
    job_id = client.query_job(SOQL)
    answer = client.send("GET", f"/jobs/query/{job_id}/results")
    assert answer.content == b'"LastName","Email"\n'
    assert (answer.headers["Sforce-NumberOfRecords"], answer.headers["Sforce-Locator"]) == ("0", "null")
    links = client.json("GET", f"/jobs/query/{job_id}/resultPages")
    assert (len(links["resultPages"]), links["done"]) == (1, True)


@row("bulk_v2.md#1", "| Q4 |")
@row("bulk_v2.md#5", "Parallel results")
@row("bulk_v2.md#5", '"resultPages":')
@row("bulk_v2.md#5", "Doc inconsistencies")
def test_result_pages_gives_five_links_at_a_time(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, `Parallel results (Q4), up to 5 links per call` [P]."""
    ten(client)
    client.plan(default_page_records=1)
    job_id = client.query_job(SOQL)
    path = f"/services/data/v67.0/jobs/query/{job_id}"
    found: list[str] = []
    url: str | None = f"{path}/resultPages"
    calls = 0
    while url:
        links = client.json("GET", url)
        calls += 1
        assert list(links) == ["resultPages", "nextRecordsUrl", "done"]
        assert links["done"] is (links["nextRecordsUrl"] is None)
        assert len(links["resultPages"]) == 5
        for link in links["resultPages"]:
            assert link["resultUrl"].startswith(f"{path}/results?locator=")
            answer = client.send("GET", link["resultUrl"])
            assert answer.headers["Sforce-NumberOfRecords"] == "1"
            found += [row["LastName"] for row in rows(answer.content.decode())]
        url = links["nextRecordsUrl"]
    assert calls == 2
    assert found == [*(f"Row {number}" for number in range(9)), "Row 9\nof many"]


def test_result_pages_exists_since_58(client: BulkClient) -> None:
    """Row: versions.md, 58.0: `Bulk query resultPages (parallel)`."""
    job_id = client.query_job(SOQL, version="57.0")
    assert client.send("GET", f"/jobs/query/{job_id}/resultPages", version="57.0").status_code == 404


@row("bulk_v2.md#5", "| API version |")
@row("bulk_v2.md#7", "| wrong version for results")
@row("versions.md#2", "Bulk v2 results must be read")
def test_results_are_read_with_the_job_s_own_api_version(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, API version must equal the job's, else 409 [P]."""
    job_id = client.query_job(SOQL, version="60.0")
    assert client.send("GET", f"/jobs/query/{job_id}/results", version="60.0").status_code == 200
    assert client.refused("GET", f"/jobs/query/{job_id}/results", version="61.0")[0] == 409
    assert client.refused("GET", f"/jobs/query/{job_id}/resultPages", version="61.0")[0] == 409


@pytest.mark.parametrize(("version", "header"), [("49.0", b'"Email","LastName"'), ("50.0", b'"LastName","Email"')])
@row("bulk_v2.md#5", "| column order |")
def test_columns_are_in_select_order_since_50_and_by_name_before(
    client: BulkClient, version: str, header: bytes
) -> None:
    """Row: bulk_v2.md section 5, column order."""
    ten(client)
    job_id = client.query_job(SOQL, version=version)
    answer = client.send("GET", f"/jobs/query/{job_id}/results", version=version)
    assert answer.content.startswith(header + b"\n")
    assert rows(answer.content.decode())[0] == {"LastName": "Row 0", "Email": "a@example.com"}


@pytest.mark.parametrize(("version", "text"), [("48.0", "4"), ("67.0", "0:0Ga")])
@row("bulk_v2.md#5", "resp `Sforce-Locator`")
def test_locators_have_the_form_of_their_time(client: BulkClient, version: str, text: str) -> None:
    """Row: bulk_v2.md section 5, Sforce-Locator, both recorded forms [S]."""
    ten(client)
    job_id = client.query_job(SOQL, version=version)
    answer = client.send("GET", f"/jobs/query/{job_id}/results?maxRecords=4", version=version)
    locator = answer.headers["Sforce-Locator"]
    assert base64.b64decode(locator + "==").decode().startswith(text)


@pytest.mark.parametrize("bad", ["locator=nonsense", "locator=null", "maxRecords=0", "maxRecords=-1", "maxRecords=x"])
@row("bulk_v2.md#5", "| bad locator |")
def test_bad_locators_and_page_sizes_are_refused(client: BulkClient, bad: str) -> None:
    """Row: bulk_v2.md section 5, bad locator and maxRecords [E?]."""
    job_id = client.query_job(SOQL)
    assert client.send("GET", f"/jobs/query/{job_id}/results?{bad}").status_code == 400


def test_a_locator_of_another_job_is_refused(client: BulkClient) -> None:
    ten(client)
    one, other = client.query_job(SOQL), client.query_job(SOQL)
    locator = client.send("GET", f"/jobs/query/{one}/results?maxRecords=4").headers["Sforce-Locator"]
    assert client.refused("GET", f"/jobs/query/{other}/results?locator={locator}") == (
        400,
        "API_ERROR",
        "invalid locator",
    )


@row("bulk_v2.md#5", "| when |")
@row("bulk_v2.md#1", "| Q5 |")
def test_results_of_a_running_or_aborted_job_are_refused(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, when: `job must be JobComplete` [P], the answer [E?]."""
    job_id = client.json("POST", "/jobs/query", json={"operation": "query", "query": SOQL})["id"]
    for path in ("results", "resultPages"):
        assert client.refused("GET", f"/jobs/query/{job_id}/{path}")[:2] == (400, "INVALIDJOBSTATE")
    assert client.abort(f"/jobs/query/{job_id}")["state"] == "Aborted"
    assert client.refused("GET", f"/jobs/query/{job_id}/results")[:2] == (400, "INVALIDJOBSTATE")


@row("bulk_v2.md#7", "| delete of a running")
@row("bulk_v2.md#1", "| Q6 |")
def test_a_running_query_job_is_not_deleted_and_a_finished_one_is(client: BulkClient) -> None:
    """Row: bulk_v2.md section 3, delete of a query job [P]."""
    running = client.json("POST", "/jobs/query", json={"operation": "query", "query": SOQL})["id"]
    assert client.refused("DELETE", f"/jobs/query/{running}") == (
        400,
        "API_ERROR",
        "Error encountered when deleting the job because the job is not terminated",
    )
    finished = client.query_job(SOQL)
    assert client.send("DELETE", f"/jobs/query/{finished}").status_code == 204
    assert client.refused("GET", f"/jobs/query/{finished}/results")[0] == 404


def test_a_finished_query_job_is_not_aborted(client: BulkClient) -> None:
    """Row: bulk_v2.md section 7, abort of completed job [P/S]."""
    job_id = client.query_job(SOQL)
    assert client.refused("PATCH", f"/jobs/query/{job_id}", json={"state": "Aborted"}) == (
        400,
        "INVALIDJOBSTATE",
        "Aborting already Completed Job not allowed",
    )


@pytest.mark.parametrize(
    ("soql", "message"),
    [
        ("SELECT MailingAddress FROM Contact", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Foo__c FROM Contact", "No such column 'Foo__c'"),
        ("SELECT COUNT(Id) FROM Contact", "not supported"),
        ("SELECT LastName FROM Contact GROUP BY LastName", "not supported"),
        ("SELECT Id FROM Contact LIMIT 1 OFFSET 1", "not supported"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "not supported"),
        ("SELECT Id FRM Contact", "unexpected token"),
    ],
)
@row("bulk_v2.md#5", "Unsupported SOQL")
@row("bulk_v2.md#7", "| compound field in query")
@row("bulk_v2.md#7", "| bad SOQL on query")
def test_queries_that_bulk_can_t_run_are_refused_at_once(client: BulkClient, soql: str, message: str) -> None:
    """Rows: bulk_v2.md section 5, unsupported SOQL [P]; section 7, compound field [S], bad SOQL."""
    status, code, text = client.refused("POST", "/jobs/query", json={"operation": "query", "query": soql})
    assert (status, code) == (400, "API_ERROR")
    assert message in text


@pytest.mark.parametrize(
    ("member", "value"),
    [("operation", "insert"), ("contentType", "XML"), ("lineEnding", "CR"), ("columnDelimiter", "x")],
)
def test_unknown_values_are_refused_by_name(client: BulkClient, member: str, value: str) -> None:
    """Row: bulk_v2.md section 7, bad enum in create body [S]."""
    body = {"operation": "query", "query": SOQL, member: value}
    assert client.refused("POST", "/jobs/query", json=body) == (
        400,
        "API_ERROR",
        f"Invalid value: '{value}' supplied for property: '{member}'",
    )


def test_query_all_finds_what_lies_in_the_recycle_bin(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, operation `query|queryAll`."""
    ten(client)
    first = client.json("GET", "/query", params={"q": SOQL.replace("LastName, Email", "Id")})["records"][0]["Id"]
    client.load(f"Id\n{first}\n", operation="delete")
    assert client.json("GET", f"/jobs/query/{client.query_job(SOQL)}")["numberRecordsProcessed"] == 9
    both = client.query_job(SOQL, operation="queryAll")
    assert client.json("GET", f"/jobs/query/{both}")["numberRecordsProcessed"] == 10


def test_results_are_in_the_job_s_dialect(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, output dialect; section 5, columnDelimiter and lineEnding of the request."""
    client.load("LastName,Birthdate\nA,1815-12-10\n")
    soql = "SELECT LastName, Birthdate, FirstName, DoNotCall, Account.Name FROM Contact"
    job_id = client.query_job(soql, columnDelimiter="PIPE", lineEnding="CRLF")
    assert client.send("GET", f"/jobs/query/{job_id}/results").content.decode() == (
        '"LastName"|"Birthdate"|"FirstName"|"DoNotCall"|"Account.Name"\r\n"A"|"1815-12-10"|""|"false"|""\r\n'
    )


@row("bulk_v2.md#7", "| query job quota")
@row("bulk_v2.md#8", "| query jobs per 24 h")
def test_query_jobs_count_against_the_day_s(client: BulkClient, mock_server: MockServer) -> None:
    """Row: bulk_v2.md section 7, query job quota [S]."""
    mock_server.org.limits.use("DailyBulkV2QueryJobs", 10_020)
    assert client.refused("POST", "/jobs/query", json={"operation": "query", "query": SOQL}) == (
        400,
        "LIMIT_EXCEEDED",
        "Max bulk v2 query jobs (10000) per 24 hrs has been reached (10021)",
    )


@row("bulk_v2.md#7", "| query volume quota")
@row("bulk_v2.md#8", "| query result volume per 24 h")
def test_the_volume_of_results_counts_against_the_day_s(client: BulkClient, mock_server: MockServer) -> None:
    limits = mock_server.org.limits
    limits.use("DailyBulkV2QueryFileStorageMB", limits.maximum("DailyBulkV2QueryFileStorageMB") + 1)
    status, code, message = client.refused("POST", "/jobs/query", json={"operation": "query", "query": SOQL})
    assert (status, code) == (400, "LIMIT_EXCEEDED")
    assert message.startswith("Max bulk v2 query result size stored (")
    assert message.endswith(") kb per 24 hrs has been exceeded")


@row("bulk_v2.md#7", "| API calls exhausted")
def test_a_job_is_refused_when_the_day_s_calls_are_used_up(client: BulkClient, mock_server: MockServer) -> None:
    limits = mock_server.org.limits
    limits.use("DailyApiRequests", limits.maximum("DailyApiRequests"))
    answer = client.send("POST", "/jobs/query", json={"operation": "query", "query": SOQL})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")


@row("bulk_v2.md#1", "| Q7 |")
def test_the_list_of_query_jobs_leads_to_itself(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, List: the guide prints `jobs/ingest` in it, which no client could follow."""
    job_id = client.query_job(SOQL)
    found: dict[str, Any] = client.json("GET", "/jobs/query?jobType=V2Query&concurrencyMode=Parallel")
    assert [job["id"] for job in found["records"]] == [job_id]
    assert found["records"][0]["jobType"] == "V2Query"
    assert client.json("GET", "/jobs/query?concurrencyMode=Serial")["records"] == []


@row("bulk_v2.md#5", "| `Accept` |")
@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd"])
def test_compression_other_than_gzip_is_ignored(client: BulkClient, encoding: str) -> None:
    ten(client)
    path = f"/jobs/query/{client.query_job(SOQL)}/results"
    answer = client.send("GET", path, headers={"Accept": "text/csv", "Accept-Encoding": encoding})
    assert (answer.status_code, answer.headers.get("content-encoding")) == (200, None)
    assert answer.headers["content-type"].startswith("text/csv")


@row("bulk_v2.md#5", "`Accept-Encoding: gzip`")
def test_results_are_compressed_when_the_client_asks(client: BulkClient) -> None:
    """Row: bulk_v2.md section 5, `Accept-Encoding: gzip`."""
    ten(client)
    job_id = client.query_job(SOQL)
    path = f"/jobs/query/{job_id}/results"
    zipped = client.send("GET", path, headers={"Accept-Encoding": "gzip"})
    plain = client.send("GET", path, headers={"Accept-Encoding": "identity"})
    assert zipped.headers.get("content-encoding") == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.content == plain.content
