"""Files over raw HTTP: put in as base64 or as a part of their own, read back byte for byte."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    import httpx

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

CONTENT = bytes(range(256)) * 20
VERSION = {"Title": "Handbook", "PathOnClient": "handbook.txt"}


def send_parts(raw: RawOrg, sobject: str, record: Any, part: str, content: bytes) -> httpx.Response:
    """Create a record with its file in one multipart request."""
    files = {
        "entity_content": (None, json.dumps(record), "application/json"),
        part: ("file.bin", content, "application/octet-stream"),
    }
    return raw.send("POST", f"/sobjects/{sobject}", files=files)


@row("rest.md#5", "Blob create")
@row("rest.md#1", "| Content-Type | JSON")
@row("rest.md#1", "| Vary: Accept-Encoding |")
def test_a_file_sent_as_a_part_is_read_back_as_it_was(raw: RawOrg) -> None:
    made = send_parts(raw, "ContentVersion", VERSION, "VersionData", CONTENT)

    assert made.status_code == 201
    record_id = made.json()["id"]
    assert made.headers["location"] == f"{DATA}/sobjects/ContentVersion/{record_id}"
    url = raw.get(f"/sobjects/ContentVersion/{record_id}")["VersionData"]
    assert url == f"{DATA}/sobjects/ContentVersion/{record_id}/VersionData"
    answer = raw.send("GET", url)
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "application/octetstream"
    assert "vary" not in answer.headers
    assert "content-encoding" not in answer.headers


@row("rest.md#5", "Blob create")
def test_a_file_sent_as_base64_is_read_back_with_its_own_type(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    body = base64.b64encode(CONTENT).decode()
    record_id = raw.create("Attachment", ParentId=account, Name="a.png", ContentType="image/png", Body=body)

    answer = raw.send("GET", f"/sobjects/Attachment/{record_id}/Body")

    assert (answer.content, answer.headers["content-type"]) == (CONTENT, "image/png")
    assert raw.get(f"/sobjects/Attachment/{record_id}")["BodyLength"] == len(CONTENT)


def test_a_new_file_begins_a_document_and_the_next_version_becomes_its_latest(raw: RawOrg) -> None:
    first = send_parts(raw, "ContentVersion", {"PathOnClient": "dir/notes.TXT"}, "VersionData", b"one").json()["id"]
    document = raw.get(f"/sobjects/ContentVersion/{first}")["ContentDocumentId"]
    second = send_parts(
        raw, "ContentVersion", {**VERSION, "ContentDocumentId": document}, "VersionData", CONTENT
    ).json()["id"]

    fields = "Id, VersionNumber, IsLatest, ContentSize, Checksum, FileType, FileExtension, Title"
    found = raw.query(f"SELECT {fields} FROM ContentVersion ORDER BY VersionNumber")["records"]

    assert [(each["Id"], each["VersionNumber"], each["IsLatest"]) for each in found] == [
        (first, "1", False),
        (second, "2", True),
    ]
    assert (found[0]["Title"], found[0]["FileType"], found[0]["FileExtension"]) == ("notes", "TEXT", "TXT")
    checksum = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert (found[1]["ContentSize"], found[1]["Checksum"]) == (len(CONTENT), checksum)
    of_document = raw.get(f"/sobjects/ContentDocument/{document}")
    assert (of_document["LatestPublishedVersionId"], of_document["Title"]) == (second, "Handbook")
    assert of_document["ContentSize"] == len(CONTENT)


def test_several_versions_of_one_document_in_one_call_are_numbered_in_their_order(raw: RawOrg, org: Org) -> None:
    first = raw.create("ContentVersion", **VERSION, VersionData="b25l")
    document = raw.get(f"/sobjects/ContentVersion/{first}")["ContentDocumentId"]
    versions = [{**VERSION, "ContentDocumentId": document, "VersionData": "b25l"}] * 2

    raw.mock("POST", "seed", json={"ContentVersion": versions})

    found = raw.query("SELECT VersionNumber FROM ContentVersion WHERE IsLatest = true")["records"]
    assert [each["VersionNumber"] for each in found] == ["3"]


def test_a_deleted_document_takes_its_versions_along(raw: RawOrg) -> None:
    version = raw.create("ContentVersion", **VERSION, VersionData="b25l")
    document = raw.get(f"/sobjects/ContentVersion/{version}")["ContentDocumentId"]

    raw.send("DELETE", f"/sobjects/ContentDocument/{document}")

    assert raw.query("SELECT Id FROM ContentVersion")["totalSize"] == 0
    assert raw.send("GET", f"/sobjects/ContentVersion/{version}/VersionData").status_code == 404


@row("rest.md#5", "Blob create")
def test_a_file_that_is_missing_is_a_missing_required_field(raw: RawOrg) -> None:
    error = raw.refused_create("Attachment", ParentId=raw.create("Account", Name="Acme"), Name="a.png")

    assert (error["errorCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", ["Body"])


def test_a_file_is_changed_with_its_record(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    record_id = raw.create("Attachment", ParentId=account, Name="a.png", Body="b25l")
    path = f"/sobjects/Attachment/{record_id}"
    parts = {"entity": (None, '{"Name": "b.png"}', "application/json"), "Body": ("b.png", CONTENT, "image/png")}

    answer = raw.send("PATCH", path, files=parts)

    assert (answer.status_code, answer.content) == (204, b"")
    assert raw.send("GET", f"{path}/Body").content == CONTENT
    record = raw.get(path)
    assert (record["Name"], record["BodyLength"]) == ("b.png", len(CONTENT))
    assert raw.send("PATCH", path, json={"Name": "c.png"}).status_code == 204
    assert raw.send("GET", f"{path}/Body").content == CONTENT


def test_the_file_of_a_version_does_not_change(raw: RawOrg) -> None:
    version = raw.create("ContentVersion", **VERSION, VersionData="b25l")
    parts = {"entity": (None, "{}", "application/json"), "VersionData": ("b.png", CONTENT, "image/png")}

    answer = raw.send("PATCH", f"/sobjects/ContentVersion/{version}", files=parts)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert raw.send("GET", f"/sobjects/ContentVersion/{version}/VersionData").content == b"one"


def test_a_refused_record_leaves_no_file(raw: RawOrg) -> None:
    answer = send_parts(raw, "Attachment", {"Name": "a.png"}, "Body", CONTENT)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")
    assert raw.query("SELECT Id FROM Attachment")["totalSize"] == 0


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: text/plain\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno end"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\na\r\n--x\r\n\r\nb\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n{}\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x" + b"\r\n--x" * 1000 + b"--"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\n\r\n"
            + b"[" * 2000
            + b'\r\n--x\r\nContent-Disposition: form-data; name="VersionData"\r\n\r\nb\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\n\r\n[]\r\n--x\r\nContent-Disposition: form-data; name="VersionData"\r\n\r\nb\r\n--x--',
        ),
    ],
)
def test_a_malformed_multipart_request_is_refused(raw: RawOrg, content_type: str, body: bytes) -> None:
    answer = raw.send("POST", "/sobjects/ContentVersion", content=body, headers={"Content-Type": content_type})

    assert answer.status_code == 400, answer.text
    assert answer.json()[0]["errorCode"]


def test_an_object_without_files_takes_no_file(raw: RawOrg) -> None:
    answer = send_parts(raw, "Account", {"Name": "Acme"}, "Body", CONTENT)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_MULTIPART_REQUEST")


def test_there_is_nothing_to_read_where_no_file_is(raw: RawOrg, org: Org) -> None:
    document = raw.create("Document", Name="Empty", FolderId=org.identity.admin_id)

    assert raw.get(f"/sobjects/Document/{document}")["Body"] is None
    assert raw.send("GET", f"/sobjects/Document/{document}/Body").status_code == 404
    assert raw.send("GET", f"/sobjects/Account/{raw.create('Account', Name='Acme')}/Body").status_code == 404


@row("rest.md#2", "| POST | `/sobjects/{obj}/Id` (v37+)")
def test_a_record_is_created_at_the_path_of_an_upsert(raw: RawOrg) -> None:
    answer = raw.send("POST", "/sobjects/Account/Id", json={"Name": "Acme"})

    record_id = answer.json()["id"]
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": record_id, "success": True, "errors": [], "created": True},
    )
    assert raw.get(f"/sobjects/Account/{record_id}")["Name"] == "Acme"
    assert "created" not in raw.json("POST", "/sobjects/Account/Id", version="45.0", json={"Name": "Acme"})


def test_pictures_of_a_rich_text_are_kept_beside_it(raw: RawOrg) -> None:
    png, gif = (base64.b64encode(each).decode() for each in (b"png", b"gif"))
    text = f'<p><img alt="a" src="data:image/png;base64,{png}"/><img src=\'DATA:image/gif;base64,{gif}\'></p>'
    record_id = raw.create("EmailMessage", Status="5", HtmlBody=text)

    def found(body: str) -> list[str]:
        place = f"/sobjects/EmailMessage/{record_id}/richTextImageFields/HtmlBody"
        return [f"{place}/{each}" for each in re.findall(r'refid=(\w+)"', body)]

    kept: str = raw.get(f"/sobjects/EmailMessage/{record_id}")["HtmlBody"]
    pictures = [raw.send("GET", path) for path in found(kept)]
    assert [(each.content, each.headers["content-type"]) for each in pictures] == [
        (b"png", "image/png"), (b"gif", "image/gif"),
    ]  # fmt: skip
    assert "data:" not in kept.lower()
    assert kept.startswith(f'<p><img alt="a" src="/servlet/rtaImage?eid={record_id}&amp;feoid=HtmlBody&amp;refid=0EM')

    more = kept.replace("<p>", f'<p><img src="data:image/jpeg;base64,{png}"><img src="data:image/png;base64,%">')
    assert raw.send("PATCH", f"/sobjects/EmailMessage/{record_id}", json={"HtmlBody": more}).status_code == 204
    changed: str = raw.get(f"/sobjects/EmailMessage/{record_id}")["HtmlBody"]
    assert len(found(changed)) == 3
    assert 'src="data:image/png;base64,%"' in changed


@pytest.mark.parametrize("place", ["HtmlBody/0EM000000000001AAA", "HtmlBody/x", "Nope/{picture}", "TextBody/{picture}"])
def test_a_picture_that_a_field_does_not_have_is_not_found(raw: RawOrg, place: str) -> None:
    inline = f'<img src="data:image/png;base64,{base64.b64encode(b"png").decode()}">'
    record_id, other = (raw.create("EmailMessage", Status="5", HtmlBody=inline) for _ in range(2))
    body: str = raw.get(f"/sobjects/EmailMessage/{other}")["HtmlBody"]
    picture = body.partition("refid=")[2].partition('"')[0]
    base = f"/sobjects/EmailMessage/{{}}/richTextImageFields/{place.format(picture=picture)}"

    assert raw.send("GET", base.format(record_id)).status_code == 404
    assert (
        raw.send("GET", f"/sobjects/EmailMessage/{record_id}/richTextImageFields/HtmlBody/{picture}").status_code == 404
    )
