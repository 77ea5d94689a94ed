"""The objects of an org: their fields, validation rules and children, read at once or when first asked for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specforce_mockserver.schema_fields import Field

_FLAGS = ("createable", "updateable", "deletable", "queryable", "searchable", "replicateable", "undeletable")
_LATER = ("fields", "document", "child_relationships")
_LOADING = threading.RLock()


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
