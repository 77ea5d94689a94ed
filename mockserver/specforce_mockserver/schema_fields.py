"""The fields of objects: what describe says of each, in the form that rules and the SOQL compiler ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
