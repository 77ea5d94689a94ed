"""What is known of a query's columns without its records: their names by its text, their types by describes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_api.rest.models import DescribeSObjectResult

_PLAIN: Final = re.compile(r"\s*SELECT\s+([\w.]+(?:\s*,\s*[\w.]+)*)\s+FROM\s+(\w+)", re.IGNORECASE)
_AGGREGATE: Final = "AggregateResult"


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What matters of one sObject's fields, names in lower case.

    Attributes:
        types: field → Salesforce's type.
        parents: relationship name → the sObject behind it, where there is exactly one.
    """

    types: dict[str, str]
    parents: dict[str, str]


def field_facts(describe: DescribeSObjectResult) -> FieldFacts:
    """Take the facts out of a describe."""
    types = {field.name.casefold(): str(field.type_) for field in describe.fields}
    parents = {
        field.relationship_name.casefold(): field.reference_to[0]
        for field in describe.fields
        if field.relationship_name and len(field.reference_to) == 1
    }
    return FieldFacts(types, parents)


def field_path(column: str, sobject: str) -> tuple[list[str], str]:
    """The relationship names before a column's field, and the field, in lower case.

    A query may write its own sObject's name in front: `Contact.Account.Name` is `Account.Name`.
    """
    *parents, field = column.casefold().split(".")
    return parents[1:] if parents[:1] == [sobject.casefold()] else parents, field


def selected_columns(soql: str) -> tuple[list[str], str | None]:
    """The fields that a query selects and the object that it selects them from, if it selects fields alone.

    Returns:
        No names and `None` for a query with functions, aliases, child queries or groups.
    """
    found = _PLAIN.match(soql)
    if found is None or re.search(r"\bGROUP\s+BY\b", soql, re.IGNORECASE):
        return [], None
    base = found[2]
    paths = (field.strip() for field in found[1].split(","))
    names = [path[len(base) + 1 :] if path.casefold().startswith(f"{base}.".casefold()) else path for path in paths]
    return names, base


def sobject_of(record: Mapping[str, Any]) -> str | None:
    """The object that a record is of; `None` for a row of aggregates."""
    kind = record.get("attributes", {}).get("type")
    return None if kind == _AGGREGATE else kind
