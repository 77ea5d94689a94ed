"""Workflow rules as documents of the org: what each does to the records that it is run on.

A rule is `{"object", "name", "description", "actions": [...]}`; an action `{"type": "FieldUpdate", "name", "field",
"value"}` changes the record, `{"type": "Task", "name", "subject"}` makes a task about it. Any other type does nothing.
Source: specs/reference/rest_resources.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import ApiError
from specforce_mockserver.records import batch_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.records import RowResult
    from specforce_mockserver.schema import SObjectType

Document = dict[str, Any]
KIND = "rule"


def add_rule(org: Org, given: Mapping[str, Any]) -> Document:
    """Set up a rule.

    Raises:
        ValueError: the org doesn't have its object.
    """
    sobject = org.schema.type(given["object"])
    if sobject is None:
        message = f"there is no object {given['object']}"
        raise ValueError(message)
    actions = [{"id": org.counters.new_id("01V"), **each} for each in given.get("actions", ())]
    rule: Document = {
        "actions": actions,
        "description": given.get("description"),
        "id": org.counters.new_id("01Q"),
        "name": given["name"],
        "namespacePrefix": None,
        "object": sobject.name,
    }
    org.documents.put(KIND, rule["id"], rule)
    return rule


def rules_of(org: Org, sobject: SObjectType | None = None) -> list[Document]:
    """The rules of one object, or of all."""
    return [each for each in org.documents.all(KIND).values() if sobject is None or each["object"] == sobject.name]


def public(rule: Document) -> Document:
    """A rule as the API describes it."""
    actions = [{name: each[name] for name in ("id", "name", "type")} for each in rule["actions"]]
    return {**rule, "actions": actions}


def run_rules(
    org: Org, rules: Sequence[Document], sobject: SObjectType, record_ids: Sequence[str], user_id: str
) -> None:
    """Do what rules do to records; the caller holds the org's `database.write()`.

    Raises:
        ApiError: 400, a record is refused.
    """
    for rule in rules:
        for action in rule["actions"]:
            if action["type"] == "FieldUpdate":
                rows = [{"Id": each, action["field"]: action["value"]} for each in record_ids]
                _accept(org.records.update(batch_from_json(org.schema, sobject, rows), user_id=user_id))
            elif action["type"] == "Task":
                subject = action.get("subject", action["name"])
                who = "WhoId" if sobject.name in {"Contact", "Lead"} else "WhatId"
                rows = [{"Subject": subject, who: each} for each in record_ids]
                _accept(org.records.insert(batch_from_json(org.schema, org.schema["Task"], rows), user_id=user_id))


def _accept(results: Sequence[RowResult]) -> None:
    for each in results:
        if each.error is not None:
            raise ApiError(400, each.error.code, each.error.message, each.error.fields)
