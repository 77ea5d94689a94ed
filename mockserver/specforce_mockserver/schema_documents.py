"""A `Schema` from describe documents: every object and field, and every relationship known from both ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from specforce_mockserver.formulas import attach, attach_one
from specforce_mockserver.schema import (
    Field,
    LaterType,
    PicklistValue,
    Schema,
    SObjectType,
    Summary,
    ValidationRule,
    flags_of,
)
from specforce_mockserver.schema_references import Children, references_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.schema_scan import LaterDocument

Document = dict[str, Any]


def build(
    documents: Mapping[str, Document],
    display_formats: Mapping[str, Mapping[str, str]],
    reports: Sequence[Document] = (),
    rules: Mapping[str, Document] | None = None,
    *,
    later: Mapping[str, LaterDocument] | None = None,
    read_before: Mapping[str, tuple[Field, ...]] | None = None,
) -> Schema:
    """A schema from describe documents.

    Args:
        documents: by API name.
        display_formats: of automatic numbers, by object and field; describe has no key for them.
        reports: metadata of saved reports.
        rules: validation rules and roll-up summaries, by object, as the short form gives them.
        later: documents that are read when somebody uses their objects, by API name.
        read_before: the fields of documents that were read for another schema, by API name.
    """
    known = rules or {}
    behind = later or {}
    ready = read_before or {}
    parsed = [
        type_from(document, display_formats.get(name, {}), known.get(name, {}), ready.get(name))
        for name, document in documents.items()
    ]
    names = documents.keys() | behind.keys()
    children = Children(names, [*map(references_of, parsed), *(each.references for each in behind.values())])
    types = [replace(each, child_relationships=children.of(each.name, each.document)) for each in parsed]
    computed, faults = attach(types)
    whole: dict[str, SObjectType] = {each.name.lower(): each for each in computed}
    raw = RawTypes(whole, {name.lower(): each for name, each in behind.items()}, children)
    for name, each in behind.items():
        whole[name.lower()] = LaterType.of(each.head, partial(raw.finished, name))
    return Schema(whole.values(), reports, faults, children.missing)


class RawTypes(Mapping[str, SObjectType]):
    """The objects that a formula can name, by name in lower case; later ones are read, but not computed.

    Args:
        whole: those that are there.
        later: documents of the others.
        children: who points at whom.
    """

    def __init__(
        self, whole: Mapping[str, SObjectType], later: Mapping[str, LaterDocument], children: Children
    ) -> None:
        self._whole = dict(whole)
        self._later = later
        self._children = children

    def __getitem__(self, name: str) -> SObjectType:
        if name not in self._whole:
            document = self._later[name].read()
            read = type_from(document, {}, {})
            self._whole[name] = replace(read, child_relationships=self._children.of(read.name, document))
        return self._whole[name]

    def __iter__(self) -> Iterator[str]:
        return iter({*self._whole, *self._later})

    def __len__(self) -> int:
        return len({*self._whole, *self._later})

    def finished(self, name: str) -> SObjectType:
        """An object with its computed fields; one that can't be worked out keeps no value."""
        return attach_one(self[name.lower()], self)


def type_from(
    document: Document, formats: Mapping[str, str], rules: Document, fields: tuple[Field, ...] | None = None
) -> SObjectType:
    """An object from its document, but for its children; with its fields, if they were read before."""
    name: str = document["name"]
    summaries: Mapping[str, Mapping[str, str]] = rules.get("summaries", {})
    return SObjectType(
        name=name,
        label=document.get("label") or name,
        label_plural=document.get("labelPlural") or name,
        key_prefix=document.get("keyPrefix"),
        fields=fields
        or tuple(
            field_from(entry, formats.get(entry["name"]), summaries.get(entry["name"])) for entry in document["fields"]
        ),
        document=document,
        validation_rules=(
            *(_rule(each) for each in rules.get("validationRules", ())),
            *(_filter(*each) for each in rules.get("lookupFilters", {}).items()),
        ),
        **flags_of(document),
    )


def _rule(written: Mapping[str, str]) -> ValidationRule:
    return ValidationRule(
        written["fullName"],
        written["errorConditionFormula"],
        written["errorMessage"],
        written.get("errorDisplayField"),
    )


def _filter(field: str, formula: str) -> ValidationRule:
    """The rule that a lookup's filter is. [S-t]"""
    return ValidationRule(
        f"{field} filter",
        f"NOT(ISBLANK({field})) && NOT({formula})",
        "Value does not exist or does not match filter criteria.",
        field,
        "FIELD_FILTER_VALIDATION_EXCEPTION",
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
