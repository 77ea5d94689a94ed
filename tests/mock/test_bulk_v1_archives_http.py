"""Bulk API 1.0 batches with files beside their records: ZIP archives, raw HTTP."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.bulk_v1 import archives
from tests.mock.bulk_v1_client import BatchClient, facts, records_xml, refused
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.mock.raw_org import RawOrg

PICTURE = bytes(range(256))
REQUESTS = {
    "ZIP_CSV": "Name,ParentId,ContentType,Body\nPicture,{parent},image/png,#pictures/a.png\nMissing,{parent},,#b.png\n",
    "ZIP_JSON": '[{{"Name": "Picture", "ParentId": "{parent}", "ContentType": "image/png", "Body": "#pictures/a.png"}},'
    '{{"Name": "Missing", "ParentId": "{parent}", "Body": "#b.png"}}]',
    "ZIP_XML": records_xml(
        "<Name>Picture</Name><ParentId>{parent}</ParentId><ContentType>image/png</ContentType>"
        "<Body>#pictures/a.png</Body>",
        "<Name>Missing</Name><ParentId>{parent}</ParentId><Body>#b.png</Body>",
    ),
}


def archive(files: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in files.items():
            found.writestr(name, content)
    return buffer.getvalue()


@row("bulk_v1.md#1", "| ZIP_XML |")
@row("bulk_v1.md#1", "| ZIP_CSV |")
@row("bulk_v1.md#1", "| ZIP_JSON |")
@pytest.mark.parametrize("content_type", REQUESTS)
def test_a_file_of_the_archive_is_what_a_record_names(raw: RawOrg, content_type: str) -> None:
    client = BatchClient(raw, content_type)
    account = raw.create("Account", Name="A")
    request = REQUESTS[content_type].format(parent=account)
    content = archive({"request.txt": request, "pictures/a.png": PICTURE})
    job_id = client.job("insert", "Attachment")

    batch_id, told = client.ended(job_id, content)

    assert (told["state"], told["numberRecordsProcessed"], told["numberRecordsFailed"]) == ("Completed", "2", "1")
    (found,) = raw.query("SELECT Id, Name, BodyLength FROM Attachment")["records"]
    assert (found["Name"], found["BodyLength"]) == ("Picture", len(PICTURE))
    assert raw.send("GET", f"/sobjects/Attachment/{found['Id']}/Body").content == PICTURE
    assert "Unable to find file: #b.png" in client.result(job_id, batch_id).text
    sent = client.send("GET", f"/job/{job_id}/batch/{batch_id}/request")
    assert (sent.content, sent.headers["content-type"]) == (content, content_type.lower().replace("_", "/"))
    assert facts(client.send("GET", f"/job/{job_id}"))["contentType"] == content_type


@row("bulk_v1.md#7", "zip ≤ 10 MB, unzipped ≤ 20 MB")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no archive", "Failed to read the ZIP archive"),
        (archive({"a.png": b"x"}), "has no request.txt"),
        (archive({"request.txt": b"Name\nA\n"})[:-30], "Failed to read the ZIP archive"),
        (archive({"request.txt": b"Name\nA\n", "a": bytes(archives.MAX_BYTES)}), "bytes unpacked"),
        (archive({"request.txt": b"Name\nA\n", "a" * 513: b""}), "more than 512 bytes"),
        (archive({"request.txt": b"Name\nA\n"} | {f"{n}": b"" for n in range(1_001)}), "more than 1000 files"),
        (archive({"request.txt": b"Nope\nA\n"}), "Field name not found : Nope"),
    ],
    ids=["plain", "bare", "cut", "bomb", "name", "files", "field"],
)
def test_an_archive_that_can_not_be_read_fails_its_batch(raw: RawOrg, content: bytes, words: str) -> None:
    client = BatchClient(raw, "ZIP_CSV")
    _, told = client.ended(client.job("insert", "Attachment"), content)

    assert told["state"] == "Failed"
    assert words in told["stateMessage"]


def test_archives_are_for_jobs_of_archives_that_load(raw: RawOrg) -> None:
    zipped, plain = BatchClient(raw, "ZIP_CSV"), BatchClient(raw, "CSV")

    assert refused(zipped.post(plain.job(), archive({"request.txt": b"LastName\nA\n"})))[1] == "InvalidBatch"
    assert refused(plain.post(zipped.job(), b"LastName\nA\n"))[1] == "InvalidBatch"
    query = {"operation": "query", "object": "Contact", "contentType": "ZIP_CSV"}
    assert refused(zipped.send("POST", "/job", json=query))[1] == "InvalidJob"
