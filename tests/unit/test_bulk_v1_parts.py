"""The pure parts of Bulk API 1.0: batches written and split, results and records read however they are cut."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk.parts import Limits
from specforce.bulk_v1.chunking import PkChunking, read_chunking
from specforce.bulk_v1.contents import Batcher, Content
from specforce.bulk_v1.encoding import ENCODINGS, NAMESPACE
from specforce.bulk_v1.endings import bad_batches
from specforce.bulk_v1.infos import Batches, read_batch_xml, read_job_xml
from specforce.bulk_v1.merging import CsvMerger
from specforce.bulk_v1.options import queried_object
from specforce.bulk_v1.records import read_records
from specforce.bulk_v1.results import RecordError, read_results
from specforce.errors import ConnectionCut, DecodeError, InputError
from specforce_api.bulk_v1 import operations
from specforce_api.bulk_v1.models import BatchInfo, BatchState
from specforce_api.runtime.operation import Reply

if TYPE_CHECKING:
    from pathlib import Path

XSI = "http://www.w3.org/2001/XMLSchema-instance"
ROWS: list[dict[str, Any]] = [
    {
        "Name": 'Ünï "1" <&>\n',
        "On__c": date(2026, 3, 1),
        "At__c": datetime(2026, 3, 1, 10, tzinfo=UTC),
        "Size__c": Decimal("1.50"),
        "Sold__c": True,
        "Phone": None,
        "Lead:Who.Email": "a@b.c",
        "Owner": {"Ext__c": "1"},
    }
]


def written(content_type: str, rows: list[dict[str, Any]]) -> bytes:
    """One batch of rows."""
    batcher = Batcher(ENCODINGS[content_type])
    (content,) = [*batcher.rows(rows), *batcher.finish()]
    return b"".join(content.open())


def contents(content_type: str, rows: list[dict[str, Any]], limits: Limits) -> list[Content]:
    """Rows split into batches."""
    batcher = Batcher(ENCODINGS[content_type], limits)
    return [*batcher.rows(rows), *batcher.finish()]


def test_rows_become_json_with_nulls_parents_and_salesforces_texts() -> None:
    assert json.loads(written("JSON", ROWS)) == [
        {
            "Name": 'Ünï "1" <&>\n',
            "On__c": "2026-03-01",
            "At__c": "2026-03-01T10:00:00.000Z",
            "Size__c": "1.50",
            "Sold__c": True,
            "Phone": None,
            "Who": {"attributes": {"type": "Lead"}, "Email": "a@b.c"},
            "Owner": {"Ext__c": "1"},
        }
    ]


def test_rows_become_xml_with_nulls_parents_and_salesforces_texts() -> None:
    assert written("XML", ROWS).decode() == (
        f'<?xml version="1.0" encoding="UTF-8"?><sObjects xmlns="{NAMESPACE}" xmlns:xsi="{XSI}">'
        '<sObject><Name>Ünï "1" &lt;&amp;&gt;\n</Name><On__c>2026-03-01</On__c>'
        "<At__c>2026-03-01T10:00:00.000Z</At__c><Size__c>1.50</Size__c><Sold__c>true</Sold__c>"
        '<Phone xsi:nil="true"/><Who><sObject><type>Lead</type><Email>a@b.c</Email></sObject></Who>'
        "<Owner><sObject><Ext__c>1</Ext__c></sObject></Owner></sObject></sObjects>"
    )


@pytest.mark.parametrize("content_type", ["JSON", "XML"])
@pytest.mark.parametrize("value", [datetime.fromisoformat("2026-03-01"), float("nan"), b"bytes", ["a;b"]])
def test_a_value_without_a_form_names_its_row_and_column(content_type: str, value: object) -> None:
    with pytest.raises(InputError, match=r"row 2: column 'Name': "):
        written(content_type, [{"Name": "A"}, {"Name": value}])


@pytest.mark.parametrize("content_type", ["JSON", "XML"])
def test_batches_are_as_full_as_bytes_and_rows_allow(content_type: str) -> None:
    rows = [{"Name": f"{number:05d}"} for number in range(100)]
    one = len(written(content_type, rows[:1]))
    step = len(written(content_type, rows[:2])) - one

    by_bytes = contents(content_type, rows, Limits(part_bytes=one + 9 * step + len(ENCODINGS[content_type].between)))
    by_rows = contents(content_type, rows, Limits(part_rows=40))

    assert [content.rows for content in by_bytes] == [10] * 10
    assert [content.rows for content in by_rows] == [40, 40, 20]
    read = [row for content in by_bytes for row in ENCODINGS[content_type].rows(b"".join(content.open()))]
    assert read == rows
    with pytest.raises(InputError, match=r"row 1 has \d+ bytes: a batch takes"):
        contents(content_type, rows, Limits(part_bytes=one - 1))


@pytest.mark.parametrize(
    ("content_type", "document"),
    [
        ("JSON", b'{"Name":"A"}'),
        ("JSON", b"[1]"),
        ("JSON", b"[{]"),
        ("JSON", b"\xff"),
        ("XML", b"<sObjects><sObject/></sObjects>"),
        ("XML", b"<sObjects"),
        ("XML", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ],
)
def test_a_document_that_isnt_records_is_refused(content_type: str, document: bytes) -> None:
    with pytest.raises(InputError, match="the source is"):
        Batcher(ENCODINGS[content_type]).document(document)


def test_gzip_holds_the_same_bytes() -> None:
    import gzip

    content = Content.of_bytes(b"LastName\nA\n", 1)
    compressed = content.body(compress=True)

    assert isinstance(compressed, bytes)
    assert gzip.decompress(compressed) == b"LastName\nA\n"


RESULTS = {
    "CSV": b'\xef\xbb\xbf"Id","Success","Created","Error"\n"003xx000004TmiQAAS","true","true",""\n'
    b'"","false","false","INVALID_FIELD:a, ""b"": no\nsuch:A B --"\n',
    "JSON": b'[{"success":true,"created":true,"id":"003xx000004TmiQAAS","errors":[],"new":1},{"success":false,'
    b'"created":false,"id":null,"errors":[{"statusCode":"INVALID_FIELD","message":"a, \\"b\\": no\\nsuch",'
    b'"fields":["A","B"],"extendedErrorDetails":null}]}]',
    "XML": f"""<results xmlns="{NAMESPACE}"><result><new/><id>003xx000004TmiQAAS</id><success>true</success>
    <created>true</created></result><result><errors><fields>A</fields><fields>B</fields><message>a, "b": no
