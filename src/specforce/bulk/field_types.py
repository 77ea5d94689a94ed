"""The type of each column of a query, found by walking its field path through describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce_api.rest.models import DescribeSObjectResult


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
