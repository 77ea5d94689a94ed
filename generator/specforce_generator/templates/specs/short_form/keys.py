"""The keys of describe documents as recorded, and their values where nothing is declared: specs/reference/rest.md#6."""

from __future__ import annotations

from typing import Any


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


_OBJECT_TRUE = _words(
    "createable deletable layoutable mruEnabled queryable replicateable retrieveable searchable triggerable",
    "undeletable updateable",
)
_OBJECT_FALSE = _words(
    "activateable compactLayoutable custom customSetting deepCloneable deprecatedAndHidden feedEnabled hasSubtypes",
    "isInterface isSubtype mergeable searchLayoutable",
)
_OBJECT_NULL = _words(
    "associateEntityType associateParentEntity defaultImplementation extendedBy extendsInterfaces implementedBy",
    "implementsInterfaces keyPrefix listviewable lookupLayoutable networkScopeFieldName",
)
_OBJECT_LISTS = _words("actionOverrides childRelationships fields namedLayoutInfos recordTypeInfos supportedScopes")

FIELD_FLAGS = _words(
    "aggregatable aiPredictionField autoNumber calculated cascadeDelete caseSensitive createable custom",
    "defaultedOnCreate dependentPicklist deprecatedAndHidden displayLocationInDecimal encrypted externalId filterable",
    "formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup nameField namePointing nillable",
    "permissionable polymorphicForeignKey queryByDistance restrictedDelete restrictedPicklist searchPrefilterable",
    "sortable unique updateable writeRequiresMasterRead",
)
_FIELD_NULL = _words(
    "calculatedFormula compoundFieldName controllerName defaultValue defaultValueFormula extraTypeInfo",
    "filteredLookupInfo inlineHelpText mask maskType referenceTargetField relationshipName relationshipOrder",
)
_FIELD_ZERO = _words("byteLength digits length precision scale")
_FIELD_TEXTS = _words("label name soapType type")
_FIELD_LISTS = _words("picklistValues referenceTo")


def empty_object() -> dict[str, Any]:
    """An object's describe document with every key."""
    return {
        **dict.fromkeys(_OBJECT_TRUE, True),
        **dict.fromkeys(_OBJECT_FALSE, False),
        **dict.fromkeys(_OBJECT_NULL),
        **{key: [] for key in _OBJECT_LISTS},
        **dict.fromkeys(("label", "labelPlural", "name"), ""),
        "sobjectDescribeOption": "FULL",
        "urls": {},
    }


def empty_field() -> dict[str, Any]:
    """A field's entry with every key."""
    return {
        **dict.fromkeys(FIELD_FLAGS, False),
        **dict.fromkeys(_FIELD_NULL),
        **dict.fromkeys(_FIELD_ZERO, 0),
        **dict.fromkeys(_FIELD_TEXTS, ""),
        **{key: [] for key in _FIELD_LISTS},
    }


OBJECT_KEYS = frozenset(empty_object())
FIELD_KEYS = frozenset(empty_field())
