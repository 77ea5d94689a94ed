"""Scenarios of files, and of records reached over a relationship."""

from __future__ import annotations

import base64

from tests.contract.stage import Scene, Stage, scenario


@scenario("createRecordMultipart")
def create_record_multipart(_: Stage) -> Scene:
    created = {"success": True, "errors": [], "id": lambda record_id: record_id.startswith("068")}
    parts = {"entity": {"Title": "Handbook", "PathOnClient": "handbook.txt"}, "VersionData": "Read this first.\n"}
    return Scene({"sobject": "ContentVersion"}, created, body=parts, status=201)


@scenario("getBlob")
def get_blob(stage: Stage) -> Scene:
    content = b"\x00\r\n--boundary\x7f"
    encoded = base64.b64encode(content).decode()
    record_id = stage.create("ContentVersion", Title="Raw", PathOnClient="raw.bin", VersionData=encoded)
    arguments = {"sobject": "ContentVersion", "record_id": record_id, "blob_field": "VersionData"}
    return Scene(arguments, lambda found: found == content)


@scenario("createRecordById")
def create_record_by_id(_: Stage) -> Scene:
    created = {"success": True, "created": True, "id": lambda record_id: record_id.startswith("001")}
    return Scene({"sobject": "Account"}, created, body={"Name": "Acme"}, status=201)
