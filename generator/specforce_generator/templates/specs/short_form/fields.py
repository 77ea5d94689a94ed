"""A field's describe entry from its short form, by the rules of specs/README.md, "What is derived"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .keys import FIELD_KEYS, empty_field
from .reading import COMPOUND_TYPES, PICKLISTS, ShortField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SYSTEM_FIELDS = (
    "Id",
    "IsDeleted",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
)
_SUFFIXES = ("__pc", "__c", "__s")
_LENGTHS = {
    "string": 255,
    "textarea": 255,
    "email": 80,
    "phone": 40,
    "url": 255,
    "encryptedstring": 175,
    "picklist": 255,
    "combobox": 255,
    "multipicklist": 4099,
}
_LONG = 255
_DECIMALS = frozenset({"double", "currency", "percent"})
_UNFILTERABLE = frozenset({"encryptedstring", "base64"})
_UNSORTABLE = _UNFILTERABLE | COMPOUND_TYPES | {"multipicklist"}
_UNGROUPABLE = _UNSORTABLE | _DECIMALS | {"datetime", "time"}
_UNAGGREGATABLE = _UNSORTABLE | {"boolean", "time"}
_SOAP_TYPES = {
    **dict.fromkeys(("id", "reference"), "tns:ID"),
    **{name: f"xsd:{name}" for name in ("boolean", "int", "double", "date", "time", "anyType")},
    **{name: f"urn:{name}" for name in COMPOUND_TYPES},
    "datetime": "xsd:dateTime",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "base64": "xsd:base64Binary",
}
_ADDRESS = {
    "Street": ("textarea", ("255",)),
    "City": ("string", ("40",)),
    "State": ("string", ("80",)),
    "PostalCode": ("string", ("20",)),
    "Country": ("string", ("80",)),
    "Latitude": ("double", ("18", "15")),
    "Longitude": ("double", ("18", "15")),
}
_ACCURACY = (
    *("Address", "NearAddress", "Block", "Street", "ExtendedZip", "Zip"),
    *("Neighborhood", "City", "County", "State", "Unknown"),
)
_EFFECTLESS = frozenset({"required", "readOnly", "createOnly", "masterDetail", "unsure"})
_DEGREES = 18
_FILTERED: Mapping[str, Any] = {"controllingFields": [], "dependent": False, "optionalFilter": False}


def is_custom(name: str) -> bool:
    """Whether a name is one that an administrator gave."""
    return name.endswith(_SUFFIXES)


def entries_of(fields: Iterable[ShortField], object_name: str, object_label: str) -> list[dict[str, Any]]:
    """The describe entries of declared fields, in their order; compound ones are preceded by their parts."""
    whole = [part for short in fields for part in _with_parts(short)]
    compound = {short.given.get("compoundFieldName") for short in whole}
    masters = [short.name for short in whole if "masterDetail" in short.words]
    found: list[dict[str, Any]] = []
    for short in whole:
        entry = _entry(short, compound=short.type in COMPOUND_TYPES or short.name in compound)
        if short.name in masters:
            entry["relationshipOrder"] = masters.index(short.name)
        if short.name == "Name" and is_custom(object_name) and "label" not in short.given:
            entry["label"] = f"{object_label} Name"
        found.append(entry)
    return found


def system_entry(name: str, object_name: str, object_label: str) -> dict[str, Any]:
    """The describe entry of a system field."""
    kind = "reference" if name.endswith("Id") else "boolean" if name.startswith("Is") else "datetime"
    pointed = ("User",) if kind == "reference" and name != "Id" else ()
    words = frozenset({"required", "readOnly", "defaultedOnCreate", "idLookup" if name == "Id" else "required"})
    entry = _entry(ShortField(name, kind, pointed, words), compound=False) | {"permissionable": False}
    if name == "Id":
        label = "Record ID" if is_custom(object_name) else f"{object_label} ID"
        entry |= {"type": "id", "relationshipName": None, "label": label}
    return entry | {"label": "Deleted"} if name == "IsDeleted" else entry


def label_of(name: str) -> str:
    """A label from an API name: `AnnualRevenue` → Annual Revenue, `Home_Base__c` → Home Base."""
    if is_custom(name):
        return " ".join(name.rpartition("__")[0].replace("_", " ").split())
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"\bId$", "ID", spaced)


def _entry(short: ShortField, *, compound: bool) -> dict[str, Any]:
    kind, words, given = short.type, short.words, short.given
    master, number, boolean = "masterDetail" in words, "autoNumber" in words, kind == "boolean"
    length = given.get("length", _length(short))
    long_text = kind == "textarea" and length > _LONG
    computed = compound or number or "calculated" in words or "readOnly" in words
    nillable = not (master or number or boolean or "required" in words)
    default = given.get("defaultValue", False if boolean else None)
    several = kind == "reference" and len(short.arguments) > 1
    derived: dict[str, Any] = {
        "aggregatable": not long_text and kind not in _UNAGGREGATABLE,
        "byteLength": length if kind == "reference" else 3 * length,
        "cascadeDelete": master,
        "createable": not computed,
        "custom": is_custom(short.name),
        "defaultValue": None if kind in PICKLISTS else default,
        "defaultedOnCreate": boolean or number or default is not None,
        "digits": short.number(0, 8) if kind == "int" else 0,
        "extraTypeInfo": "plaintextarea" if kind == "textarea" else None,
        "filteredLookupInfo": dict(_FILTERED) if "lookupFilter" in given else None,
        "filterable": not long_text and kind not in _UNFILTERABLE,
        "groupable": not long_text and kind not in _UNGROUPABLE,
        "idLookup": "externalId" in words,
        "label": label_of(short.name),
        "length": length,
        "name": short.name,
        "namePointing": several,
        "nillable": nillable,
        "permissionable": (nillable or boolean)
        and not compound
        and "nameField" not in words
        and "compoundFieldName" not in given,
        "picklistValues": _picklist(short),
        "polymorphicForeignKey": several,
        "precision": short.number(0, 18) if kind in _DECIMALS else 0,
        "queryByDistance": kind in COMPOUND_TYPES,
        "referenceTo": list(short.arguments) if kind == "reference" else [],
        "relationshipName": _relationship(short),
        "scale": short.number(1, 0) if kind in _DECIMALS else 0,
        "soapType": _SOAP_TYPES.get(kind, "xsd:string"),
        "sortable": not long_text and kind not in _UNSORTABLE,
        "type": kind,
        "updateable": not computed and not master and "createOnly" not in words,
    }
    named = dict.fromkeys(words - _EFFECTLESS, True)
    told = {key: value for key, value in given.items() if key in FIELD_KEYS - {"defaultValue", "relationshipName"}}
    return dict(sorted({**empty_field(), **derived, **named, **told}.items()))


def _with_parts(short: ShortField) -> list[ShortField]:
    """A field after the parts that it brings."""
    part_of = {"compoundFieldName": short.name}
    if short.type == "location":
        scale = short.number(0, 6)
        digits = (str(min(_DEGREES, 15 + scale)), str(scale))
        stem = short.name.removesuffix("c")
        parts = [ShortField(f"{stem}{name}__s", "double", digits, given=part_of) for name in ("Latitude", "Longitude")]
        return [*parts, short]
    if short.type == "address":
        custom = is_custom(short.name)
        stem, end = (short.name.removesuffix("c"), "__s") if custom else (short.name.removesuffix("Address"), "")
        parts = [ShortField(stem + name + end, kind, sizes, given=part_of) for name, (kind, sizes) in _ADDRESS.items()]
        accuracy = ShortField(f"{stem}GeocodeAccuracy{end}", "picklist", _ACCURACY)
        accuracy = replace(accuracy, words=frozenset({"restrictedPicklist"}), given={**part_of, "length": 40})
        return [*parts, accuracy, short]
    return [short]


def _length(short: ShortField) -> int:
    if short.type == "reference":
        return 18
    default = _LENGTHS.get(short.type, 0)
    return default if short.type in PICKLISTS or not default else short.number(0, default)


def _relationship(short: ShortField) -> str | None:
    if short.type != "reference":
        return None
    if "relationshipName" in short.given:
        return short.given["relationshipName"] or None
    if is_custom(short.name):
        return re.sub(r"__p?c$", "__r", short.name)
    return short.name.removesuffix("Id")


def _picklist(short: ShortField) -> list[dict[str, Any]]:
    if short.type not in PICKLISTS:
        return []
    default = short.given.get("defaultValue")
    values: list[dict[str, Any]] = []
    for written in (*short.arguments, *short.given.get("values", ())):
        entry: Mapping[str, Any] = {"value": written} if isinstance(written, str) else written
        value = entry["value"]
        chosen = entry.get("defaultValue", value == default)
        label = entry.get("label", value)
        active = entry.get("active", True)
        values.append({"active": active, "defaultValue": chosen, "label": label, "validFor": None, "value": value})
    return values
