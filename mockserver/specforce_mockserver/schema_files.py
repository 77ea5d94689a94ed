"""A `Schema` from describe documents and from TOML in the short form.

The standard objects ship with the specs; a user's files come after them. A describe document replaces the object of its name,
a table of the short form adds to it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import specforce_specs

from specforce_mockserver.ids import ALPHABET
from specforce_mockserver.schema import ChildRelationship, Field, PicklistValue, Schema, SObjectType
from specforce_mockserver.short_describe import added_fields, fields_of, label_of
from specforce_mockserver.short_form import SchemaFileError, ShortObject, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Document = dict[str, Any]
_TRUE = "createable deletable layoutable mruEnabled queryable replicateable retrieveable searchable triggerable undeletable updateable"
_FALSE = "activateable customSetting deepCloneable deprecatedAndHidden feedEnabled hasSubtypes isInterface isSubtype mergeable"
_NULL = (
    "associateEntityType associateParentEntity defaultImplementation extendedBy extendsInterfaces implementedBy "
    "implementsInterfaces listviewable lookupLayoutable networkScopeFieldName"
)
_SYSTEM_REFERENCES = frozenset({"OwnerId", "CreatedById", "LastModifiedById"})


def standard_schema() -> Schema:
    """The standard objects."""
    return build(standard_documents())


def standard_documents() -> dict[str, Document]:
    """The describe documents of the standard objects, by name."""
    return {name: dict(specforce_specs.describe(name)) for name in specforce_specs.sobject_names()}


def load_schema(paths: Iterable[Path]) -> Schema:
    """The standard objects and those of a user's files.

    Args:
        paths: TOML files in the short form, describe documents in JSON (one object, or a list of them), or folders of both.

    Raises:
        SchemaFileError: a file that objects can't be made of.
    """
    documents = standard_documents()
    for path in paths:
        for file in _files(path):
            if file.suffix == ".toml":
                add_short(documents, read_file(file))
            else:
                for document in _described(file):
                    documents[document["name"]] = document
    return build(documents)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix in {".toml", ".json"})
    if not path.exists():
        message = f"{path}: no such file or folder"
        raise SchemaFileError(message)
    return [path]


def _described(file: Path) -> list[Document]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        message = f"{file}: {error}"
        raise SchemaFileError(message) from error
    documents = found if isinstance(found, list) else [found]
    for document in documents:
        if not isinstance(document, dict) or not {"name", "fields"} <= document.keys():
            message = (
                f"{file}: no describe document (no name or no fields); it is what GET /sobjects/X/describe answers"
            )
            raise SchemaFileError(message)
    return documents


def add_short(documents: dict[str, Document], objects: Iterable[ShortObject]) -> None:
    """Add objects of the short form, or their fields to objects that are there."""
    names = {name.lower(): name for name in documents}
    for short in objects:
        known = names.get(short.name.lower())
        if known is None:
            documents[short.name] = _document(short, {each["keyPrefix"] for each in documents.values()})
            names[short.name.lower()] = short.name
            continue
        document = dict(documents[known])
        new = added_fields(short.fields)
        replaced = {entry["name"].lower() for entry in new}
        document["fields"] = [*(each for each in document["fields"] if each["name"].lower() not in replaced), *new]
        documents[known] = document | short.keys


def _document(short: ShortObject, taken: set[str | None]) -> Document:
    custom = short.name.endswith(("__c", "__e", "__mdt", "__x", "__b"))
    keys = {name: value for name, value in short.keys.items() if name != "systemFields"}
    if "keyPrefix" not in keys:
        if not custom:
            message = f"{short.name}: a standard object needs its keyPrefix"
            raise SchemaFileError(message)
        keys["keyPrefix"] = _free_prefix(taken)
    label = keys.get("label", label_of(short.name))
    return {
        **dict.fromkeys(_TRUE.split(), True),
        **dict.fromkeys(_FALSE.split(), False),
        **dict.fromkeys(_NULL.split()),
        "actionOverrides": [],
        "childRelationships": [],
        "compactLayoutable": True,
        "searchLayoutable": True,
        "custom": custom,
        "name": short.name,
        "label": label,
        "labelPlural": f"{label}s",
        "namedLayoutInfos": [],
        "sobjectDescribeOption": "FULL",
        "fields": fields_of(short),
        **keys,
    }


def _free_prefix(taken: set[str | None]) -> str:
    for high in ALPHABET:
        for low in ALPHABET:
            if (prefix := f"a{high}{low}") not in taken:
                return prefix
    message = "no key prefix is left for another custom object"
    raise SchemaFileError(message)


def build(documents: Mapping[str, Document]) -> Schema:
    """A schema from describe documents, with every relationship known from both ends."""
    parsed = {name: _type(document) for name, document in documents.items()}
    types: list[SObjectType] = []
    for name, sobject in parsed.items():
        children = tuple(_children(documents[name], sobject, parsed))
        types.append(_with_children(sobject, children))
    return Schema(types)


def _with_children(sobject: SObjectType, children: tuple[ChildRelationship, ...]) -> SObjectType:
    flags = {name: getattr(sobject, name) for name in SObjectType.__dataclass_fields__}
    return SObjectType(**{**flags, "child_relationships": children})


def _type(document: Document) -> SObjectType:
    return SObjectType(
        name=document["name"],
        label=document.get("label", document["name"]),
        label_plural=document.get("labelPlural", document["name"]),
        key_prefix=document.get("keyPrefix"),
        fields=tuple(field_from(entry) for entry in document["fields"]),
        document=document,
        **{
            name: bool(document.get(name, True))
            for name in (
                "createable",
                "updateable",
                "deletable",
                "queryable",
                "searchable",
                "replicateable",
                "undeletable",
            )
        },
    )


def field_from(entry: Document) -> Field:
    """A field from its describe entry."""
    return Field(
        name=entry["name"],
        label=entry.get("label", entry["name"]),
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
        display_format=entry.get("displayFormat"),
        calculated=entry.get("calculated", False),
        formula=entry.get("calculatedFormula"),
        default=entry.get("defaultValue"),
        defaulted_on_create=entry.get("defaultedOnCreate", False),
        reference_to=tuple(entry.get("referenceTo") or ()),
        relationship_name=entry.get("relationshipName"),
        child_relationship_name=entry.get("childRelationshipName"),
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
    """The references that point at an object: first those that its document lists, then those that only the child knows."""
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
                name = field.child_relationship_name or _usual_name(child, field, parent)
                yield ChildRelationship(child.name, field.name, name, field.cascade_delete, field.restricted_delete)


def _usual_name(child: SObjectType, field: Field, parent: SObjectType) -> str | None:
    """What a custom reference's records are called in subqueries on the parent when nothing else is said."""
    if not field.custom or field.name in _SYSTEM_REFERENCES or "childRelationshipName" in field.document:
        return None
    others = [each for each in child.fields if parent.name in each.reference_to and each.name not in _SYSTEM_REFERENCES]
    return f"{child.label_plural.replace(' ', '')}__r" if others == [field] else None
