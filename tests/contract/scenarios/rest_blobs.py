"""Scenarios of files, and of records reached over a relationship."""

from __future__ import annotations

import base64

from tests.contract.stage import Scene, Stage, scenario


@scenario("createRecordMultipart")
def create_record_multipart(_: Stage) -> Scene:
    created = {"success": True, "errors": [], "id": lambda record_id: record_id.startswith("068")}
    parts = {"entity": {"Title": "Handbook", "PathOnClient": "handbook.txt"}, "VersionData": "Read this first.\n"}
    return Scene({"sobject": "ContentVersion"}, created, body=parts, status=201)


@scenario("updateRecordMultipart")
def update_record_multipart(stage: Stage) -> Scene:
    parent = stage.create("Account", Name="Acme")
    record_id = stage.create("Attachment", ParentId=parent, Name="a.txt", Body="b25l")
    parts = {"entity": {"Name": "b.txt", "Description": None}, "Body": "two\n"}
    arguments = {"sobject": "Attachment", "record_id": record_id}
    return Scene(arguments, lambda value: value is None, body=parts, status=204)


@scenario("getBlob")
def get_blob(stage: Stage) -> Scene:
    content = b"\x00\r\n--boundary\x7f"
    encoded = base64.b64encode(content).decode()
    record_id = stage.create("ContentVersion", Title="Raw", PathOnClient="raw.bin", VersionData=encoded)
    arguments = {"sobject": "ContentVersion", "record_id": record_id, "blob_field": "VersionData"}
    return Scene(arguments, lambda found: found == content)


@scenario("getRichTextImage")
def get_rich_text_image(stage: Stage) -> Scene:
    content = b"not really a picture"
    inline = f'<img src="data:image/png;base64,{base64.b64encode(content).decode()}">'
    record_id = stage.create("EmailMessage", HtmlBody=inline, Status="5")
    html: str = stage.request("GET", f"/sobjects/EmailMessage/{record_id}").json()["HtmlBody"]
    picture = html.partition("refid=")[2].partition('"')[0]
    arguments = {"sobject": "EmailMessage", "record_id": record_id, "field_name": "HtmlBody"}
    return Scene({**arguments, "content_reference_id": picture}, lambda found: found == content)


@scenario("createRecordById")
def create_record_by_id(_: Stage) -> Scene:
    created = {"success": True, "created": True, "id": lambda record_id: record_id.startswith("001")}
    return Scene({"sobject": "Account"}, created, body={"Name": "Acme"}, status=201)


def _contact_of_account(stage: Stage) -> tuple[str, str]:
    """A contact, and the account that it belongs to."""
    account = stage.create("Account", Name="Acme")
    return stage.create("Contact", LastName="Ek", AccountId=account), account


@scenario("getRelatedRecords")
def get_related_records(stage: Stage) -> Scene:
    contact, account = _contact_of_account(stage)
    arguments = {"sobject": "Account", "record_id": account, "relationship": "Contacts", "fields": ["Id", "Title"]}
    return Scene(arguments, {"totalSize": 1, "done": True, "records": [{"Id": contact, "Title": None}]})


@scenario("updateRelatedRecord")
def update_related_record(stage: Stage) -> Scene:
    contact, _account = _contact_of_account(stage)
    arguments = {"sobject": "Contact", "record_id": contact, "relationship": "Account"}
    return Scene(arguments, lambda value: value is None, body={"Name": "Other", "Phone": None}, status=204)


@scenario("deleteRelatedRecord")
def delete_related_record(stage: Stage) -> Scene:
    contact, _account = _contact_of_account(stage)
    arguments = {"sobject": "Contact", "record_id": contact, "relationship": "Account"}
    return Scene(arguments, lambda value: value is None, status=204)


@scenario("listRecentItems")
def list_recent_items(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme")
    return Scene({"limit": 1}, lambda found: [each["Id"] for each in found] == [record_id])
