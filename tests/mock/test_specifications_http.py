"""OpenAPI documents of the org's objects, over raw HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any
PATH = "/async/specifications/oas3"
DATA = "/services/data/v67.0"


def fetched(raw: RawOrg, *resources: str) -> Json:
    """The document of some resources."""
    href = raw.json("POST", PATH, json={"resources": list(resources)})["href"]
    assert raw.send("GET", f"/services/data{href}").status_code == 202
    return raw.get(f"/services/data{href}")


def references(node: Json) -> set[str]:
    """What a document refers to."""
    return set(re.findall(r"'\$ref': '([^']*)'", str(node)))


@row("rest.md#13", "Request: `POST /services/data/v66.0/async/specifications/oas3`")
def test_the_document_of_an_object_has_its_paths_and_its_fields(raw: RawOrg) -> None:
    found = fetched(raw, f"{DATA}/sobjects/Thing__c/*")

    base = "/v67.0/sobjects/Thing__c"
    fields = found["components"]["schemas"]["Thing__cSObject"]
    assert found["servers"] == [{"url": f"{raw.url}/services/data"}]
    assert {name for name in found["components"]["schemas"] if name.endswith("SObject")} == {"Thing__cSObject"}
    assert set(found["paths"]) == {base, f"{base}/{{id}}"}
    assert "required" not in fields
    assert fields["properties"]["Kind__c"]["enum"] == ["Red", "Blue", None]
    assert fields["properties"]["Count__c"] == {
        "title": "Count",
        "type": "integer",
        "format": "int32",
        "nullable": True,
    }
    assert fields["properties"]["Id"]["readOnly"] is True
    assert set(fields["properties"]["Place__c"]["properties"]) == {"Place__Latitude__s", "Place__Longitude__s"}
    assert {"bearerAuth", "oAuth2", "openIDConnectDiscovery"} == set(found["components"]["securitySchemes"])


@row("rest.md#13", "| SaveResult |")
@row("rest.md#13", "| ErrorInfo |")
def test_the_document_of_everything_is_whole(raw: RawOrg) -> None:
    found = fetched(raw, "*")

    schemas = found["components"]["schemas"]
    assert {"AccountSObject", "Thing__cSObject", "SaveResult", "ErrorInfo"} <= set(schemas)
    assert {each.removeprefix("#/components/schemas/") for each in references(found)} <= set(schemas)
    operations = [each for item in found["paths"].values() for each in item.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for path, item in found["paths"].items():
        for each in item.values():
            assert [one["name"] for one in each.get("parameters", ())] == re.findall(r"{(\w+)}", path)
    assert "patch" in found["paths"]["/v67.0/sobjects/Account/Code__c/{value}"]
    assert "delete" not in found["paths"]["/v67.0/sobjects/User/{id}"]


def test_patterns_choose_paths(raw: RawOrg) -> None:
    assert set(fetched(raw, f"{DATA}/sobjects/Account")["paths"]) == {"/v67.0/sobjects/Account"}
    assert fetched(raw, f"{DATA}/sobjects/Nothing/*")["paths"] == {}
    assert raw.refused("POST", PATH, json={"resources": ["/services/data/v1.0/x"]})[0] == 400


def test_a_document_nobody_asked_for_is_not_found(raw: RawOrg) -> None:
    href = raw.json("POST", PATH, json={"resources": ["*"]})["href"]
    raw.mock("POST", "advance", json={"seconds": 86_401})
    raw.login()

    assert raw.refused("GET", f"/services/data{href}")[0] == 404
    assert raw.refused("GET", f"{PATH}/nothing")[0] == 404
