"""Describe documents from the short form, by the rules of specs/README.md, "What is derived"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specforce_mockserver.short_form import SchemaFileError, ShortField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specforce_mockserver.short_form import ShortObject

SYSTEM_FIELDS = (
    "Id",
    "IsDeleted",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
)
_ALWAYS_FIRST = ("Id", "IsDeleted")
_BEFORE = ("LastActivityDate", "LastViewedDate", "LastReferencedDate")
_CUSTOM = ("__c", "__s", "__pc")
_TEXT_LENGTH = {
    "string": 255,
    "textarea": 255,
    "email": 80,
    "phone": 40,
    "url": 255,
    "encryptedstring": 175,
    "picklist": 255,
}
_TEXT_LENGTH |= {"combobox": 255, "multipicklist": 4099, "reference": 18, "id": 18}
_NUMBERS = ("double", "currency", "percent")
_PICKLISTS = ("picklist", "combobox", "multipicklist")
_COMPOUND = ("address", "location")
_LONG_TEXT = 255
_NOT_GROUPABLE = {"encryptedstring", "base64", "multipicklist", "datetime", "time", *_COMPOUND, *_NUMBERS}
_NOT_AGGREGATABLE = {"boolean", "base64", "multipicklist", "encryptedstring", "time", *_COMPOUND}
_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "datetime": "xsd:dateTime",
    "currency": "xsd:double",
    "percent": "xsd:double",
}
_SOAP |= {name: f"xsd:{name}" for name in ("boolean", "int", "double", "date", "time", "anyType")}
_SOAP |= {"base64": "xsd:base64Binary", "address": "urn:address", "location": "urn:location"}
_GEOCODE = "Address, NearAddress, Block, Street, ExtendedZip, Zip, Neighborhood, City, County, State, Unknown"
_FALSE = (
    "aiPredictionField autoNumber calculated cascadeDelete caseSensitive dependentPicklist deprecatedAndHidden encrypted "
    "displayLocationInDecimal externalId formulaTreatNullNumberAsZero highScaleNumber htmlFormatted idLookup nameField "
    "queryByDistance restrictedDelete restrictedPicklist searchPrefilterable unique writeRequiresMasterRead"
).split()
_NULL = (
    "calculatedFormula compoundFieldName controllerName defaultValue defaultValueFormula extraTypeInfo filteredLookupInfo "
    "inlineHelpText mask maskType referenceTargetField relationshipName relationshipOrder"
).split()
_OWN_WORDS = {"required", "readOnly", "createOnly", "masterDetail", "unsure"}


def is_custom(name: str) -> bool:
    """Whether a name is an administrator's."""
    return name.endswith(_CUSTOM)


def fields_of(short: ShortObject) -> list[dict[str, Any]]:
    """The describe entries of a whole object's fields, in describe's order."""
    declared = {each.name for each in short.fields}
    fields = [*_implied(short, declared), *short.fields]
    system = list(short.keys.get("systemFields", SYSTEM_FIELDS))
    entries = added_fields(fields)
    own = [entry for entry in entries if not entry["custom"]]
    rest = [system_field(name) for name in system if name not in _ALWAYS_FIRST]
    place = next((index for index, entry in enumerate(own) if entry["name"] in _BEFORE), len(own))
    first = [system_field(name) for name in system if name in _ALWAYS_FIRST]
    return [*first, *own[:place], *rest, *own[place:], *(entry for entry in entries if entry["custom"])]


def added_fields(fields: Iterable[ShortField]) -> list[dict[str, Any]]:
    """The describe entries of some fields, compound ones preceded by their parts."""
    expanded = [part for each in fields for part in _with_parts(each)]
    named = {each.given.get("compoundFieldName") for each in expanded}
    masters = [each.name for each in expanded if "masterDetail" in each.words]
    return [
        _entry(each, compound=each.name in named, order=masters.index(each.name) if each.name in masters else None)
        for each in expanded
    ]


