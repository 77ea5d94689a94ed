"""Rows of CSV cells as JSON records, meaning what the same cells mean in a bulk job.

An empty cell is left out, `#N/A` is null; booleans and numbers are JSON's, by the field's described type; a parent's
field (`Account.Code__c`, `Lead:Who.Email`) is a record in the record. What isn't of its field's type goes as the text
that it is, so that Salesforce refuses that row and no other.

Source: reference/bulk_v2.md section 6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from specforce.bulk.field_check import field_path
from specforce.bulk.values import NULL_CELL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_api.rest.models import DescribeSObjectResult

_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class JsonRecords:
    """Makes records of one table.

    Args:
        columns: the columns that are sent.
        describe: of the object.
    """

    def __init__(self, columns: Sequence[str], describe: DescribeSObjectResult) -> None:
        fields = {field.name.casefold(): field for field in describe.fields}
        parents = {field.relationship_name.casefold(): field for field in describe.fields if field.relationship_name}
        self._put: list[Callable[[dict[str, Any], str], None]] = []
        for column in columns:
            path = field_path(column)
            if path.relationship:
                lookup = parents.get(path.relationship.casefold())
                key = lookup.name if lookup else path.relationship
                self._put.append(_parent(path.relationship, path.kind, path.field, key))
            else:
                field = fields.get(path.field.casefold())
                self._put.append(_value(path.field, _CELLS.get(field.type_ if field else "", str)))

    def record(self, cells: Sequence[str]) -> dict[str, Any]:
        """One row as a record, without its type."""
        record: dict[str, Any] = {}
        for put, cell in zip(self._put, cells, strict=True):
            if cell:
                put(record, cell)
        return record


def _value(name: str, value: Callable[[str], Any]) -> Callable[[dict[str, Any], str], None]:
    """Puts a field's value into a record."""

    def put(record: dict[str, Any], cell: str) -> None:
        record[name] = None if cell == NULL_CELL else value(cell)

    return put


def _parent(relationship: str, kind: str, field: str, lookup: str) -> Callable[[dict[str, Any], str], None]:
    """Puts a parent into a record, by one of its fields; null clears the field that points to it."""
    typed: dict[str, Any] = {"attributes": {"type": kind}} if kind else {}

    def put(record: dict[str, Any], cell: str) -> None:
        if cell == NULL_CELL:
            record[lookup] = None
        else:
            record[relationship] = {**typed, field: cell}

    return put


def _boolean(cell: str) -> bool | str:
    return _BOOLEANS.get(cell.lower(), cell)


def _number(cell: str) -> msgspec.Raw | str:
    return msgspec.Raw(cell.encode()) if _NUMBER.fullmatch(cell) else cell


_CELLS: Final[dict[str, Callable[[str], Any]]] = {
    "boolean": _boolean,
    **dict.fromkeys(("int", "long", "double", "currency", "percent"), _number),
}