such</message><statusCode>INVALID_FIELD</statusCode></errors><success>false</success><created>false</created></result>
    </results>""".encode(),
}


@pytest.mark.parametrize("content_type", ["CSV", "JSON", "XML"])
def test_w6_results_are_parsed_for_real_with_structured_errors_and_none_where_there_are_none(content_type: Any) -> None:
    good, bad = read_results(RESULTS[content_type], content_type)

    assert (good.number, good.id, good.success, good.created, good.errors) == (1, "003xx000004TmiQAAS", True, True, ())
    assert (bad.number, bad.id, bad.success) == (2, None, False)
    assert bad.errors == (RecordError("INVALID_FIELD", 'a, "b": no\nsuch', ("A", "B")),)


@pytest.mark.parametrize("content_type", ["CSV", "JSON", "XML"])
@pytest.mark.parametrize(
    "content", [b"", b"<html/>", b"{}", b'"Id","Success"\n', b'<!DOCTYPE a [<!ENTITY b "c">]><a/>']
)
def test_what_isnt_results_is_a_decode_error(content_type: Any, content: bytes) -> None:
    with pytest.raises(DecodeError):
        read_results(content, content_type)


FOUND = {
    "CSV": '"Name","Parent.Name"\n"Ä ""1""\n, x",""\n"B","P"\n'.encode(),
    "JSON": '[ {"attributes":{"type":"Account"},"Name":"Ä \\"1\\"\\n, x","Parent":null} ,'
    '{"Name":"B","Parent":{"attributes":{},"Name":"P"}} ]\n'.encode(),
    "XML": f"""<queryResult xmlns="{NAMESPACE}" xmlns:xsi="{XSI}"><records xsi:type="sObject"><type>Account</type>
    <Id xsi:nil="true"/><Name>Ä "1"
