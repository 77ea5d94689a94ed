"""Who points at whom: the references of all objects, seen from the objects that they point at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from specforce_mockserver.schema import ChildRelationship

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from specforce_mockserver.schema import SObjectType

_SYSTEM_REFERENCES = frozenset({"OwnerId", "CreatedById", "LastModifiedById"})
_CUSTOM = ("__c", "__pc")


class Reference(NamedTuple):
    """A field that points at records."""

    field: str
    targets: tuple[str, ...]
    cascade_delete: bool = False
    restricted_delete: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """The references of one object; its plural names them on what they point at."""

    child: str
    plural: str
    fields: tuple[Reference, ...]

    def usual_name(self, reference: Reference, target: str) -> str | None:
        """What a custom reference's records are called in subqueries on the parent when nothing else is said."""
        if not reference.field.endswith(_CUSTOM):
            return None
        alike = (each for each in self.fields if target in each.targets and each.field not in _SYSTEM_REFERENCES)
        return f"{self.plural.replace(' ', '')}__r" if [*alike] == [reference] else None


def references_of(sobject: SObjectType) -> References:
    """The references of an object that is there."""
    fields = (each for each in sobject.fields if each.reference_to)
    return References(
        sobject.name,
        sobject.label_plural,
        tuple(Reference(each.name, each.reference_to, each.cascade_delete, each.restricted_delete) for each in fields),
    )


class Children:
    """The children of every object.

    Args:
        names: the objects that there are.
        references: of all of them.

    Attributes:
        missing: objects that references name and that there aren't, by the reference: `Task.WhatId`.
    """

    def __init__(self, names: Collection[str], references: Iterable[References]) -> None:
        self._names = names
        self._found: dict[str, list[ChildRelationship]] = {}
        self.missing: dict[str, tuple[str, ...]] = {}
        for each in references:
            for reference in each.fields:
                self._put(each, reference)

    def of(self, parent: str, document: Mapping[str, Any]) -> tuple[ChildRelationship, ...]:
        """The children of an object: those that its document lists, and those that only the child knows."""
        listed: dict[tuple[str, str], ChildRelationship] = {}
        for each in document.get("childRelationships") or ():
            if each["childSObject"] in self._names:
                key = (each["childSObject"], each["field"])
                flags = bool(each.get("cascadeDelete")), bool(each.get("restrictedDelete"))
                listed.setdefault(key, ChildRelationship(*key, each.get("relationshipName"), *flags))
        for found in self._found.get(parent, ()):
            listed.setdefault((found.child_sobject, found.field), found)
        return tuple(listed[key] for key in sorted(listed))

    def _put(self, references: References, reference: Reference) -> None:
        unknown = tuple(target for target in reference.targets if target not in self._names)
        if unknown:
            self.missing[f"{references.child}.{reference.field}"] = unknown
        for target in reference.targets:
            name = references.usual_name(reference, target)
            flags = reference.cascade_delete, reference.restricted_delete
            found = ChildRelationship(references.child, reference.field, name, *flags)
            self._found.setdefault(target, []).append(found)
