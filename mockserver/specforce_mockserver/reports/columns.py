"""The columns of reports: which field an id means.

An id is a path as SOQL has it, `Amount` or `Account.Name`, with the object's own name before it or not. The older
ids of standard report types are understood where they differ in case and underscores only: `CLOSE_DATE`,
`ACCOUNT.NAME`, `OPPORTUNITY_NAME`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.schema import Field, Schema, SObjectType

CUSTOM_TYPE: Final = "CustomEntity$"
NOT_SHOWN: Final = frozenset({"base64", "anyType", "complexvalue"})
NUMERIC: Final = frozenset({"int", "long", "double", "currency", "percent"})
MOMENTS: Final = frozenset({"date", "datetime"})
MAX_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        id: as the report has it.
        parents: the relationships that lead to the field's record.
        field: what it shows.
        label: for people.
        name: where the name of the record stands that a reference shows; None for other fields.
    """

    id: str
    parents: tuple[str, ...]
    field: Field
    label: str
    name: tuple[str, ...] | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to its value in a record."""
        return (*self.parents, self.field.name)

    @property
    def soql(self) -> str:
        """Its field, as a query names it."""
        return ".".join(self.path)

    @property
    def record(self) -> tuple[str, ...] | None:
        """Where the Id of the record stands that it names; None for other fields."""
        return (*self.parents, "Id") if self.field.name_field else None

    @property
    def data_type(self) -> str:
        """Its type in the report API's words."""
        return "id" if self.field.type == "reference" else self.field.type

    @property
    def numeric(self) -> bool:
        """Whether its values can be summed."""
        return self.field.type in NUMERIC


def report_sobject(schema: Schema, report_type: str) -> SObjectType | None:
    """The object of a report type; None when there is none."""
    found = schema.type(report_type.removeprefix(CUSTOM_TYPE))
    return found if found is not None and found.queryable else None


def resolve(schema: Schema, sobject: SObjectType, column_id: str) -> Column | None:
    """The column that an id means; None when the report type has none such."""
    steps = column_id.split(".")
    if len(steps) > MAX_STEPS:
        return None
    found = _walk(schema, sobject, column_id, steps)
    if found is None and len(steps) > 1 and _bare(steps[0]) == _bare(sobject.name):
        found = _walk(schema, sobject, column_id, steps[1:])
    return found


def _walk(schema: Schema, sobject: SObjectType, column_id: str, steps: list[str]) -> Column | None:
    parents: list[str] = []
    labels: list[str] = []
    at = sobject
    for step in steps[:-1]:
        reference = _relationship(at, step)
        target = schema.type(reference.reference_to[0]) if reference is not None else None
        if reference is None or target is None:
            return None
        parents.append(str(reference.relationship_name))
        labels.append(reference.label.removesuffix(" ID"))
        at = target
    field = _field(at, steps[-1])
    if field is None or field.type in NOT_SHOWN or field.compound:
        return None
    label = f"{labels[-1]}: {field.label}" if labels else field.label
    return Column(column_id, tuple(parents), field, label, _name_of(schema, tuple(parents), field))


def _name_of(schema: Schema, parents: tuple[str, ...], field: Field) -> tuple[str, ...] | None:
    """Where the name of the record stands that a reference leads to."""
    if field.type != "reference" or field.relationship_name is None:
        return None
    target = schema.type(field.reference_to[0]) if len(field.reference_to) == 1 else None
    if len(field.reference_to) == 1 and (target is None or target.name_field is None):
        return None
    name = "Name" if target is None or target.name_field is None else target.name_field.name
    return (*parents, field.relationship_name, name)


def own_columns(schema: Schema, sobject: SObjectType) -> Iterator[Column]:
    """A report type's columns over its own object, in the object's order."""
    for field in sobject.columns:
        found = resolve(schema, sobject, field.name)
        if found is not None:
            yield found


def parent_columns(schema: Schema, sobject: SObjectType) -> Iterator[tuple[str, list[Column]]]:
    """A report type's columns over the records that its object's fields refer to, by the reference's label."""
    for reference in sobject.columns:
        name = reference.relationship_name
        target = schema.type(reference.reference_to[0]) if name and not reference.polymorphic else None
        if target is None:
            continue
        found = (resolve(schema, sobject, f"{name}.{field.name}") for field in target.columns)
        yield reference.label.removesuffix(" ID"), [each for each in found if each is not None]


def _bare(text: str) -> str:
    return text.replace("_", "").lower()


def _relationship(sobject: SObjectType, step: str) -> Field | None:
    return sobject.by_relationship(step) or _bare_relationships(sobject).get(_bare(step))


def _field(sobject: SObjectType, step: str) -> Field | None:
    found = sobject.field(step)
    if found is not None:
        return found
    bare, own = _bare(step), _bare(sobject.name)
    fields = _bare_fields(sobject)
    return fields.get(bare) or (fields.get(bare.removeprefix(own)) if bare.startswith(own) else None)


@lru_cache(maxsize=256)
def _bare_fields(sobject: SObjectType) -> dict[str, Field]:
    return {_bare(each.name): each for each in reversed(sobject.columns)}


@lru_cache(maxsize=256)
def _bare_relationships(sobject: SObjectType) -> dict[str, Field]:
    return {_bare(each.relationship_name): each for each in sobject.columns if each.relationship_name}
