"""The quick actions that an org has from the start, as far as its schema has their objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_mockserver.quick_actions.action import QuickAction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.schema import Schema, SObjectType

_GLOBAL: Final = ("Task", "Event", "Contact", "Account", "Lead", "Case", "Opportunity")
_CHILDREN: Final = ("Contact", "Opportunity", "Case")
MAX_FIELDS: Final = 7


def standard_actions(schema: Schema) -> Iterator[QuickAction]:
    """Global ones first: New Task, …, Log a Call; then `Account.NewContact` and the like for children of objects."""
    for name in _GLOBAL:
        if name in schema:
            yield _new(schema[name])
    task = schema.type("Task")
    if task is not None:
        yield QuickAction(
            "LogACall",
            "Log a Call",
            "LogACall",
            task.name,
            fields=_existing(task, "Subject", "Description", "WhoId", "WhatId"),
            values={"Subject": "Call", "Status": "Completed"},
        )
    for parent in schema.with_tables():
        yield from child_actions(schema, parent)
    case = schema.type("Case")
    if case is not None:
        fields = _existing(case, "Status")
        yield QuickAction("Case.ChangeStatus", "Change Status", "Update", case.name, case.name, fields=fields)


def parent_field(target: SObjectType, parent: SObjectType) -> str | None:
    """The writable field of an object that refers to records of another; None where there is none."""
    found = (each for each in target.columns if parent.name in each.reference_to and each.createable)
    return next((each.name for each in found), None)


def asked_fields(target: SObjectType, *first: str | None) -> tuple[str, ...]:
    """The fields that an action asks for: some, those that a new record needs, then others while there is room."""
    needed = [each.name for each in target.columns if each.required]
    names = [each.name for each in target.columns if each.name_field or each.compound_field_name == "Name"]
    others = [each.name for each in target.columns if each.createable]
    wanted = dict.fromkeys([*(each for each in first if each), *names, *needed])
    room = max(0, MAX_FIELDS - len(wanted))
    more = [each for each in others if each not in wanted][:room]
    return tuple(each for each in (*wanted, *more) if (field := target.field(each)) is not None and field.createable)


def _new(target: SObjectType) -> QuickAction:
    return QuickAction(f"New{target.name}", f"New {target.label}", "Create", target.name, fields=asked_fields(target))


def child_actions(schema: Schema, parent: SObjectType) -> Iterator[QuickAction]:
    """Actions that make a child record of an object: of a few standard objects, and of custom ones."""
    seen: set[str] = set()
    for relationship in parent.child_relationships:
        child = schema.definition(relationship.child_sobject)
        if child is parent or child.name in seen or relationship.relationship_name is None:
            continue
        field = child.field(relationship.field)
        if field is None or not field.createable or not (child.custom or child.name in _CHILDREN):
            continue
        seen.add(child.name)
        short = f"New{child.name.removesuffix('__c')}"
        yield QuickAction(
            f"{parent.name}.{short}",
            f"New {child.label}",
            "Create",
            child.name,
            parent.name,
            field.name,
            asked_fields(child, field.name),
        )


def _existing(sobject: SObjectType, *names: str) -> tuple[str, ...]:
    return tuple(field.name for name in names if (field := sobject.field(name)) is not None)
