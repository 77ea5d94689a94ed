"""Bulk API 2.0 ingest over raw HTTP: what becomes of rows, and what fails a job as a whole.

Each test names the row of specs/reference that it holds the fake org to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.bulk_client import BulkClient, rows
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.server import MockServer

NO_LAST_NAME = "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
WRONG_TYPE = "INVALID_TYPE_ON_FIELD_IN_RECORD"


@pytest.fixture
def client(mock_server: MockServer) -> Iterator[BulkClient]:
    mock_server.org.reset()
    with BulkClient(mock_server.url) as found:
        yield found


def records(client: BulkClient, soql: str) -> list[dict[str, Any]]:
    """What REST finds, without the attributes."""
    found = client.json("GET", "/query", params={"q": soql})["records"]
    return [{name: value for name, value in record.items() if name != "attributes"} for record in found]


@row("bulk_v2.md#4", "| successfulResults |")
@row("bulk_v2.md#4", "Header quoting as recorded")
@row("bulk_v2.md#4", '"sf__Id","sf__Error",FirstName')
@row("bulk_v2.md#4", '"","REQUIRED_FIELD')
def test_result_files_have_quoted_system_columns_and_the_header_as_sent(client: BulkClient) -> None:
    """Rows: bulk_v2.md section 4, the CSV example and `Header quoting as recorded` [S]."""
    loaded = client.load('lastname,"FirstName"\n"Love ""Ada"" lace",Ada\n,"Bo, jr."\n')
    record_id = loaded.successful[0]["sf__Id"]
    assert loaded.texts == (
        f'"sf__Id","sf__Created",lastname,"FirstName"\n"{record_id}","true","Love ""Ada"" lace","Ada"\n',
        f'"sf__Id","sf__Error",lastname,"FirstName"\n"","{NO_LAST_NAME}","","Bo, jr."\n',
        'lastname,"FirstName"\n',
    )
    assert record_id.startswith("003")


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [("COMMA", ","), ("TAB", "\t"), ("PIPE", "|"), ("SEMICOLON", ";"), ("CARET", "^"), ("BACKQUOTE", "`")],
)
@pytest.mark.parametrize(("ending", "newline"), [("LF", "\n"), ("CRLF", "\r\n")])
@row("bulk_v2.md#2", "| columnDelimiter |")
@row("bulk_v2.md#2", "| lineEnding |")
def test_results_are_in_the_job_s_dialect(
    client: BulkClient, name: str, delimiter: str, ending: str, newline: str
) -> None:
    """Rows: bulk_v2.md section 2, columnDelimiter and lineEnding; section 4, `follow the job`."""
    data = f"LastName{delimiter}Description{newline}A{delimiter}x, y;z{newline}".replace(
        delimiter + "x", delimiter + '"x'
    )
    data = data.replace(f"z{newline}", f'z"{newline}')
    loaded = client.load(data, columnDelimiter=name, lineEnding=ending)
    assert loaded.state == "JobComplete"
    head, row, rest = loaded.texts[0].split(newline)
    assert head == f'"sf__Id"{delimiter}"sf__Created"{delimiter}LastName{delimiter}Description'
    assert row.split(delimiter, 2)[2] == f'"A"{delimiter}"x, y;z"'
    assert rest == ""


def test_an_empty_set_is_a_header_row_alone(client: BulkClient) -> None:
    """Row: bulk_v2.md section 4, `Jobs with nothing in a set return the header row and no data rows` [S]."""
    loaded = client.load("LastName\n")
    assert (loaded.state, loaded.counts) == ("JobComplete", (0, 0, 0))
    assert loaded.texts == ('"sf__Id","sf__Created",LastName\n', '"sf__Id","sf__Error",LastName\n', "LastName\n")


@row("bulk_v2.md#6", "Relationship header")
def test_parents_are_found_by_external_id_and_a_missing_one_is_the_row_s_reason(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, relationship header; the text as loaders report it [S, not in the reference]."""
    client.load("Name,Code__c\nKennedy,JFK\n", object="Account")
    loaded = client.load("LastName,account.code__c\nA,JFK\nB,xyz\nC,\n")
    assert loaded.counts == (2, 1, 0)
    assert loaded.errors == [
        "INVALID_FIELD:Foreign key external ID: xyz not found for field Code__c in entity Account:--"
    ]
    found = records(client, "SELECT LastName, Account.Code__c FROM Contact ORDER BY LastName")
    assert [each["Account"] and each["Account"]["Code__c"] for each in found] == ["JFK", None]


