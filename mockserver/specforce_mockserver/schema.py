"""The objects and fields of one org: what describe says of them, in the form that rules and the SOQL compiler ask.

Promises: names are looked up case-insensitively and answered with the schema's own spelling; a `Schema` never
changes after it is built, so threads share it. What it is made of, fields (`schema_fields.py`) and objects
(`schema_objects.py`), is to be imported from here, too. Leaves out reading files (`schema_files.py`) and writing
describe documents (`describe.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, ValuesView
from typing import Any

from specforce_mockserver.schema_fields import (
    COMPOUND_TYPES,
    INTEGER_TYPES,
    NUMBER_TYPES,
    ROW,
    TEXT_TYPES,
    Field,
    PicklistValue,
    Summary,
)
from specforce_mockserver.schema_objects import ChildRelationship, LaterType, SObjectType, ValidationRule, flags_of

__all__ = [
    "COMPOUND_TYPES",
    "INTEGER_TYPES",
    "NUMBER_TYPES",
    "ROW",
    "TEXT_TYPES",
    "ChildRelationship",
    "Field",
    "LaterType",
    "PicklistValue",
    "SObjectType",
    "Schema",
    "Summary",
    "ValidationRule",
    "flags_of",
]


class Schema(Mapping[str, SObjectType]):
    """All objects of an org, by name in any case.

    `reports` are saved reports that it begins with, as metadata; `formula_faults` says, by `Object.Field`, why a
    formula can't be worked out; `missing` are the objects that references name and that aren't there, by reference.

    Objects that are read later (`LaterType`) have no table before they are used: `prepare` makes it when one is looked
    up, and says whether it is there for good. `values` looks nothing up.
    """

    def __init__(
        self,
        types: Iterable[SObjectType],
        reports: Iterable[Mapping[str, Any]] = (),
        formula_faults: Mapping[str, str] | None = None,
        missing: Mapping[str, tuple[str, ...]] | None = None,
        prepare: Callable[[SObjectType], bool] | None = None,
    ) -> None:
        self.formula_faults = dict(formula_faults or {})
        self.missing = dict(missing or {})
        self.reports = tuple(reports)
        self._types: dict[str, SObjectType] = {each.name.lower(): each for each in types}
        self._by_prefix = {each.key_prefix: each for each in self._types.values() if each.key_prefix}
        self._prepare = prepare
        self._prepared: set[str] = set()

    def bound(self, prepare: Callable[[SObjectType], bool]) -> Schema:
        """The same objects for one org, whose tables of later objects are made when they are used."""
        return Schema(self._types.values(), self.reports, self.formula_faults, self.missing, prepare)

    def __getitem__(self, name: str) -> SObjectType:
        return self._used(self._types[name.lower()])

    def __iter__(self) -> Iterator[str]:
        return (each.name for each in self._types.values())

    def __len__(self) -> int:
        return len(self._types)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._types

    def values(self) -> ValuesView[SObjectType]:
        """Every object; none of them gets a table by that."""
        return self._types.values()

    def by_name(self) -> list[SObjectType]:
        """Every object in the order of their names; none of them gets a table by that."""
        return sorted(self._types.values(), key=lambda each: each.name)

    def definition(self, name: str) -> SObjectType:
        """An object to look at, by a name that is there; it gets no table by that."""
        return self._types[name.lower()]

    def type(self, name: str) -> SObjectType | None:
        """The object of that name in any case; None when there is none."""
        found = self._types.get(name.lower())
        return None if found is None else self._used(found)

    def row_filter(self, _sobject: SObjectType, _alias: str) -> str:
        """The SQL condition that a row of an object may be seen; empty here, where all may."""
        return ""

    def by_id(self, record_id: str) -> SObjectType | None:
        """The object whose key prefix an Id begins with; None when the prefix is unknown."""
        found = self._by_prefix.get(record_id[:3])
        return None if found is None else self._used(found)

    def has_table(self, sobject: SObjectType) -> bool:
        """Whether there may be records of an object: one that is read later has none before it is used."""
        return not isinstance(sobject, LaterType) or sobject.name in self._prepared

    def with_tables(self) -> list[SObjectType]:
        """The objects that there may be records of."""
        return [each for each in self._types.values() if self.has_table(each)]

    def forget_tables(self) -> None:
        """Make the tables of later objects anew when they are used: the database is another one now."""
        self._prepared.clear()

    def _used(self, sobject: SObjectType) -> SObjectType:
        if self._prepare is not None and not self.has_table(sobject) and self._prepare(sobject):
            self._prepared.add(sobject.name)
        return sobject
