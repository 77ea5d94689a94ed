"""Tabs, themes, menus, record counts, relevant items and event schemas, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.raw_org import RawOrg, serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any
EVENTS = """
[Arrived__e]
label = "Arrived"
labelPlural = "Arrived"
keyPrefix = "e00"
queryable = false
searchable = false
systemFields = ["Id", "CreatedDate", "CreatedById"]

[Arrived__e.fields]
Flight__c = "string(10) required"
Delay__c = "double(4, 0)"
"""


@pytest.fixture
def with_event() -> Iterator[RawOrg]:
    """An org that has a platform event."""
    with serving(Org(schema_of_text(EVENTS))) as client:
        yield client


@row("rest_resources.md#2", "* `GET /theme` (v29+, If-Modified-Since)")
def test_tabs_and_themes_are_those_of_the_objects(raw: RawOrg) -> None:
    tabs = {each["name"]: each for each in raw.get("/tabs")}
    themes = {each["name"]: each for each in raw.get("/theme")["themeItems"]}

    assert (tabs["standard-Account"]["sobjectName"], tabs["standard-Account"]["label"]) == ("Account", "Accounts")
    assert (tabs["Thing__c"]["custom"], tabs["standard-home"]["sobjectName"]) == (True, None)
    assert {"Account", "Thing__c"} <= set(themes)
    icon = themes["Account"]["icons"][0]
    assert set(icon) == {"contentType", "height", "theme", "url", "width"}
    dated = raw.send("GET", "/theme", headers={"If-Modified-Since": "Fri, 01 Jan 2100 10:00:00 GMT"})
    assert dated.status_code == 304


@row("rest_resources.md#2", "* `GET /appMenu/AppSwitcher`")
def test_menus_have_items(raw: RawOrg) -> None:
    apps, mobile = raw.get("/appMenu/AppSwitcher"), raw.get("/appMenu/Salesforce1")

    assert apps["appMenuItems"][0]["label"] == "Sales"
    assert apps["appMenuItems"][0]["url"].startswith("/home/home.jsp?tsid=02u")
    assert {each["type"] for each in mobile["appMenuItems"]} == {"Standard.MyDay", "Standard.Search"}


@row("rest.md#11", 'recordCount: `{"sObjects":[{"count":12,"name":"Account"}]}`')
def test_records_in_the_recycle_bin_arent_counted(raw: RawOrg) -> None:
    first, _ = (raw.create("Account", Name=name) for name in ("A", "B"))
    raw.send("DELETE", f"/sobjects/Account/{first}")

    assert raw.get("/limits/recordCount?sObjects=account,Foo") == {"sObjects": [{"count": 1, "name": "Account"}]}
    assert "Thing__c" in {each["name"] for each in raw.get("/limits/recordCount")["sObjects"]}


@row("rest_resources.md#3", "`GET /sobjects/relevantItems` (v35+)")
def test_relevant_items_change_with_the_records(raw: RawOrg) -> None:
    ids = [raw.create("Account", Name=name) for name in ("A", "B")]
    path = "/sobjects/relevantItems?sobjects=Account,contact"

    (before,) = raw.get(path)
    raw.send("DELETE", f"/sobjects/Account/{ids[1]}")
    (after,) = raw.get(path)

    assert (before["apiName"], before["key"], before["label"]) == ("Account", "001", "Accounts")
    assert (before["recordIds"], after["recordIds"]) == ([ids[1][:15], ids[0][:15]], [ids[0][:15]])
    assert before["lastUpdatedId"] != after["lastUpdatedId"]


@row("rest_resources.md#4", "`GET /sobjects/{Event__e}/eventSchema`")
def test_an_event_has_a_schema_in_two_forms(with_event: RawOrg) -> None:
    compact = with_event.get("/sobjects/Arrived__e/eventSchema?payloadFormat=COMPACT")
    expanded = with_event.get("/sobjects/Arrived__e/eventSchema")

    fields = {each["name"]: each for each in compact["fields"]}
    assert (compact["type"], compact["namespace"], len(compact["uuid"])) == ("record", "com.sforce.eventbus", 22)
    assert (fields["CreatedDate"]["type"], fields["Flight__c"]["type"]) == ("long", "string")
    assert (fields["Delay__c"]["type"], fields["Delay__c"]["default"]) == (["null", "double"], None)
    assert expanded["type"] == "expanded-record"
    assert with_event.get(f"/event/eventSchema/{compact['uuid']}?payloadFormat=COMPACT") == compact
    assert with_event.get("/sobjects/Arrived__e/eventSchema?payloadFormat=COMPACT", version="42.0") == expanded
    assert with_event.refused("GET", "/sobjects/Arrived__e/eventSchema?payloadFormat=X")[0] == 400
    for path in ("/sobjects/Account/eventSchema", "/event/eventSchema/5E5OtZj5_Gm6Vax9XMXH9A"):
        assert with_event.refused("GET", path)[0] == 404
