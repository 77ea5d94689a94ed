"""A `Schema` from describe documents: every object and field, and every relationship known from both ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specforce_mockserver.formulas import attach
from specforce_mockserver.schema import (
    ChildRelationship,
    Field,
    PicklistValue,
    Schema,
    SObjectType,
    Summary,
    ValidationRule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Document = dict[str, Any]
_SYSTEM_REFERENCES = frozenset({"OwnerId", "CreatedById", "LastModifiedById"})
_FLAGS = ("createable", "updateable", "deletable", "queryable", "searchable", "replicateable", "undeletable")


def build(
    documents: Mapping[str, Document],
    display_formats: Mapping[str, Mapping[str, str]],
    reports: Sequence[Document] = (),
    rules: Mapping[str, Document] | None = None,
) -> Schema:
    """A schema from describe documents.

    Args:
        documents: by API name.
        display_formats: of automatic numbers, by object and field; describe has no key for them.
        reports: metadata of saved reports.
        rules: validation rules and roll-up summaries, by object, as the short form gives them.
    """
    known = rules or {}
    parsed = {
        name: _type(document, display_formats.get(name, {}), known.get(name, {}))
        for name, document in documents.items()
    }
    types: list[SObjectType] = []
    for name, sobject in parsed.items():
        children = tuple(sorted(_children(documents[name], sobject, parsed), key=_child_and_field))
        types.append(replace(sobject, child_relationships=children))
    computed, faults = attach(types)
    return Schema(computed, reports, faults)


def _type(document: Document, formats: Mapping[str, str], rules: Document) -> SObjectType:
    name: str = document["name"]
    summaries: Mapping[str, Mapping[str, str]] = rules.get("summaries", {})
    flags: dict[str, Any] = {each: bool(document.get(each, True)) for each in _FLAGS}
    return SObjectType(
        name=name,
        label=document.get("label") or name,
        label_plural=document.get("labelPlural") or name,
        key_prefix=document.get("keyPrefix"),
        fields=tuple(
            field_from(entry, formats.get(entry["name"]), summaries.get(entry["name"])) for entry in document["fields"]
        ),
        document=document,
        validation_rules=tuple(_rule(each) for each in rules.get("validationRules", ())),
        **flags,
    )


def _rule(written: Mapping[str, str]) -> ValidationRule:
    return ValidationRule(
        written["fullName"],
        written["errorConditionFormula"],
        written["errorMessage"],
        written.get("errorDisplayField"),
    )


def _summary(written: Mapping[str, str]) -> Summary:
    return Summary(
        written["summaryOperation"],
        written.get("summaryForeignKey", ""),
        written.get("summarizedField"),
        written.get("summaryFilter"),
    )


def field_from(entry: Document, display_format: str | None = None, summary: Mapping[str, str] | None = None) -> Field:
    """A field from its describe entry; of a roll-up summary, with what it sums up."""
    name: str = entry["name"]
    return Field(
        name=name,
        label=entry.get("label") or name,
        type=entry["type"],
        length=entry.get("length") or 0,
        precision=entry.get("precision") or 0,
        scale=entry.get("scale") or 0,
        digits=entry.get("digits") or 0,
        nillable=entry.get("nillable", True),
        unique=entry.get("unique", False),
        case_sensitive=entry.get("caseSensitive", False),
        external_id=entry.get("externalId", False),
        id_lookup=entry.get("idLookup", False),
        createable=entry.get("createable", True),
        updateable=entry.get("updateable", True),
        filterable=entry.get("filterable", True),
        sortable=entry.get("sortable", True),
        groupable=entry.get("groupable", True),
        name_field=entry.get("nameField", False),
        auto_number=entry.get("autoNumber", False),
        display_format=display_format,
        calculated=entry.get("calculated", False),
        formula=entry.get("calculatedFormula"),
        summary=_summary(summary) if summary else None,
        default=entry.get("defaultValue"),
        defaulted_on_create=entry.get("defaultedOnCreate", False),
        reference_to=tuple(entry.get("referenceTo") or ()),
        relationship_name=entry.get("relationshipName"),
        relationship_order=entry.get("relationshipOrder"),
        cascade_delete=entry.get("cascadeDelete", False),
        restricted_delete=entry.get("restrictedDelete", False),
        picklist=tuple(
            PicklistValue(
                each["value"],
                each.get("label") or each["value"],
                each.get("active", True),
                each.get("defaultValue", False),
            )
            for each in entry.get("picklistValues") or ()
        ),
        restricted_picklist=entry.get("restrictedPicklist", False),
        compound_field_name=entry.get("compoundFieldName"),
        help_text=entry.get("inlineHelpText"),
        document=entry,
    )


def _children(document: Document, parent: SObjectType, types: Mapping[str, SObjectType]) -> Iterable[ChildRelationship]:
    """The references that point at an object: first those that it lists, then those that only the child knows."""
    listed: set[tuple[str, str]] = set()
    for each in document.get("childRelationships") or ():
        key = (each["childSObject"], each["field"])
        if key in listed or each["childSObject"] not in types:
            continue
        listed.add(key)
        yield ChildRelationship(
            *key, each.get("relationshipName"), bool(each.get("cascadeDelete")), bool(each.get("restrictedDelete"))
        )
    for child in types.values():
        for field in child.fields:
            if parent.name in field.reference_to and (child.name, field.name) not in listed:
                name = _usual_name(child, field, parent)
                yield ChildRelationship(child.name, field.name, name, field.cascade_delete, field.restricted_delete)


def _child_and_field(relationship: ChildRelationship) -> tuple[str, str]:
    return relationship.child_sobject, relationship.field


def _usual_name(child: SObjectType, field: Field, parent: SObjectType) -> str | None:
    """What a custom reference's records are called in subqueries on the parent when nothing else is said."""
    if not field.custom or field.name in _SYSTEM_REFERENCES:
        return None
    others = [each for each in child.fields if parent.name in each.reference_to and each.name not in _SYSTEM_REFERENCES]
    return f"{child.label_plural.replace(' ', '')}__r" if others == [field] else None
