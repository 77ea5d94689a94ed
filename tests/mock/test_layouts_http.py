"""Layouts over raw HTTP: they show what the schema has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any
DATA = "/services/data/v67.0"
MASTER = "012000000000000AAA"


def items(layout: Json, kind: str = "detailLayoutSections") -> dict[str, Json]:
    """The fields of a page to the items that show them."""
    rows = [row for section in layout[kind] for row in section["layoutRows"]]
    found = [item for row in rows for item in row["layoutItems"] if not item["placeholder"]]
    return {item["layoutComponents"][0]["value"]: item for item in found}


def test_a_page_shows_the_fields_of_its_object(raw: RawOrg) -> None:
    (layout,) = raw.get("/sobjects/Thing__c/describe/layouts")["layouts"]

    shown, edited = items(layout), items(layout, "editLayoutSections")
    assert {"Name", "Kind__c", "Place__c", "CreatedById"} <= set(shown)
    assert {"Kind__c", "Place__c"} <= set(edited)
    assert not {"CreatedById", "Place__Latitude__s"} & set(edited)
    assert (shown["Fixed__c"]["editableForNew"], shown["Fixed__c"]["editableForUpdate"]) == (True, False)
    assert shown["Kind__c"]["layoutComponents"][0]["details"]["type"] == "picklist"
    parts = shown["Place__c"]["layoutComponents"][0]["components"]
    assert {each["value"] for each in parts} == {"Place__Latitude__s", "Place__Longitude__s"}
    for section in layout["detailLayoutSections"]:
        assert section["rows"] == len(section["layoutRows"])
        assert {row["numItems"] for row in section["layoutRows"]} == {section["columns"]}


def test_a_page_lists_children_and_actions(raw: RawOrg) -> None:
    layout = raw.get(f"/sobjects/Account/describe/layouts/{MASTER}")

    related = {each["name"]: each for each in layout["relatedLists"]}
    assert (related["Things__r"]["sobject"], related["Things__r"]["field"]) == ("Thing__c", "Account__c")
    assert related["Contacts"]["columns"][0]["field"] == "Contact.Name"
    named = {each["quickActionName"] for each in layout["quickActionList"]["quickActionListItems"]}
    assert named == {each["name"] for each in raw.get("/sobjects/Account/quickActions")}
    assert raw.refused("GET", "/sobjects/Account/describe/layouts/012000000000001AAA")[0] == 404


@row("rest.md#6", "recordTypeInfos[]:")
def test_record_types_lead_to_their_layout(raw: RawOrg) -> None:
    described = raw.get("/sobjects/Account/describe")
    (mapping,) = raw.get(described["urls"]["layouts"])["recordTypeMappings"]

    assert mapping["recordTypeId"] == described["recordTypeInfos"][0]["recordTypeId"]
    assert raw.get(mapping["urls"]["layout"])["id"] == mapping["layoutId"]


def test_layouts_can_be_asked_for_by_date(raw: RawOrg) -> None:
    first = raw.send("GET", "/sobjects/Account/describe/layouts")
    again = {"If-Modified-Since": first.headers["last-modified"]}

    assert first.headers["etag"]
    assert raw.send("GET", "/sobjects/Account/describe/layouts", headers=again).status_code == 304


def test_named_layouts_are_those_of_the_describe(raw: RawOrg) -> None:
    (info,) = raw.get("/sobjects/User/describe", version="66.0")["namedLayoutInfos"]

    assert info["urls"]["layout"] == "/services/data/v66.0/sobjects/User/describe/namedLayouts/UserAlt"
    assert "Username" in items(raw.get(info["urls"]["layout"])["layouts"][0])
    assert raw.refused("GET", "/sobjects/Account/describe/namedLayouts/Any")[0] == 404


@row("rest_resources.md#1", "* `GET /sobjects/{obj}/describe/compactLayouts`")
@row("rest_resources.md#1", "* `GET /compactLayouts?q=A,B`")
def test_compact_layouts_are_salesforces_own(raw: RawOrg) -> None:
    body = raw.get("/sobjects/Account/describe/compactLayouts")
    (mapping,) = body["recordTypeCompactLayoutMappings"]
    listed = raw.get("/compactLayouts", params={"q": "Account,thing__c"})

    assert (body["compactLayouts"], mapping["compactLayoutId"], mapping["recordTypeName"]) == ([], None, "Master")
    assert list(listed) == ["Account", "Thing__c"]
    assert raw.get(mapping["urls"]["compactLayout"]) == listed["Account"]
    assert raw.refused("GET", "/compactLayouts", params={"q": "Account,Nothing"})[0] == 404


@row("rest_resources.md#1", "* `GET …/describe/approvalLayouts[/{processName}]` (v30+)")
def test_approvers_see_a_record_in_short(raw: RawOrg) -> None:
    records = [
        {"Name": name, "DeveloperName": name.replace(" ", "_"), "TableEnumOrId": "Account"} for name in ("A b", "C d")
    ]
    first, second = raw.mock("POST", "seed", json={"ProcessDefinition": records})["ProcessDefinition"]
    path = "/sobjects/Account/describe/approvalLayouts"

    listed = raw.get(path)["approvalLayouts"]

    named = [(each["id"], each["label"], each["name"]) for each in listed]
    assert named == [(first, "A b", "A_b"), (second, "C d", "C_d")]
    assert listed[0]["layoutItems"] == raw.get("/compactLayouts?q=Account")["Account"]["fieldItems"]
    assert raw.get(f"{path}/c_D") == {"approvalLayouts": [listed[1]]}
    assert raw.get("/sobjects/Contact/describe/approvalLayouts") == {"approvalLayouts": []}
    assert raw.refused("GET", f"{path}/Nothing")[0] == 404


def test_default_values_are_those_of_a_new_record(raw: RawOrg) -> None:
    case = raw.get("/sobjects/Case/defaultValues")
    record_id = raw.create("Case")

    made = raw.get(f"/sobjects/Case/{record_id}")
    assert case["attributes"] == {"type": "Case"}
    assert {"Status", "OwnerId"} <= set(case)
    assert {name: made[name] for name in case if name != "attributes"}.items() <= case.items()
    asked = {"fields": "Sold__c,Kind__c", "recordTypeId": MASTER}
    values = raw.get("/sobjects/Thing__c/defaultValues", params=asked)
    assert values == {"attributes": {"type": "Thing__c"}, "Sold__c": False, "Kind__c": None}
    assert raw.refused("GET", "/sobjects/Case/defaultValues", params={"fields": "Foo"})[0] == 400