@row("bulk_v2.md#6", "Relationship header")
def test_a_polymorphic_parent_is_named_with_its_object(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, `Polymorphic: Lead:Who.Email` [P]."""
    client.load("LastName,Company,Email\nByron,Acme,byron@example.com\n", object="Lead")
    loaded = client.load("Subject,Lead:Who.Email\nCall,byron@example.com\n", object="Task")
    assert loaded.counts == (1, 0, 0)
    assert records(client, "SELECT Who.Name FROM Task")[0]["Who"]["Name"] == "Byron"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("LastName,Foo__c,Bar__c", "Field name not found : Foo__c"),
        ("LastName;FirstName", "Field name not found : LastName;FirstName"),
        ("\ufeffLastName", "Field name not found : \ufeffLastName"),
        ("LastName,MailingAddress", "Field name not found : MailingAddress"),
        ("LastName,Account.Foo__c", "Field name not found : Account.Foo__c"),
        ("LastName,Account.Industry", "Field name not found : Account.Industry"),
        ("LastName,Account.Parent.Code__c", "Field name not found : Account.Parent.Code__c"),
        ("LastName,Parent.Code__c", "Unable to find relationship: Parent"),
        (
            "LastName,Account:Account.Code__c",
            "type is not needed for non polymorphic foreign key references: Account",
        ),
        ("LastName,LastName", "Field name is given twice : LastName"),
        ("", "Records not found"),
    ],
)
@row("bulk_v2.md#7", "Field name not found")
@row("bulk_v2.md#7", "type is not needed")
@row("bulk_v2.md#7", "Unable to find relationship")
@row("bulk_v2.md#6", "Compound fields not loadable")
@row("bulk_v2.md#3", "| InProgress | fatal")
def test_a_bad_header_fails_the_job_and_leaves_every_row_unprocessed(
    client: BulkClient, header: str, message: str
) -> None:
    """Rows: bulk_v2.md section 7, errorMessage table [S]; the last two texts are our own."""
    loaded = client.load(f"{header}\nA\n" if header else "")
    assert (loaded.state, loaded.info["errorMessage"]) == ("Failed", f"InvalidBatch : {message}")
    assert loaded.counts == (0, 0, 1 if header else 0)
    assert (loaded.info["numberRecordsProcessed"], loaded.info["numberRecordsFailed"]) == (0, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"LastName\r\nA\r\n",
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        (
            b'LastName\nA\nB\n"C\r\nD"\n',
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        (
            b'\xef\xbb\xbf"LastName"\nA\n',
            "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote",
        ),
        (
            b'LastName\nA\n6" pipe\n',
            "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote",
        ),
    ],
)
@row("bulk_v2.md#7", "LineEnding is invalid")
@row("bulk_v2.md#7", "Found unescaped quote")
def test_an_unreadable_upload_fails_the_job_and_writes_nothing(client: BulkClient, data: bytes, message: str) -> None:
    """Rows: bulk_v2.md section 7, errorMessage table [S]: `Nothing is written`."""
    job_id = client.open_job()
    client.upload(job_id, data)
    client.close(job_id)
    info = client.ended(f"/jobs/ingest/{job_id}")
    assert (info["state"], info["errorMessage"]) == ("Failed", message)
    assert client.send("GET", f"/jobs/ingest/{job_id}/unprocessedrecords").content == data
    assert records(client, "SELECT Id FROM Contact") == []


def test_a_closed_job_without_data_fails(client: BulkClient) -> None:
    """Row: bulk_v2.md section 7, `close of a job with no upload` [E?]."""
    job_id = client.open_job()
    client.close(job_id)
    assert client.ended(f"/jobs/ingest/{job_id}")["state"] == "Failed"
    assert client.result_set(job_id, "unprocessedrecords") == "\n"


def test_cells_are_read_by_the_type_of_their_field(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, dateTime, date, Boolean, Numbers [P/E]."""
    loaded = client.load(
        "LastName,Birthdate,DoNotCall,EmailBouncedDate\n"
        "A,1815-12-10,YES,2026-03-01T10:00:00.000Z\n"
        "B,1815-12-10,0,2026-03-01T12:00:00+02:00\n"
        "C,10.12.1815,,\n"
        "D,,perhaps,\n"
        "E,,,2026-03-01 10:00\n"
    )
    assert [row["LastName"] for row in loaded.successful] == ["A", "B"]
    assert loaded.errors == [
        f"{WRONG_TYPE}:Birthdate: value not of required type: 10.12.1815:Birthdate --",
        f"{WRONG_TYPE}:Do Not Call: value not of required type: perhaps:DoNotCall --",
        f"{WRONG_TYPE}:Email Bounced Date: value not of required type: 2026-03-01 10:00:EmailBouncedDate --",
    ]
    assert records(
        client, "SELECT LastName, Birthdate, DoNotCall, EmailBouncedDate FROM Contact ORDER BY LastName"
    ) == [
        {
            "LastName": name,
            "Birthdate": "1815-12-10",
            "DoNotCall": name == "A",
            "EmailBouncedDate": "2026-03-01T10:00:00.000+0000",
        }
        for name in "AB"
    ]


@row("bulk_v2.md#6", "Empty value: ignored")
def test_empty_cells_leave_a_field_as_it_is_and_n_a_clears_it(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, `Empty value: ignored on update ... #N/A sets null` [P]."""
    created = client.load("LastName,FirstName,Email\nA,One,a@example.com\nB,Two,b@example.com\n")
    ids = [row["sf__Id"] for row in created.successful]
    loaded = client.load(f"Id,FirstName,Email\n{ids[0]},,#N/A\n{ids[1]},#N/A,\n", operation="update")
    assert [row["sf__Created"] for row in loaded.successful] == ["false", "false"]
    assert records(client, "SELECT FirstName, Email FROM Contact ORDER BY LastName") == [
        {"FirstName": "One", "Email": None},
        {"FirstName": None, "Email": "b@example.com"},
    ]


def test_the_same_upsert_a_second_time_creates_nothing(client: BulkClient) -> None:
    """Row: bulk_v2.md section 4, sf__Created."""
    data = "Name,Code__c\nKennedy,JFK\nNewark,EWR\n"
    job = {"object": "Account", "operation": "upsert", "externalIdFieldName": "Code__c"}
    first, second = client.load(data, **job), client.load(data, **job)
    assert [row["sf__Created"] for row in first.successful] == ["true", "true"]
    assert [row["sf__Created"] for row in second.successful] == ["false", "false"]
    assert {row["sf__Id"] for row in first.successful} == {row["sf__Id"] for row in second.successful}


@row("bulk_v2.md#8", "| processing chunk")
def test_an_external_id_that_comes_twice_fails_both_rows_in_one_transaction_only(client: BulkClient) -> None:
    """Rows: bulk_v2.md section 8, chunk of 200; errors_and_limits.md section 3, DUPLICATE_VALUE of upserts."""
    between = "".join(f"N{number},C{number}\n" for number in range(200))
    loaded = client.load(
        f"Name,Code__c\nA,X\nB,X\n{between}C,C0\n",
        object="Account",
        operation="upsert",
        externalIdFieldName="Code__c",
    )
    assert loaded.errors == ["DUPLICATE_VALUE:Duplicate external id specified: X:--"] * 2
    assert loaded.successful[-1]["sf__Created"] == "false"


def test_an_upsert_row_needs_its_external_id(client: BulkClient) -> None:
    loaded = client.load("Name,Code__c\nA,\n", object="Account", operation="upsert", externalIdFieldName="Code__c")
    assert loaded.errors == ["MISSING_ARGUMENT:Code__c not specified:Code__c --"]


@pytest.mark.parametrize(("version", "known"), [("52.0", False), ("53.0", True)])
@row("bulk_v2.md#4", "| failedResults |")
def test_failed_rows_carry_the_id_where_it_is_known_since_53(client: BulkClient, version: str, known: bool) -> None:
    """Row: bulk_v2.md section 4, failedResults: `sf__Id filled from v53 where known`."""
    record_id = client.load("LastName\nA\n").successful[0]["sf__Id"]
    loaded = client.load(f"Id,Email\n{record_id},nonsense\n", version=version, operation="update")
    assert loaded.failed[0]["sf__Id"] == (record_id if known else "")
    assert loaded.errors == ["INVALID_EMAIL_ADDRESS:Email: invalid email address: nonsense:Email --"]


@pytest.mark.parametrize(("operation", "left"), [("delete", 1), ("hardDelete", 0)])
@row("bulk_v2.md#6", "delete/hardDelete CSV has only")
def test_deletes_take_ids_alone_and_fill_the_recycle_bin_or_don_t(
    client: BulkClient, operation: str, left: int
) -> None:
    """Rows: bulk_v2.md section 6, `CSV has only Id`; section 2, hardDelete `skips Recycle Bin`."""
    record_id = client.load("LastName\nA\n").successful[0]["sf__Id"]
    loaded = client.load(f"Id\n{record_id}\n003Sf0000009999AAA\n", operation=operation)
    assert [row["sf__Id"] for row in loaded.successful] == [record_id]
    assert loaded.counts == (1, 1, 0)
    found = client.json("GET", "/queryAll", params={"q": "SELECT Id FROM Contact"})
    assert found["totalSize"] == left
    refused = client.load(f"Id,LastName\n{record_id},A\n", operation=operation)
    assert (refused.state, refused.counts) == ("Failed", (0, 0, 1))


def test_rows_of_the_wrong_width_and_quotes_beside_spaces_fail_alone(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, `space between quote and delimiter is a row error` [P]; the texts are our own."""
    loaded = client.load('LastName,FirstName\nA,1\nB\nC,1,2\n"D" ,1\n"E", "1"\nF,2\n')
    assert [row["LastName"] for row in loaded.successful] == ["A", "F"]
    assert len(loaded.failed) == 4
    assert all(error.startswith("InvalidBatch:") for error in loaded.errors)


def test_a_job_of_many_batches_shows_its_counters_growing(client: BulkClient) -> None:
    """Row: bulk_v2.md section 8, internal batches of at most 10,000 rows; section 2, counters once processing."""
    job_id = client.open_job()
    client.upload(job_id, b"LastName\n" + b"x\n" * 25_000)
    client.close(job_id)
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["state"] == "InProgress":
        seen.append(client.json("GET", f"/jobs/ingest/{job_id}"))
    counts = [info["numberRecordsProcessed"] for info in seen]
    assert counts == sorted(counts)
    assert (counts[-1], seen[-1]["state"]) == (25_000, "JobComplete")


def test_text_survives_a_load_and_an_export_byte_for_byte(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, the input and the output dialect."""
    values = ['"', '""', "a,b", "é\u2028\U0001f600", " lead", "x\ny", "-", "'", "\\n", "null", "%", "\ttab"]
    quoted = "".join('"{}"\n'.format(value.replace('"', '""')) for value in values)
    assert client.load(f"LastName\n{quoted}").counts == (len(values), 0, 0)
    job_id = client.query_job("SELECT LastName FROM Contact ORDER BY Id")
    exported = client.send("GET", f"/jobs/query/{job_id}/results").content.decode()
    assert exported == f'"LastName"\n{quoted}'


def test_a_header_row_over_32_000_characters_fails_the_job(client: BulkClient) -> None:
    """Row: bulk_v2.md section 6, `First row = field API names; <= 32,000 chars` [P]; the text is our own."""
    loaded = client.load("LastName," + "x" * 40_000 + "\nA,B\n")
    assert (loaded.state, loaded.counts[:2]) == ("Failed", (0, 0))
    assert loaded.info["errorMessage"].startswith("InvalidBatch : The header row is longer")


def test_jobs_side_by_side_each_end_with_their_own_rows(client: BulkClient) -> None:
    job = {"object": "Account", "operation": "upsert", "externalIdFieldName": "Code__c"}
    job_ids = [client.open_job(**job) for _ in range(12)]
    for number, job_id in enumerate(job_ids):
        data = "".join(f"{number}-{row},{row}\n" for row in range(450))
        client.upload(job_id, f"Code__c,Name\n{data}".encode())
    for job_id in job_ids:
        client.close(job_id)
        client.json("GET", f"/jobs/ingest/{job_id}")
    for number, job_id in enumerate(job_ids):
        assert client.ended(f"/jobs/ingest/{job_id}")["numberRecordsProcessed"] == 450
        found = rows(client.result_set(job_id, "successfulResults"))
        assert {row["Code__c"].partition("-")[0] for row in found} == {str(number)}
    assert client.json("GET", "/query", params={"q": "SELECT COUNT() FROM Account"})["totalSize"] == 12 * 450
