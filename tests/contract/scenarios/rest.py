"""Scenarios of the REST API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.contract.stage import API_VERSION, Scene, Stage, scenario

Json = Any
DATA = f"/services/data/v{API_VERSION}"
PAGE = {"Sforce-Query-Options": "batchSize=200"}


def _now(stage: Stage) -> datetime:
    """The org's own time: what it stamped on a record that was just made."""
    record_id = stage.create("Task", Subject="What time is it?")
    stamped = stage.request("GET", f"/sobjects/Task/{record_id}", params={"fields": "CreatedDate"}).json()
    return datetime.fromisoformat(stamped["CreatedDate"])


def _many_contacts(stage: Stage, count: int) -> None:
    rows = "".join(f"Contact {number:04}\n" for number in range(count))
    stage.ingest_job(f"LastName\n{rows}".encode())


def _names(entries: list[Json]) -> set[str]:
    return {entry["name"] for entry in entries}


@scenario("listVersions")
def list_versions(_: Stage) -> Scene:
    newest = {"version": API_VERSION, "url": DATA}
    return Scene({}, lambda versions: newest.items() <= versions[-1].items())


@scenario("listResources")
def list_resources(_: Stage) -> Scene:
    return Scene({}, {"sobjects": f"{DATA}/sobjects", "query": f"{DATA}/query", "limits": f"{DATA}/limits"})


@scenario("getLimits")
def get_limits(_: Stage) -> Scene:
    return Scene({}, {"DailyApiRequests": {"Max": lambda value: value > 0, "Remaining": lambda value: value >= 0}})


