"""Scenarios of the composite family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.contract.stage import API_VERSION, Scene, Stage, holds, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
DATA = f"/services/data/v{API_VERSION}"
ACME = {"method": "POST", "url": f"{DATA}/sobjects/Account", "referenceId": "a1", "body": {"Name": "Acme"}}
EK = {
    "method": "POST",
    "url": f"{DATA}/sobjects/Contact",
    "referenceId": "c1",
    "body": {"LastName": "Ek", "AccountId": "@{a1.id}"},
}
CREATED = {"httpStatusCode": 201, "body": {"success": True}}


def _of(sobject: str, **fields: Json) -> Json:
    return {"attributes": {"type": sobject}, **fields}


def _like(wanted: list[Json]) -> Callable[[Json], bool]:
    """A test of a list, entry by entry."""
    return lambda found: holds(wanted, found)


@scenario("listCompositeResources")
def list_composite_resources(_: Stage) -> Scene:
    return Scene({}, {"tree": f"{DATA}/composite/tree", "graph": f"{DATA}/composite/graph"})


@scenario("composite")
def composite(_: Stage) -> Scene:
    body = {"allOrNone": True, "compositeRequest": [ACME, EK]}
    return Scene({}, {"compositeResponse": [CREATED, CREATED]}, body=body)


@scenario("compositeBatch")
def composite_batch(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme")
    path = f"v{API_VERSION}/sobjects/Account"
    requests = [
        {"method": "PATCH", "url": f"{path}/{record_id}", "richInput": {"Name": "Acme & Sons"}},
        {"method": "GET", "url": f"{path}/{record_id}?fields=Name"},
        {"method": "GET", "url": f"{path}/001000000000000AAA"},
    ]
    results = [
        {"statusCode": 204, "result": None},
        {"statusCode": 200, "result": {"Name": "Acme & Sons"}},
        {"statusCode": 404, "result": [{"errorCode": "NOT_FOUND"}]},
    ]
    return Scene({}, {"hasErrors": True, "results": results}, body={"batchRequests": requests})


@scenario("compositeGraph")
def composite_graph(_: Stage) -> Scene:
    done = {"graphId": "g1", "isSuccessful": True, "graphResponse": {"compositeResponse": [CREATED, CREATED]}}
    return Scene({}, {"graphs": [done]}, body={"graphs": [{"graphId": "g1", "compositeRequest": [ACME, EK]}]})


@scenario("compositeTree")
def composite_tree(_: Stage) -> Scene:
    child = {"attributes": {"type": "Contact", "referenceId": "r2"}, "LastName": "Ek"}
    root = {"attributes": {"type": "Account", "referenceId": "r1"}, "Name": "Acme", "Contacts": {"records": [child]}}
    saved = [{"referenceId": "r1"}, {"referenceId": "r2"}]
    return Scene({"sobject": "Account"}, {"hasErrors": False, "results": saved}, body={"records": [root]}, status=201)


@scenario("createRecords")
def create_records(_: Stage) -> Scene:
    results = [{"success": True, "errors": []}, {"success": False}]
    return Scene({}, _like(results), body={"records": [_of("Account", Name="A"), _of("Contact")]})


@scenario("updateRecords")
def update_records(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme")
    records = [_of("Account", Id=record_id, Phone=None), _of("Account", Name="x")]
    return Scene({}, _like([{"id": record_id, "success": True}, {"success": False}]), body={"records": records})


@scenario("upsertRecords")
def upsert_records(stage: Stage) -> Scene:
    record_id = stage.create("Account", Name="Acme", Code__c="A-1")
    records = [_of("Account", Name="A", Code__c="A-1"), _of("Account", Name="B", Code__c="B-1")]
    wanted = [{"id": record_id, "created": False}, {"created": True}]
    return Scene({"sobject": "Account", "field": "Code__c"}, _like(wanted), body={"records": records})


@scenario("deleteRecords")
def delete_records(stage: Stage) -> Scene:
    ids = [stage.create("Account", Name="A"), "001000000000000AAA"]
    return Scene({"ids": ids, "allOrNone": False}, _like([{"id": ids[0], "success": True}, {"success": False}]))


@scenario("retrieveRecords")
def retrieve_records(stage: Stage) -> Scene:
    ids = [stage.create("Account", Name="A"), "001000000000000AAA"]
    return Scene({"sobject": "Account", "ids": ids, "fields": ["Id", "Name"]}, _like([{"Name": "A"}, None]))


@scenario("retrieveRecordsPost")
def retrieve_records_post(stage: Stage) -> Scene:
    ids = ["001000000000000AAA", stage.create("Account", Name="A")]
    return Scene({"sobject": "Account"}, _like([None, {"Name": "A"}]), body={"ids": ids, "fields": ["Id", "Name"]})