def _implied(short: ShortObject, declared: set[str]) -> list[ShortField]:
    """The owner and the name that every custom object has."""
    if not short.name.endswith("__c"):
        return []
    implied: list[ShortField] = []
    if "OwnerId" not in declared and not any("masterDetail" in each.words for each in short.fields):
        words = frozenset({"required", "defaultedOnCreate"})
        implied.append(ShortField("OwnerId", "reference", ["Group", "User"], words))
    if "Name" not in declared:
        implied.append(ShortField("Name", "string", ["80"], frozenset({"nameField", "idLookup"})))
    return implied


def _with_parts(short: ShortField) -> list[ShortField]:
    if short.type == "address":
        stem = short.name.removesuffix("Address") if not is_custom(short.name) else short.name[:-1]
        suffix = "__s" if is_custom(short.name) else ""
        parts = {
            "Street": ("textarea", ["255"]),
            "City": ("string", ["40"]),
            "State": ("string", ["80"]),
            "PostalCode": ("string", ["20"]),
            "Country": ("string", ["80"]),
            "Latitude": ("double", ["18", "15"]),
            "Longitude": ("double", ["18", "15"]),
        }
        made = [
            ShortField(f"{stem}{part}{suffix}", kind, arguments, frozenset(), {"compoundFieldName": short.name})
            for part, (kind, arguments) in parts.items()
        ]
        geocode = {"compoundFieldName": short.name, "length": 40}
        accuracy = ShortField(
            f"{stem}GeocodeAccuracy{suffix}",
            "picklist",
            _GEOCODE.split(", "),
            frozenset({"restrictedPicklist"}),
            geocode,
        )
        return [*made, accuracy, short]
    if short.type == "location":
        scale = int(short.arguments[0]) if short.arguments else 6
        arguments = [str(min(18, 15 + scale)), str(scale)]
        stem = short.name.removesuffix("c")
        return [
            *(
                ShortField(f"{stem}{part}__s", "double", arguments, frozenset(), {"compoundFieldName": short.name})
                for part in ("Latitude", "Longitude")
            ),
            short,
        ]
    return [short]


def _entry(short: ShortField, *, compound: bool, order: int | None) -> dict[str, Any]:
    """One field's describe entry."""
    words = short.words
    master = "masterDetail" in words
    number = "autoNumber" in words
    required = "required" in words or master
    boolean = short.type == "boolean"
    fixed = compound or short.type in _COMPOUND or number or "calculated" in words or "readOnly" in words
    values = _picklist(short)
    length = _length(short)
    long_text = short.type == "textarea" and length > _LONG_TEXT
    filterable = not long_text and short.type not in {"encryptedstring", "base64"}
    default = short.given.get("defaultValue")
    key = ("unique" in words or "externalId" in words) and is_custom(short.name) and short.type == "string"
    part = short.given.get("compoundFieldName") is not None
    nillable = not (required or number or boolean)
    several = short.type == "reference" and len(short.arguments) > 1
    entry: dict[str, Any] = {
        **dict.fromkeys(_FALSE, False),
        **dict.fromkeys(_NULL),
        "name": short.name,
        "label": label_of(short.name),
        "type": short.type,
        "custom": is_custom(short.name),
        "length": length,
        "byteLength": length if short.type == "reference" else length * 3,
        **_digits(short),
        "nillable": nillable,
        "createable": not fixed,
        "updateable": not fixed and not master and "createOnly" not in words,
        "defaultedOnCreate": boolean or number or default is not None,
        "defaultValue": (default or False) if boolean else (None if short.type in _PICKLISTS else default),
        "filterable": filterable,
        "sortable": filterable and short.type not in {"multipicklist", *_COMPOUND},
        "groupable": filterable and short.type not in _NOT_GROUPABLE and not key,
        "aggregatable": not long_text and short.type not in _NOT_AGGREGATABLE,
        "permissionable": nillable
        and not compound
        and not part
        and "nameField" not in words
        and short.type not in _COMPOUND,
        "picklistValues": values,
        "referenceTo": list(short.arguments) if short.type == "reference" else [],
        "relationshipName": relationship_of(short.name) if short.type == "reference" else None,
        "relationshipOrder": order,
        "cascadeDelete": master,
        "idLookup": "externalId" in words,
        "polymorphicForeignKey": several,
        "namePointing": several,
        "queryByDistance": short.type in _COMPOUND,
        "soapType": _SOAP.get(short.type, "xsd:string"),
        "extraTypeInfo": "plaintextarea" if short.type == "textarea" else None,
    }
    entry |= dict.fromkeys(words - _OWN_WORDS, True)
    kept = {name: value for name, value in short.given.items() if name not in {"values", "defaultValue"}}
    if kept.get("relationshipName") == "":
        kept["relationshipName"] = None
    entry |= kept
    return dict(sorted(entry.items()))