@scenario("describeGlobal")
def describe_global(_: Stage) -> Scene:
    wanted = {"Account", "Contact", "Lead", "Opportunity", "Case", "Task", "User"}
    return Scene({}, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": lambda found: wanted <= _names(found)})


@scenario("getSObjectBasicInfo")
def get_sobject_basic_info(_: Stage) -> Scene:
    return Scene({"sobject": "Account"}, {"objectDescribe": {"name": "Account", "keyPrefix": "001", "custom": False}})


@scenario("describeSObject")
def describe_sobject(_: Stage) -> Scene:
    wanted = {"Id", "Name", "OwnerId"}
    described = {"name": "Account", "keyPrefix": "001", "fields": lambda found: wanted <= _names(found)}
    return Scene({"sobject": "account"}, described)


@scenario("createRecord")
def create_record(_: Stage) -> Scene:
    created = {"success": True, "errors": [], "id": lambda record_id: record_id.startswith("001")}
    return Scene({"sobject": "Account"}, created, body={"Name": "Acme", "AnnualRevenue": 350000000.5}, status=201)


@scenario("getRecord")
def get_record(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme", NumberOfEmployees=120)
    wanted = {"Id": record_id, "Name": "Acme", "NumberOfEmployees": 120, "attributes": {"type": "Account"}}
    return Scene({"sobject": "Account", "record_id": record_id}, wanted)


@scenario("updateRecord")
def update_record(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme")
    return Scene(
        {"sobject": "Account", "record_id": record_id}, lambda value: value is None, body={"Phone": None}, status=204
    )


@scenario("deleteRecord")
def delete_record(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme")
    return Scene({"sobject": "Account", "record_id": record_id}, lambda value: value is None, status=204)


@scenario("getRecordByExternalId")
def get_record_by_external_id(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme", Code__c="A/B ?#%")
    return Scene(
        {"sobject": "Account", "field": "Code__c", "value": "A/B ?#%"}, {"Id": record_id, "Code__c": "A/B ?#%"}
    )


@scenario("upsertRecord")
def upsert_record(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme", Code__c="A-1")
    return Scene(
        {"sobject": "Account", "field": "Code__c", "value": "A-1"},
        {"id": record_id, "success": True, "errors": [], "created": False},
        body={"Name": "Acme & Sons"},
    )


@scenario("deleteRecordByExternalId")
def delete_record_by_external_id(stage: Stage) -> Scene:
    stage.create("Account", Name="Acme", Code__c="A-1")
    return Scene({"sobject": "Account", "field": "Code__c", "value": "A-1"}, lambda value: value is None, status=204)


@scenario("query")
def query(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="O'Hara")
    soql = "SELECT Id, Name, Owner.Name FROM Account WHERE Name LIKE 'O\\'H%'"
    found = {"Id": record_id, "Name": "O'Hara", "Owner": {"Name": bool}}
    return Scene({"q": soql}, {"totalSize": 1, "done": True, "records": [found]})


@scenario("queryAll")
def query_all(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Gone")
    stage.delete("Account", record_id)
    found = {"Id": record_id, "IsDeleted": True}
    return Scene(
        {"q": "SELECT Id, IsDeleted FROM Account WHERE Name = 'Gone'"},
        {"totalSize": 1, "done": True, "records": [found]},
    )


@scenario("explainQuery")
def explain_query(stage: Stage) -> Scene:
    stage.create("Account", Name="Acme")
    soql = "SELECT Id FROM Account WHERE Name = 'Acme'"
    return Scene({"explain": soql}, {"sourceQuery": soql, "plans": lambda plans: plans[0]["sobjectType"] == "Account"})


@scenario("queryMore")
def query_more(stage: Stage) -> Scene:
    _many_contacts(stage, 250)
    soql = {"q": "SELECT Id, LastName FROM Contact ORDER BY LastName"}
    page = stage.request("GET", "/query", params=soql, headers=PAGE).json()
    assert (page["totalSize"], page["done"], len(page["records"])) == (250, False, 200)
    wanted = [{"LastName": f"Contact {number:04}"} for number in range(200, 250)]
    locator = page["nextRecordsUrl"].rsplit("/", 1)[-1]
    return Scene({"locator": locator}, {"totalSize": 250, "done": True, "records": wanted})


@scenario("queryAllMore")
def query_all_more(stage: Stage) -> Scene:
    _many_contacts(stage, 250)
    page = stage.request("GET", "/queryAll", params={"q": "SELECT Id FROM Contact"}, headers=PAGE).json()
    locator = page["nextRecordsUrl"].rsplit("/", 1)[-1]
    return Scene({"locator": locator}, {"totalSize": 250, "done": True, "records": lambda records: len(records) == 50})


@scenario("search")
def search(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Zephyr Holding")
    found = {"Id": record_id, "Name": "Zephyr Holding", "attributes": {"type": "Account"}}
    return Scene({"q": "FIND {Zephyr} IN ALL FIELDS RETURNING Account(Id, Name)"}, {"searchRecords": [found]})


@scenario("parameterizedSearch")
def parameterized_search(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Zephyr Holding")
    return Scene({"q": "Zephyr", "sobject": ["Account"], "fields": ["Id"]}, {"searchRecords": [{"Id": record_id}]})


@scenario("parameterizedSearchPost")
def parameterized_search_post(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Zephyr Holding")
    asked = {"q": "Zephyr", "sobjects": [{"name": "Account", "fields": ["Id", "Name"]}]}
    return Scene({}, {"searchRecords": [{"Id": record_id, "Name": "Zephyr Holding"}]}, body=asked)


@scenario("getDeletedRecords")
def get_deleted_records(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Gone")
    stage.delete("Account", record_id)
    return Scene({"sobject": "Account", **_span(stage)}, {"deletedRecords": [{"id": record_id}]})


@scenario("getUpdatedRecords")
def get_updated_records(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="New")
    return Scene({"sobject": "Account", **_span(stage)}, {"ids": [record_id]})


def _span(stage: Stage) -> dict[str, str]:
    """An hour before the org's time to an hour after it."""
    now = _now(stage).replace(microsecond=0)
    return {"start": (now - timedelta(hours=1)).isoformat(), "end": (now + timedelta(hours=1)).isoformat()}
