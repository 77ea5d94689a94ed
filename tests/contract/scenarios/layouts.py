"""Scenarios of layouts."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
MASTER = "012000000000000AAA"


def _fields(sections: Json) -> set[str]:
    """The fields that sections of a layout show."""
    rows = [row for section in sections for row in section["layoutRows"]]
    return {part["value"] for row in rows for item in row["layoutItems"] for part in item["layoutComponents"]}


def _has_account_fields(sections: Json) -> bool:
    return {"Name", "Industry", "BillingAddress"} <= _fields(sections)


@scenario("describeLayouts")
def describe_layouts(_: Stage) -> Scene:
    wanted = {"recordTypeMappings": [{"recordTypeId": MASTER}], "recordTypeSelectorRequired": [False]}
    return Scene({"sobject": "Account"}, {"layouts": [{"detailLayoutSections": _has_account_fields}], **wanted})


@scenario("describeLayout")
def describe_layout(_: Stage) -> Scene:
    return Scene({"sobject": "Account", "record_type_id": MASTER}, {"detailLayoutSections": _has_account_fields})


@scenario("describeGlobalLayouts")
def describe_global_layouts(_: Stage) -> Scene:
    actions = {"quickActionListItems": lambda found: "NewTask" in {each["quickActionName"] for each in found}}
    return Scene({}, {"layouts": [{"id": None, "quickActionList": actions}], "recordTypeMappings": []})


@scenario("getNamedLayout")
def get_named_layout(_: Stage) -> Scene:
    layout = {"detailLayoutSections": lambda sections: "Username" in _fields(sections)}
    return Scene({"sobject": "User", "layout_name": "UserAlt"}, {"layouts": [layout]})


@scenario("describeCompactLayouts")
def describe_compact_layouts(_: Stage) -> Scene:
    return Scene({"sobject": "Account"}, {"compactLayouts": [], "defaultCompactLayoutId": None})


@scenario("describePrimaryCompactLayout")
def describe_primary_compact_layout(_: Stage) -> Scene:
    first = lambda items: items[0]["layoutComponents"][0]["value"] == "Name"  # noqa: E731 - a test of one value
    return Scene({"sobject": "Account"}, {"name": "SYSTEM", "objectType": "Account", "fieldItems": first})


@scenario("listCompactLayouts")
def list_compact_layouts(_: Stage) -> Scene:
    return Scene({"q": ["Account", "Contact"]}, {"Account": {"name": "SYSTEM"}, "Contact": {"objectType": "Contact"}})


def _process(stage: Stage) -> dict[str, str]:
    """An approval process for accounts, as its layout names it."""
    record = {"Name": "Big deals", "DeveloperName": "Big_deals", "TableEnumOrId": "Account"}
    made = stage.request("POST", "/__mock/seed", json={"ProcessDefinition": [record]}).json()
    return {"id": made["ProcessDefinition"][0], "label": "Big deals", "name": "Big_deals"}


@scenario("describeApprovalLayouts")
def describe_approval_layouts(stage: Stage) -> Scene:
    return Scene({"sobject": "Account"}, {"approvalLayouts": [_process(stage)]})


@scenario("describeApprovalLayout")
def describe_approval_layout(stage: Stage) -> Scene:
    wanted = _process(stage)
    return Scene({"sobject": "Account", "process_name": "Big_deals"}, {"approvalLayouts": [wanted]})


@scenario("getDefaultValues")
def get_default_values(_: Stage) -> Scene:
    owner = {"OwnerId": lambda found: found.startswith("005"), "Rating": None}
    return Scene({"sobject": "Account", "fields": ["OwnerId", "Rating"]}, owner)
