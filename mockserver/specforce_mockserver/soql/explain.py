"""The plans of `/query?explain=`: how many rows a query finds, and which of its filters an index could serve.

Cardinalities are counted, costs are modelled on Salesforce's rule of thumb that an index helps while it finds less than
a tenth of an object. Source: specs/reference/rest.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from . import statements
from .compile import compile_root
from .errors import Fault
from .execute import cursor
from .tree import And, Call, Compare, Condition, Member, Path, Query, SelectField

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from specforce_mockserver.schema import Field, SObjectType

    from .query import CompiledQuery

SELECTIVE_SHARE: Final = 0.1
TABLE_SCAN_COST: Final = 1.0
_INDEXED_NAMES: Final = frozenset({"createddate", "systemmodstamp", "name", "recordtypeid"})
_INDEXED_OPERATORS: Final = frozenset({"=", "<", "<=", ">", ">="})
UNINDEXED: Final = "Not considering filter for optimization because unindexed"

Json = dict[str, Any]


def explain(connection: sqlite3.Connection, query: CompiledQuery) -> Json:
    """The answer to an explain call: the cheapest plan first."""
    sobject = query.plan.sobject
    tree = query.tree
    total = _count(connection, query, None)
    filters = list(_filters(tree.where))
    notes = [_note("IsDeleted", sobject)] if sobject.field("IsDeleted") else []
    notes += [_note(name, sobject) for name, field, _filter in _named(filters, sobject) if not _indexed(field)]
    found = total if tree.where is None else _count(connection, query, tree.where)
    plans = [_plan(sobject, "TableScan", [], found=found, total=total, cost=TABLE_SCAN_COST, notes=notes)]
    for name, field, each in _named(filters, sobject):
        if _indexed(field) and _index_serves(each):
            rows = _count(connection, query, each)
            cost = rows / (total * SELECTIVE_SHARE) if total else 0.0
            plans.append(_plan(sobject, "Index", [name], found=rows, total=total, cost=cost, notes=notes))
    plans.sort(key=lambda plan: plan["relativeCost"])
    return {"plans": plans, "sourceQuery": query.text}


def _plan(
    sobject: SObjectType, operation: str, fields: list[str], *, found: int, total: int, cost: float, notes: list[Json]
) -> Json:
    return {
        "cardinality": found,
        "fields": fields,
        "leadingOperationType": operation,
        "notes": notes,
        "relativeCost": round(cost, 3),
        "sobjectCardinality": total,
        "sobjectType": sobject.name,
    }


def _note(name: str, sobject: SObjectType) -> Json:
    return {"description": UNINDEXED, "fields": [name], "tableEnumOrId": sobject.name}


def _count(connection: sqlite3.Connection, query: CompiledQuery, where: Condition | None) -> int:
    """How many rows of the object of FROM fulfil a part of the filter."""
    count = SelectField(Call("COUNT", (), 0))
    tree = Query((count,), query.tree.sources, query.tree.at, where=where)
    try:
        plan = compile_root(query.schema, tree, query.context)
    except Fault as fault:
        raise fault.error(query.text) from None
    (found,) = cursor(connection, statements.count(plan), plan.parameters).fetchone()
    return int(found)


def _filters(where: Condition | None) -> Iterator[Compare | Member]:
    """The filters that every row must pass."""
    match where:
        case And(terms):
            for each in terms:
                yield from _filters(each)
        case Compare() | Member():
            yield where
        case _:
            return


def _named(filters: list[Compare | Member], sobject: SObjectType) -> Iterator[tuple[str, Field, Compare | Member]]:
    """The filters on fields of the object itself, the first one of each field."""
    seen: set[str] = set()
    for each in filters:
        field = sobject.field(each.left.text) if isinstance(each.left, Path) else None
        if field is not None and field.name not in seen:
            seen.add(field.name)
            yield field.name, field, each


def _indexed(field: Field) -> bool:
    """Whether Salesforce keeps an index on the field."""
    return (
        field.external_id or field.unique or field.type in {"id", "reference"} or field.name.lower() in _INDEXED_NAMES
    )


def _index_serves(each: Compare | Member) -> bool:
    """Whether an index finds the rows of a filter."""
    if isinstance(each, Member):
        return each.operator == "IN"
    return each.operator in _INDEXED_OPERATORS and each.value.kind != "null"
