"""Scenarios of the Tooling API."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
CODE = "public class CaseApi {}"


def _class(stage: Stage, name: str = "CaseApi") -> str:
    """Create an Apex class; its Id."""
    made = stage.request("POST", "/tooling/sobjects/ApexClass", json={"Name": name, "Body": CODE}).json()
    record_id: str = made["id"]
    return record_id


def _nothing(value: Json) -> bool:
    return value is None


@scenario("toolingQuery")
def tooling_query(stage: Stage) -> Scene:
    found = {"Id": _class(stage), "Name": "CaseApi", "NamespacePrefix": None}
    soql = "SELECT Id, Name, NamespacePrefix FROM ApexClass"
    return Scene({"q": soql}, {"size": 1, "done": True, "entityTypeName": "ApexClass", "records": [found]})


@scenario("toolingQueryMore")
def tooling_query_more(stage: Stage) -> Scene:
    for number in range(201):
        _class(stage, f"C{number:03}")
    soql = {"q": "SELECT Name FROM ApexClass ORDER BY Name"}
    headers = {"Sforce-Query-Options": "batchSize=200"}
    page = stage.request("GET", "/tooling/query", params=soql, headers=headers).json()
    return Scene({"locator": page["queryLocator"]}, {"size": 1, "done": True, "records": [{"Name": "C200"}]})


@scenario("toolingSearch")
def tooling_search(stage: Stage) -> Scene:
    found = {"Id": _class(stage), "Name": "CaseApi"}
    return Scene({"q": "FIND {CaseApi} RETURNING ApexClass(Id, Name)"}, {"searchRecords": [found]})


@scenario("toolingDescribeGlobal")
def tooling_describe_global(_: Stage) -> Scene:
    def has_apex(found: list[Json]) -> bool:
        return {"ApexClass", "TraceFlag"} <= {each["name"] for each in found}

    return Scene({}, {"encoding": "UTF-8", "sobjects": has_apex})


@scenario("toolingGetSObjectBasicInfo")
def tooling_get_sobject_basic_info(stage: Stage) -> Scene:
    return Scene({"sobject": "ApexClass"}, {"recentItems": [{"Id": _class(stage)}]})


@scenario("toolingDescribeSObject")
def tooling_describe_sobject(_: Stage) -> Scene:
    return Scene({"sobject": "TraceFlag"}, {"name": "TraceFlag", "keyPrefix": "7tf"})


@scenario("toolingCreateRecord")
def tooling_create_record(_: Stage) -> Scene:
    made = {"success": True, "errors": [], "warnings": [], "infos": []}
    return Scene({"sobject": "ApexClass"}, made, body={"Name": "CaseApi", "Body": CODE}, status=201)


@scenario("toolingGetRecord")
def tooling_get_record(stage: Stage) -> Scene:
    record_id = _class(stage)
    return Scene({"sobject": "ApexClass", "record_id": record_id}, {"Id": record_id, "Body": CODE, "IsValid": True})


@scenario("toolingUpdateRecord")
def tooling_update_record(stage: Stage) -> Scene:
    level = {"DeveloperName": "Fine", "MasterLabel": "Fine"}
    record_id = stage.request("POST", "/tooling/sobjects/DebugLevel", json=level).json()["id"]
    arguments = {"sobject": "DebugLevel", "record_id": record_id}
    return Scene(arguments, _nothing, body={"ApexCode": "FINE", "Callout": None}, status=204)


@scenario("toolingDeleteRecord")
def tooling_delete_record(stage: Stage) -> Scene:
    return Scene({"sobject": "ApexClass", "record_id": _class(stage)}, _nothing, status=204)


@scenario("executeAnonymous")
def execute_anonymous(_: Stage) -> Scene:
    return Scene({"anonymousBody": "System.debug('Hello');"}, {"compiled": True, "success": True, "line": -1})
