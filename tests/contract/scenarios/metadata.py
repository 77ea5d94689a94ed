"""Scenarios of list views, event schemas, tabs and menus, and of what helps people search."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import API_VERSION, Scene, Stage, scenario

Json = Any
DATA = f"/services/data/v{API_VERSION}"
EVENT = "CarrierChanged__e"


def list_view(stage: Stage, label: str = "All Accounts") -> str:
    """The id of a list view of accounts."""
    listed = stage.request("GET", "/sobjects/Account/listviews").json()["listviews"]
    found: str = next(each["id"] for each in listed if each["label"] == label)
    return found


@scenario("listTabs")
def list_tabs(_: Stage) -> Scene:
    return Scene({}, lambda found: {"standard-home", "standard-Account"} <= {each["name"] for each in found})


@scenario("getTheme")
def get_theme(_: Stage) -> Scene:
    return Scene({}, {"themeItems": lambda found: "Account" in {each["name"] for each in found}})


@scenario("getAppMenu")
def get_app_menu(_: Stage) -> Scene:
    return Scene({}, {"appMenuItems": lambda found: ("Sales", "Tabset") in {(it["label"], it["type"]) for it in found}})


@scenario("getMobileAppMenu")
def get_mobile_app_menu(_: Stage) -> Scene:
    return Scene({}, {"appMenuItems": lambda found: "Standard.Search" in {it["type"] for it in found}})


@scenario("getRecordCounts")
def get_record_counts(stage: Stage) -> Scene:
    stage.create("Account", Name="Acme")
    counts = [{"count": 1, "name": "Account"}, {"count": 0, "name": "Contact"}]
    return Scene({"sObjects": ["Account", "Nothing", "Contact"]}, {"sObjects": counts})


@scenario("listRelevantItems")
def list_relevant_items(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme")
    wanted = {"apiName": "Account", "key": "001", "label": "Accounts", "recordIds": [record_id[:15]]}
    return Scene({"sobjects": ["Account"]}, lambda found: wanted.items() <= found[0].items())


@scenario("getEventSchemaByName")
def get_event_schema_by_name(_: Stage) -> Scene:
    return Scene({"sobject": EVENT, "payloadFormat": "COMPACT"}, {"name": EVENT, "type": "record"})


@scenario("getEventSchema")
def get_event_schema(stage: Stage) -> Scene:
    compact = stage.request("GET", f"/sobjects/{EVENT}/eventSchema", params={"payloadFormat": "COMPACT"}).json()
    return Scene({"schema_id": compact["uuid"]}, {"name": EVENT, "type": "expanded-record"})


@scenario("listListViews")
def list_list_views(_: Stage) -> Scene:
    labels = {"All Accounts", "My Accounts", "New This Week"}
    views = lambda found: labels <= {each["label"] for each in found}  # noqa: E731 - a test of one value
    return Scene({"sobject": "Account"}, {"done": True, "sobjectType": "Account", "listviews": views})


@scenario("listRecentListViews")
def list_recent_list_views(stage: Stage) -> Scene:
    view_id = list_view(stage)
    stage.request("GET", f"/sobjects/Account/listviews/{view_id}/results")
    return Scene({"sobject": "Account"}, {"size": 1, "listviews": [{"id": view_id}]})


@scenario("getListView")
def get_list_view(stage: Stage) -> Scene:
    return Scene({"sobject": "Account", "list_view_id": list_view(stage)}, {"developerName": "AllAccounts"})


@scenario("describeListView")
def describe_list_view(stage: Stage) -> Scene:
    where = {"field": "CreatedDate", "operator": "equals", "values": ["THIS_WEEK"]}
    arguments = {"sobject": "Account", "list_view_id": list_view(stage, "New This Week")}
    return Scene(arguments, {"sobjectType": "Account", "scope": None, "whereCondition": where})


@scenario("getListViewResults")
def get_list_view_results(stage: Stage) -> Scene:
    for name in ("Acme", "Zephyr"):
        stage.create("Account", Name=name)
    first = lambda found: found[0]["columns"][0] == {"fieldNameOrPath": "Name", "value": "Zephyr"}  # noqa: E731 - as above
    arguments = {"sobject": "Account", "list_view_id": list_view(stage), "limit": 1, "offset": 1}
    return Scene(arguments, {"size": 1, "done": True, "records": first})


@scenario("getSearchScopeOrder")
def get_search_scope_order(_: Stage) -> Scene:
    return Scene({}, lambda found: {"type": "Account", "url": f"{DATA}/sobjects/Account/describe"} in found)


@scenario("listSearchLayouts")
def list_search_layouts(_: Stage) -> Scene:
    names = lambda found: [each["objectType"] for each in found] == ["Account", "Contact"]  # noqa: E731 - as above
    return Scene({"q": ["Account", "Contact"]}, names)


@scenario("suggestRecords")
def suggest_records(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme Incorporated")
    found = {"autoSuggestResults": [{"Id": record_id, "Name": "Acme Incorporated"}], "hasMoreResults": False}
    return Scene({"q": "acme inc", "sobject": ["Account", "Contact"]}, found)


@scenario("suggestTitleMatches")
def suggest_title_matches(_: Stage) -> Scene:
    arguments = {"q": "acme", "language": "en_US", "publishStatus": "Online"}
    return Scene(arguments, {"autoSuggestResults": [], "hasMoreResults": False})


@scenario("suggestSearchQueries")
def suggest_search_queries(stage: Stage) -> Scene:
    for text in ("zephyr holding", "the zebra", "acme"):
        stage.request("GET", "/parameterizedSearch", params={"q": text})
    return Scene({"q": "zep", "language": "en_US"}, {"autoSuggestResults": [{"0": "zephyr holding"}]})
