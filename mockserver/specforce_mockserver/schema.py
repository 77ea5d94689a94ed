"""The objects and fields of one org: what describe says of them, in the form that rules and the SOQL compiler ask.

Promises: names are looked up case-insensitively and answered with the schema's own spelling; a `Schema` never
changes after it is built, so threads share it. Leaves out reading files (`schema_files.py`) and writing describe
documents (`describe.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

# In the SQL of a computed field, what stands for the alias of the record's table.
ROW: Final = "\0"
TEXT_TYPES = frozenset(
    {
        "string",
        "textarea",
        "picklist",
        "multipicklist",
        "combobox",
        "email",
        "phone",
        "url",
        "encryptedstring",
        "id",
        "reference",
        "anyType",
        "datacategorygroupreference",
        "complexvalue",
    }
)
NUMBER_TYPES = frozenset({"double", "currency", "percent"})
INTEGER_TYPES = frozenset({"int", "long"})
COMPOUND_TYPES = frozenset({"address", "location"})
_FLAGS = ("createable", "updateable", "deletable", "queryable", "searchable", "replicateable", "undeletable")
_LATER = ("fields", "document", "child_relationships")
_LOADING = threading.RLock()


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One value of a picklist, as describe gives it."""

    value: str
    label: str
    active: bool = True
    default: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What a roll-up summary counts or sums up; keys and words are those of the Metadata API's CustomField.

    Attributes:
        operation: count, sum, min or max.
        foreign_key: the field that points here, with its object: `Part__c.Thing__c`.
        summarized: the field that is summed up, with its object; None for a count.
        filter: a formula that a record has to fulfil to be counted.
    """

    operation: str
    foreign_key: str
    summarized: str | None = None
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A condition under which a record isn't saved; names are those of the Metadata API's ValidationRule.

    The filter of a lookup is one, too, with a `code` of its own.
    """

    name: str
    formula: str
    message: str
    error_display_field: str | None = None
    code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field; names and meanings are those of a describe document's `fields[]`.

    `document` keeps the describe entry that the field was read from, so that keys this class doesn't model are
    served back. `computed` is the SQL of a value that is worked out whenever it is read; its column stays empty.
    """

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    id_lookup: bool = False
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    name_field: bool = False
    auto_number: bool = False
    display_format: str | None = None
    calculated: bool = False
    formula: str | None = None
    summary: Summary | None = None
    computed: str | None = None
    default: Any = None
    defaulted_on_create: bool = False
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    relationship_order: int | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    picklist: tuple[PicklistValue, ...] = ()
    restricted_picklist: bool = False
    compound_field_name: str | None = None
    help_text: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @property
    def custom(self) -> bool:
        """Whether an administrator made it: its name carries a suffix such as `__c`."""
        return self.name.endswith(("__c", "__s", "__pc"))

    @property
    def required(self) -> bool:
        """Whether an insert must bring a value: not nillable, writable, and nothing fills it in."""
        return self.createable and not self.nillable and not self.defaulted_on_create and self.type != "boolean"

    @property
    def polymorphic(self) -> bool:
        """Whether it can point at records of several objects, such as `Task.WhatId`."""
        return len(self.reference_to) > 1

    @property
    def compound(self) -> bool:
        """Whether its value is put together from other fields and has no column of its own."""
        return self.type in COMPOUND_TYPES

    @property
    def matchable(self) -> bool:
        """Whether records can be addressed by its value: external ids, idLookup fields and `Id` itself."""
        return self.external_id or self.id_lookup or self.type == "id"


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """One lookup that points here, seen from the parent."""

    child_sobject: str
    field: str
    relationship_name: str | None
    cascade_delete: bool = False
    restricted_delete: bool = False


@dataclass(frozen=True, eq=False)
class SObjectType:
    """One object; `fields` are in the order in which a full record is answered."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    fields: tuple[Field, ...]
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    queryable: bool = True
    searchable: bool = True
    replicateable: bool = True
    undeletable: bool = True
    document: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    child_relationships: tuple[ChildRelationship, ...] = field(default_factory=tuple[ChildRelationship, ...])
    validation_rules: tuple[ValidationRule, ...] = ()

    @property
    def custom(self) -> bool:
        """Whether an administrator made it."""
        return self.name.endswith(("__c", "__e", "__mdt", "__x", "__b"))

    @property
    def head(self) -> Mapping[str, Any]:
        """What describe global says of it, at least."""
        return self.document

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {each.name.lower(): each for each in self.fields}

    @cached_property
    def _by_relationship(self) -> dict[str, Field]:
        return {each.relationship_name.lower(): each for each in self.fields if each.relationship_name}

    @cached_property
    def _by_child_relationship(self) -> dict[str, ChildRelationship]:
        return {each.relationship_name.lower(): each for each in self.child_relationships if each.relationship_name}

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that are stored: all but compound ones."""
        return tuple(each for each in self.fields if not each.compound)

    @cached_property
    def name_field(self) -> Field | None:
        """The field that names a record to people, such as `Name` or `CaseNumber`."""
        return next((each for each in self.fields if each.name_field), None)

    def field(self, name: str) -> Field | None:
        """The field of that name in any case; None when there is none."""
        return self._by_name.get(name.lower())

    def by_relationship(self, name: str) -> Field | None:
        """The reference field whose parent relationship has that name (`Owner`, `Origin__r`)."""
        return self._by_relationship.get(name.lower())

    def child_relationship(self, name: str) -> ChildRelationship | None:
        """The child relationship of that name (`Contacts`, `Flights__r`)."""
        return self._by_child_relationship.get(name.lower())

    def components(self, compound: Field) -> tuple[Field, ...]:
        """The stored fields that a compound field is put together from."""
        return tuple(each for each in self.columns if each.compound_field_name == compound.name)


class LaterType(SObjectType):
    """An object whose fields, document and children are read when they are first asked for; what is short is there."""

    @classmethod
    def of(cls, head: Mapping[str, Any], load: Callable[[], SObjectType]) -> LaterType:
        """Make one.

        Args:
            head: what describe global says of it.
            load: reads the whole of it.
        """
        made = object.__new__(cls)
        name: str = head["name"]
        made.__dict__.update(
            name=name,
            label=head.get("label") or name,
            label_plural=head.get("labelPlural") or name,
            key_prefix=head.get("keyPrefix"),
            _head=head,
            _load=load,
            **flags_of(head),
        )
        return made

    @property
    def head(self) -> Mapping[str, Any]:
        """What describe global says of it."""
        found: Mapping[str, Any] = self.__dict__["_head"]
        return found

    def __getattr__(self, name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(name)
        with _LOADING:
            if name not in self.__dict__:
                loaded: SObjectType = self.__dict__["_load"]()
                self.__dict__.update({each: getattr(loaded, each) for each in _LATER})
        return self.__dict__[name]


def flags_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What can be done with an object's records, by the names of the attributes; everything unless said otherwise."""
    return {each: document.get(each) is not False for each in _FLAGS}


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