def system_field(name: str) -> dict[str, Any]:
    """The describe entry of a system field; `Id` and `IsDeleted` among them."""
    if name == "Id":
        short = ShortField(name, "reference", [], frozenset({"readOnly", "idLookup", "required", "defaultedOnCreate"}))
        entry = _entry(short, compound=False, order=None)
        return entry | {"type": "id", "relationshipName": None, "permissionable": False}
    kind = "boolean" if name.startswith("Is") else "reference" if name.endswith("Id") else "datetime"
    arguments = ["User"] if kind == "reference" else []
    words = frozenset({"readOnly", "required", "defaultedOnCreate"})
    return _entry(ShortField(name, kind, arguments, words), compound=False, order=None)


def label_of(name: str) -> str:
    """A label from an API name: `AnnualRevenue` is Annual Revenue, `Home_Base__c` is Home Base."""
    for suffix in ("__c", "__s", "__pc"):
        if name.endswith(suffix):
            return name.removesuffix(suffix).replace("__", " ").replace("_", " ").strip()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r" ?Id$", " ID", spaced).strip() if name != "Id" else "Record ID"


def relationship_of(name: str) -> str | None:
    """The name of the parent relationship of a reference field."""
    if is_custom(name):
        return re.sub(r"__p?c$", "__r", name)
    return name.removesuffix("Id")


def _length(short: ShortField) -> int:
    default = _TEXT_LENGTH.get(short.type, 0)
    if short.type in {"string", "textarea", "email", "phone", "url", "encryptedstring"} and short.arguments:
        default = _number(short, 0)
    length = short.given.get("length", default)
    return int(length)


def _number(short: ShortField, place: int) -> int:
    try:
        return int(short.arguments[place])
    except ValueError as error:
        message = f"{short.name}: {short.type}({', '.join(short.arguments)}) needs numbers"
        raise SchemaFileError(message) from error


def _digits(short: ShortField) -> dict[str, int]:
    if short.type == "int":
        return {"precision": 0, "scale": 0, "digits": _number(short, 0) if short.arguments else 8}
    if short.type in _NUMBERS:
        precision = _number(short, 0) if short.arguments else 18
        return {"precision": precision, "scale": _number(short, 1) if len(short.arguments) > 1 else 0, "digits": 0}
    return {"precision": 0, "scale": 0, "digits": 0}


def _picklist(short: ShortField) -> list[dict[str, Any]]:
    if short.type not in _PICKLISTS:
        return []
    default = short.given.get("defaultValue")
    written: list[Any] = [*short.arguments, *short.given.get("values", [])]
    values: list[dict[str, Any]] = []
    for each in written:
        entry: dict[str, Any] = dict(each) if isinstance(each, dict) else {"value": each}
        value = entry["value"]
        values.append(
            {
                "active": entry.get("active", True),
                "defaultValue": entry.get("defaultValue", value == default),
                "label": entry.get("label", value),
                "validFor": None,
                "value": value,
            }
        )
    return values
