"""Every object that ships answers every metadata resource, as the spec has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import specforce_specs

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

OBJECTS = specforce_specs.sobject_names()
RESOURCES = (
    "",
    "/describe",
    "/describe/layouts",
    "/describe/compactLayouts",
    "/describe/compactLayouts/primary",
    "/describe/approvalLayouts",
    "/quickActions",
    "/listviews",
    "/defaultValues",
)


@pytest.mark.parametrize("sobject", OBJECTS)
def test_an_object_answers_all_of_its_metadata(raw: RawOrg, sobject: str) -> None:
    described = raw.get(f"/sobjects/{sobject}/describe")
    for resource in RESOURCES:
        path = f"/sobjects/{sobject}{resource}"
        answer = raw.send("GET", path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
    [record_type] = described["recordTypeInfos"]
    assert (record_type["master"], record_type["available"]) == (True, True)
    assert raw.get(record_type["urls"]["layout"]) is not None
    for name, url in described["urls"].items():
        if name not in {"defaultValues", "rowTemplate"}:  # these are to be filled in
            assert raw.send("GET", url).status_code == 200, url


@pytest.mark.parametrize("sobject", OBJECTS)
def test_an_object_s_fields_can_be_queried(raw: RawOrg, sobject: str) -> None:
    fields = [each["name"] for each in raw.get(f"/sobjects/{sobject}/describe")["fields"]]
    where = "WHERE LinkedEntityId = '001000000000001AAA'" if sobject == "ContentDocumentLink" else ""

    assert raw.query(f"SELECT {', '.join(fields)} FROM {sobject} {where} LIMIT 1")["done"] is True


def test_an_object_s_entry_in_describe_global_is_that_of_its_describe(raw: RawOrg) -> None:
    for entry in raw.get("/sobjects")["sobjects"]:
        described = raw.get(f"/sobjects/{entry['name']}/describe")
        assert {key: described[key] for key in entry} == entry


def test_references_and_child_relationships_are_the_same_from_both_ends(raw: RawOrg) -> None:
    described = {name: raw.get(f"/sobjects/{name}/describe") for name in OBJECTS}
    pointing = {
        (target, name, field["name"])
        for name, each in described.items()
        for field in each["fields"]
        for target in field["referenceTo"]
    }
    children = {
        (name, child["childSObject"], child["field"])
        for name, each in described.items()
        for child in each["childRelationships"]
        if child["childSObject"] in described
    }
    assert pointing == children
    for name, each in described.items():
        named = [child["relationshipName"] for child in each["childRelationships"] if child["relationshipName"]]
        assert len(named) == len(set(named)), name


@pytest.mark.parametrize("resource", ["", "/Account/describe", "/Account/describe/layouts", "/Campaign/describe"])
def test_metadata_that_did_not_change_is_not_sent_again(raw: RawOrg, resource: str) -> None:
    first = raw.send("GET", f"/sobjects{resource}")
    again = raw.send("GET", f"/sobjects{resource}", headers={"If-Modified-Since": first.headers["last-modified"]})

    assert (again.status_code, again.content) == (304, b"")