, x</Name><Parent xsi:nil="true"/></records><records xsi:type="sObject"><type>Account</type><Id xsi:nil="true"/>
    <Name>B</Name><Parent xsi:type="sObject"><type>Account</type><Id xsi:nil="true"/><Name>P</Name></Parent></records>
    </queryResult>""".encode(),
}
RECORDS = [{"Name": 'Ä "1"\n, x', "Parent": None}, {"Name": "B", "Parent": {"Name": "P"}}]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("content_type", ["CSV", "JSON", "XML"])
def test_records_are_read_wherever_their_bytes_are_cut(content_type: Any, size: int) -> None:
    content = FOUND[content_type]
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    flat = [{"Name": 'Ä "1"\n, x', "Parent.Name": ""}, {"Name": "B", "Parent.Name": "P"}]

    found = [record for batch in read_records(pieces, content_type) for record in batch]

    assert found == (flat if content_type == "CSV" else RECORDS)


@pytest.mark.parametrize("content_type", ["JSON", "XML"])
def test_records_that_end_early_are_told_wherever_that_is(content_type: Any) -> None:
    content = FOUND[content_type].rstrip()
    for end in range(len(content)):
        with pytest.raises(DecodeError):
            list(read_records([content[:end]], content_type))


def test_csv_that_ends_within_a_cell_is_told() -> None:
    with pytest.raises(ConnectionCut, match="inside a quoted cell"):
        list(read_records([FOUND["CSV"][:-3]], "CSV"))


@pytest.mark.parametrize("content", [b"[]x", b"[] []", b"{}", b"[1]", b'["a"]', b"[{}", b"", b"null", b"[\xff]"])
def test_json_that_isnt_an_array_of_objects_is_a_decode_error(content: bytes) -> None:
    with pytest.raises(DecodeError):
        list(read_records([content], "JSON"))


def test_json_that_goes_on_behind_its_array_is_a_decode_error_however_it_is_cut() -> None:
    with pytest.raises(DecodeError, match="goes on behind it"):
        list(read_records([b"[{}]", b" {}"], "JSON"))


def test_results_are_merged_under_one_header_whether_or_not_their_last_lines_end(tmp_path: Path) -> None:
    contents = [b'"Id"', b'"Id"\n"1"', b"Records not found for this query", b'"Id"\r\n"2"\r\n']
    merged = BytesIO()
    merger = CsvMerger(merged)
    for number, content in enumerate(contents):
        (tmp_path / str(number)).write_bytes(content)
        merger.add(tmp_path / str(number))

    assert merged.getvalue() == b'"Id"\n"1"\n"2"\r\n'
    assert merger.records == 2


def test_a_text_that_says_nothing_was_found_is_no_record() -> None:
    assert list(read_records([b"Records not found for this query"], "CSV")) == []


JOB = (
    f'<jobInfo xmlns="{NAMESPACE}"><id>750xx000000001hAAA</id><new>1</new><operation>insert</operation>'
    "<object>Contact</object><createdById>005xx000001SwiUAAS</createdById>"
    "<createdDate>2026-03-01T10:00:00.000Z</createdDate><systemModstamp>2026-03-01T10:00:00.000Z</systemModstamp>"
    "<state>Open</state><concurrencyMode>Parallel</concurrencyMode><contentType>CSV</contentType>"
    "<numberBatchesQueued>1</numberBatchesQueued><numberBatchesInProgress>2</numberBatchesInProgress>"
    "<numberBatchesCompleted>3</numberBatchesCompleted><numberBatchesFailed>4</numberBatchesFailed>"
    "<numberBatchesTotal>10</numberBatchesTotal><numberRecordsProcessed>5</numberRecordsProcessed>"
    "<numberRetries>0</numberRetries><apiVersion>67.0</apiVersion></jobInfo>"
)


def test_w1_each_counter_of_a_job_in_xml_is_its_own() -> None:
    info = operations.get_job_xml("750xx000000001hAAA").info
    job = read_job_xml(info, Reply(200, {}, JOB.encode()))

    queued, running = job.number_batches_queued, job.number_batches_in_progress
    assert (queued, running, job.number_batches_completed, job.number_batches_failed) == (1, 2, 3, 4)
    assert (job.api_version, job.created_date) == (67.0, datetime(2026, 3, 1, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    "document",
    [
        JOB.replace("<id>750xx000000001hAAA</id>", ""),
        JOB.replace(">10<", ">ten<"),
        JOB.replace("jobInfo", "batchInfo"),
        JOB[:-5],
    ],
)
def test_a_job_in_xml_that_lacks_something_is_a_decode_error(document: str) -> None:
    with pytest.raises(DecodeError):
        read_job_xml(operations.get_job_xml("750xx000000001hAAA").info, Reply(200, {}, document.encode()))


def batch(state: str, number: int = 1, message: str = "") -> BatchInfo:
    """A batch in a state."""
    told = f"<stateMessage>{message}</stateMessage>" if message else ""
    document = (
        f'<batchInfo xmlns="{NAMESPACE}"><id>751{number}</id><jobId>750</jobId><state>{state}</state>{told}'
        "<createdDate>2026-03-01T10:00:00.000Z</createdDate><systemModstamp>2026-03-01T10:00:00.000Z</systemModstamp>"
        "<numberRecordsProcessed>1</numberRecordsProcessed></batchInfo>"
    )
    return read_batch_xml(operations.get_batch_xml("750", "751").info, Reply(200, {}, document.encode()))


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (["Completed", "Failed", "NotProcessed"], "Completed"),
        (["Completed", "Queued", "InProgress"], "Queued"),
        (["Queued", "Melting"], "Melting"),
        ([], "Completed"),
    ],
)
def test_all_batches_have_ended_once_each_has(states: list[str], shown: str) -> None:
    assert Batches(tuple(map(batch, states))).state == BatchState(shown)


def test_a_completed_batch_may_have_a_message() -> None:
    assert bad_batches([batch("Completed", message="lock trouble")], chunked=False) is None


def test_the_split_batch_alone_may_end_as_not_processed() -> None:
    split, done, left = batch("NotProcessed"), batch("Completed", 2), batch("NotProcessed", 3)

    assert bad_batches([split, done], chunked=True) is None
    assert bad_batches([split], chunked=True) is None
    assert "never processed" in str(bad_batches([split, done], chunked=False))
    assert "1 of 3 batches" in str(bad_batches([split, done, left], chunked=True))


@pytest.mark.parametrize(
    ("soql", "name"),
    [
        ("SELECT Id FROM Account", "Account"),
        ("select Id, 'FROM x' from Contact where Name = ' FROM y'", "Contact"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id IN (SELECT AccountId FROM Contact)", "Account"),
    ],
)
def test_the_object_of_a_query_is_that_of_its_own_from(soql: str, name: str) -> None:
    assert queried_object(soql) == name


def test_a_query_without_from_is_refused() -> None:
    with pytest.raises(InputError, match="no FROM"):
        queried_object("SELECT Id")


def test_pk_chunking_is_a_header() -> None:
    options = {"chunk_size": 50_000, "parent": "Account", "start_row": "001xx000003DGb2AAG"}
    chunking = read_chunking(options)

    assert chunking == PkChunking(**options)  # type: ignore[arg-type]  # the mapping's values are of many types
    assert chunking is not None
    assert chunking.header == "chunkSize=50000; parent=Account; startRow=001xx000003DGb2AAG"
    assert PkChunking().header == "TRUE"
    assert read_chunking(False) is None
