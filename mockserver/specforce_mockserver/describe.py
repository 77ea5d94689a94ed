"""Describe documents as an API version answers them.

The schema keeps what it was read from; here URLs get the request's version, and keys that are none of describe's go.
Source: specs/reference/rest.md section 6.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from specforce_specs.short_form import empty_field, empty_object

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field, SObjectType

Document = dict[str, Any]
GLOBAL_KEYS = (
    "activateable",
    "associateEntityType",
    "associateParentEntity",
    "createable",
    "custom",
    "customSetting",
    "deepCloneable",
    "deletable",
    "deprecatedAndHidden",
    "feedEnabled",
    "hasSubtypes",
    "isInterface",
    "isSubtype",
    "keyPrefix",
    "label",
    "labelPlural",
    "layoutable",
    "mergeable",
    "mruEnabled",
    "name",
    "queryable",
    "replicateable",
    "retrieveable",
    "searchable",
    "triggerable",
    "undeletable",
    "updateable",
    "urls",
)
_EMPTY_OBJECT = empty_object()
_EMPTY_FIELD = empty_field()
# What the schema of a field in specs/openapi requires.
_FIELD_KEYS = frozenset(
    {
        *("autoNumber", "byteLength", "calculated", "caseSensitive", "createable", "custom", "defaultedOnCreate"),
        *("dependentPicklist", "deprecatedAndHidden", "digits", "externalId", "filterable", "groupable"),
        *("htmlFormatted", "idLookup", "label", "length", "name", "nameField", "namePointing", "nillable"),
        *("permissionable", "picklistValues", "precision", "referenceTo", "relationshipName", "restrictedPicklist"),
        *("scale", "soapType", "sortable", "type", "unique", "updateable"),
    }
)
MASTER_RECORD_TYPE = "012000000000000AAA"
_KEYS_SINCE_49 = ("associateEntityType", "associateParentEntity", "sobjectDescribeOption")
_LAYOUT_URLS = {
    "approvalLayouts": "describe/approvalLayouts",
    "compactLayouts": "describe/compactLayouts",
    "defaultValues": "defaultValues?recordTypeId&fields",
    "layouts": "describe/layouts",
    "listviews": "listviews",
    "quickActions": "quickActions",
}
_MOUNT = re.compile(r"^/services/data/v\d+\.\d/")


@lru_cache(maxsize=256)
def described(sobject: SObjectType, version: str) -> Document:
    """The full describe document of an object."""
    full: Document = {**sobject.document, **_global(sobject, version)}
    full["childRelationships"] = _children(sobject)
    full["fields"] = [_whole(each) for each in sobject.fields]
    full["recordTypeInfos"] = _record_types(sobject, version)
    full["namedLayoutInfos"] = _mounted(full.get("namedLayoutInfos") or [], version)
    full.setdefault("supportedScopes", _scopes(sobject))
    full["sobjectDescribeOption"] = "FULL"
    if float(version) < 49:
        for key in _KEYS_SINCE_49:
            full.pop(key, None)
    return dict(sorted(full.items()))


def _children(sobject: SObjectType) -> list[Document]:
    """What the document lists, objects that aren't there too, and what only the children know."""
    listed: list[Document] = sobject.document.get("childRelationships") or []
    found = {(each["childSObject"], each["field"]): each for each in listed}
    for each in sobject.child_relationships:
        entry: Document = {
            "cascadeDelete": each.cascade_delete,
            "childSObject": each.child_sobject,
            "deprecatedAndHidden": False,
            "field": each.field,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": each.relationship_name,
            "restrictedDelete": each.restricted_delete,
        }
        key = (each.child_sobject, each.field)
        found[key] = {**entry, **found.get(key, {})}
    return [found[key] for key in sorted(found)]


def _whole(field: Field) -> Document:
    """A field's entry with every key that describe always has: documents that somebody wrote may lack some."""
    given: Document = dict(field.document)
    if given.keys() >= _FIELD_KEYS:
        return given
    known = {
        "createable": field.createable,
        "custom": field.custom,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "label": field.label,
        "nillable": field.nillable,
        "soapType": "xsd:string",
        "sortable": field.sortable,
        "updateable": field.updateable,
    }
    return {**{key: _EMPTY_FIELD[key] for key in _FIELD_KEYS}, **known, **given}


def global_entry(sobject: SObjectType, version: str) -> Document:
    """The short entry of describe global and of the object resource."""
    entry = _global(sobject, version)
    if float(version) < 49:
        entry = {name: value for name, value in entry.items() if name not in _KEYS_SINCE_49}
    return entry


def _global(sobject: SObjectType, version: str) -> Document:
    head = sobject.head
    entry: Document = {name: _EMPTY_OBJECT[name] if (own := head.get(name)) is None else own for name in GLOBAL_KEYS}
    entry |= {
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "keyPrefix": sobject.key_prefix,
        "custom": sobject.custom,
    }
    entry["urls"] = _urls(sobject, version)
    return entry


def _urls(sobject: SObjectType, version: str) -> dict[str, str]:
    mount = f"/services/data/v{version}/"
    given: dict[str, str] = sobject.head.get("urls") or {}
    if given:
        return {name: _MOUNT.sub(mount, url) for name, url in given.items()}
    base = f"{mount}sobjects/{sobject.name}"
    urls = {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"}
    if sobject.head.get("layoutable") is not False:
        urls |= {name: f"{base}/{path}" for name, path in _LAYOUT_URLS.items()}
    return urls


def _record_types(sobject: SObjectType, version: str) -> list[Document]:
    mount = f"/services/data/v{version}/"
    given: list[Document] = sobject.document.get("recordTypeInfos") or [
        {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": True,
            "developerName": "Master",
            "master": True,
            "name": "Master",
            "recordTypeId": MASTER_RECORD_TYPE,
            "urls": {"layout": f"{mount}sobjects/{sobject.name}/describe/layouts/{MASTER_RECORD_TYPE}"},
        }
    ]
    return _mounted(given, version)


def _mounted(infos: list[Document], version: str) -> list[Document]:
    """Entries with the URLs that they have in a version."""
    mount = f"/services/data/v{version}/"
    return [
        {**each, "urls": {name: _MOUNT.sub(mount, url) for name, url in each.get("urls", {}).items()}} for each in infos
    ]


def _scopes(sobject: SObjectType) -> list[Document]:
    plural = sobject.label_plural.lower()
    return [{"label": f"All {plural}", "name": "everything"}, {"label": f"My {plural}", "name": "mine"}]
