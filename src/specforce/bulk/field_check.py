"""A load's header held against what describe says of the object: all that is wrong, found before anything is sent.

Salesforce finds one wrong column at a time, once a job has its data. Here all of them are told at once: fields that
aren't there, can't be written by the operation, or are required and missing; external ids that are none; parents named
by relationships or fields that can't tell them. Pure: descriptions go in, sentences come out.

Source: reference/bulk_v2.md section 6 (relationship headers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce.bulk.columns import near

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specforce.bulk.columns import Columns
    from specforce_api.rest.models import DescribeSObjectResult, Field

_ID: Final = "id"


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A column's name taken apart: `Lead:Who.Email` is kind `Lead`, relationship `Who`, field `Email`.

    Attributes:
        kind: the object that a relationship to several kinds leads to; `""` where it isn't named.
        relationship: `""` for a field of the object itself.
        field: its name.
    """

    kind: str
    relationship: str
    field: str


def field_path(column: str) -> FieldPath:
    """Take a column's name apart."""
    before, dot, field = column.rpartition(".")
    kind, colon, relationship = before.rpartition(":")
    return FieldPath(kind if colon else "", relationship if dot else "", field)


class FieldCheck:
    """Holds the columns of one load against descriptions.

    Args:
        columns: those that are sent.
        operation: insert, update, upsert, delete or hardDelete.
        external_id: of an upsert.
        describe: the object's description.
    """

    def __init__(
        self, columns: Columns, operation: str, external_id: str | None, describe: DescribeSObjectResult
    ) -> None:
        self._columns = columns
        self._operation = operation
        self._external_id = (external_id or "").casefold()
        self._name = describe.name
        self._fields = {field.name.casefold(): field for field in describe.fields}
        self._relationships = {
            field.relationship_name.casefold(): field for field in describe.fields if field.relationship_name
        }
        self._paths = [(place, field_path(name)) for place, name in enumerate(columns.sent)]

    def parents(self) -> set[str]:
        """The objects that columns lead to, whose descriptions tell more."""
        found = (self._parent(path) for _, path in self._paths if path.relationship)
        return {kind for kind in found if kind is not None and kind != self._name}

    def problems(self, parents: Mapping[str, DescribeSObjectResult]) -> list[str]:
        """What is wrong, a sentence each, by column; then what is missing.

        Args:
            parents: descriptions of `parents()`, as far as they could be had.
        """
        found: list[str] = []
        for place, path in self._paths:
            problem = self._related(path, parents) if path.relationship else self._own(path.field)
            if problem:
                found.append(f"{self._shown(place)} {problem}")
        return [*found, *self._wrong_key(), *self._missing()]

    def _shown(self, place: int) -> str:
        source, sent = self._columns.source[place], self._columns.sent[place]
        return repr(sent) if source == sent else f"{sent!r} (the column {source!r})"

    def _own(self, name: str) -> str:
        """What is wrong with a column of the object itself."""
        field = self._fields.get(name.casefold())
        if field is None:
            return f"is no field of {self._name}{near(name, [each.name for each in self._fields.values()])}"
        if field.name.casefold() == _ID and self._operation != "insert":
            return ""
        return "" if field.name.casefold() == self._external_id else self._unwritable(field)

    def _unwritable(self, field: Field) -> str:
        if self._operation == "insert" and not field.createable:
            return "can't be set when a record is created"
        if self._operation == "update" and not field.updateable:
            return "can't be changed"
        if self._operation == "upsert" and not (field.createable or field.updateable):
            return "can't be written"
        return ""

    def _related(self, path: FieldPath, parents: Mapping[str, DescribeSObjectResult]) -> str:
        """What is wrong with a column that names a parent by one of its fields."""
        field = self._relationships.get(path.relationship.casefold())
        if field is None:
            known = [each.relationship_name or "" for each in self._relationships.values()]
            return f"names no relationship of {self._name}{near(path.relationship, known)}"
        if unwritable := self._unwritable(field):
            return f"{unwritable} ({field.name})"
        several = len(field.reference_to) > 1
        if several and not path.kind:
            form = f"{field.reference_to[0]}:{path.relationship}.{path.field}"
            return f"may lead to {' or '.join(field.reference_to)}: name the object, such as {form!r}"
        if path.kind and not several:
            return f"names the object {path.kind}, though {field.relationship_name} leads to one only: leave it out"
        kind = self._parent(path)
        if kind is None:
            return (
                f"names the object {path.kind}, and {field.relationship_name} leads to {', '.join(field.reference_to)}"
            )
        described = parents.get(kind)
        fields = self._fields if kind == self._name else _fields(described)
        return _not_telling(path.field, kind, fields) if fields else ""

    def _parent(self, path: FieldPath) -> str | None:
        """The object that a column leads to; `None` where its relationship doesn't lead there."""
        field = self._relationships.get(path.relationship.casefold())
        kinds: Sequence[str] = field.reference_to if field else ()
        if len(kinds) == 1:
            return kinds[0]
        return next((kind for kind in kinds if kind.casefold() == path.kind.casefold()), None)

    def _wrong_key(self) -> Iterator[str]:
        """An upsert's external id that isn't one."""
        field = self._fields.get(self._external_id)
        if self._operation == "upsert" and field is not None and not _tells_records(field):
            yield f"{field.name!r} isn't an external id{_known_keys(self._fields)}"

    def _missing(self) -> Iterator[str]:
        """Fields that a new record must have, and no column gives."""
        if self._operation != "insert":
            return
        given = {path.field.casefold() for _, path in self._paths if not path.relationship}
        for _, path in self._paths:
            if path.relationship and (field := self._relationships.get(path.relationship.casefold())):
                given.add(field.name.casefold())
        # A name that is made of parts is given by them (an Account's, where it may be a person's).
        whole = {str(field.compound_field_name).casefold() for field in self._fields.values()}
        for field in self._fields.values():
            required = field.createable and not field.nillable and not field.defaulted_on_create
            if required and field.name.casefold() not in given | whole:
                yield f"{field.name!r} is required, and no column has it"


def _fields(describe: DescribeSObjectResult | None) -> dict[str, Field]:
    return {field.name.casefold(): field for field in describe.fields} if describe else {}


def _tells_records(field: Field) -> bool:
    return field.external_id or field.id_lookup or field.name.casefold() == _ID


def _not_telling(name: str, kind: str, fields: Mapping[str, Field]) -> str:
    """What is wrong with a parent's field."""
    field = fields.get(name.casefold())
    if field is None:
        return f"names no field of {kind}{near(name, [each.name for each in fields.values()])}"
    return "" if _tells_records(field) else f"names a field that can't tell records of {kind}{_known_keys(fields)}"


def _known_keys(fields: Mapping[str, Field]) -> str:
    keys = [field.name for field in fields.values() if _tells_records(field)]
    return f" ({', '.join(keys)} can)" if keys else ""
