"""Whole describe documents from the short form: order of fields, system fields, relationships from both ends."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from .fields import SYSTEM_FIELDS, entries_of, is_custom, label_of, system_entry
from .keys import OBJECT_KEYS, empty_object
from .reading import SUMMARY_KEYS, ShortField, ShortFormError, ShortObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Describe = dict[str, Any]
_FIRST = ("Id", "IsDeleted")
_SYSTEM_BEFORE = ("LastActivityDate", "LastViewedDate", "LastReferencedDate")
_OWNED = ShortField("OwnerId", "reference", ("Group", "User"), frozenset({"required", "defaultedOnCreate"}))
_NAMED = ShortField("Name", "string", ("80",), frozenset({"nameField", "idLookup"}))
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MASTER = "012000000000000AAA"
_LAYOUT_URLS = {
    "approvalLayouts": "/describe/approvalLayouts",
    "compactLayouts": "/describe/compactLayouts",
    "defaultValues": "/defaultValues?recordTypeId&fields",
    "layouts": "/describe/layouts",
    "listviews": "/listviews",
    "quickActions": "/quickActions",
}
_UNNAMED_CHILDREN = frozenset({"OwnerId", *SYSTEM_FIELDS})


def describe_documents(
    objects: Iterable[ShortObject],
    *,
    known: Mapping[str, Describe] | None = None,
    taken: Iterable[str] = (),
    api_version: str,
) -> dict[str, Describe]:
    """The describe documents of objects.

    Args:
        objects: as `read_objects` gives them; an object that is in `known` gets further fields and keys.
        known: documents that are there already. They aren't changed: what comes back are new ones.
        taken: key prefixes that objects beside these have.
        api_version: fills the `urls`.

    Returns:
        The documents of `known` and of `objects`, by API name.

    Raises:
        ShortFormError: a reference to an object that is in neither, or a standard object without `keyPrefix`.
    """
    documents = {name: dict(document) for name, document in (known or {}).items()}
    names = {name.lower(): name for name in documents}
    elsewhere = set(taken)
    children: dict[tuple[str, str], ShortField] = {}
    for short in objects:
        name = names.setdefault(short.name.lower(), short.name)
        if name in documents:
            documents[name] = _extended(documents[name], short)
        else:
            documents[name] = _document(short, elsewhere | _prefixes(documents), api_version)
        children |= {(name, field.name): field for field in short.fields}
    _relate(documents, names, children)
    return documents


def _prefixes(documents: Mapping[str, Describe]) -> set[str]:
    return {document["keyPrefix"] for document in documents.values()}


def display_formats(objects: Iterable[ShortObject]) -> dict[str, dict[str, str]]:
    """The formats of automatic numbers, by object and field: describe has no key for them."""
    found = {
        short.name: {
            field.name: str(field.given.get("displayFormat", "{0}"))
            for field in short.fields
            if "autoNumber" in field.words
        }
        for short in objects
    }
    return {name: formats for name, formats in found.items() if formats}


def data_rules(objects: Iterable[ShortObject]) -> dict[str, Describe]:
    """The validation rules, roll-up summaries and lookup filters of objects: describe has no key for them.

    Returns:
        By object: `validationRules`, those that are active, as written; `summaries`, by field, the keys of each; and
        `lookupFilters`, by field, the formula of each.
    """
    found: dict[str, Describe] = {}
    for short in objects:
        summaries = {
            field.name: {key: field.given[key] for key in SUMMARY_KEYS if key in field.given}
            for field in short.fields
            if "summaryOperation" in field.given
        }
        rules = [rule for rule in short.given.get("validationRules", ()) if rule.get("active", True)]
        filters = {field.name: field.given["lookupFilter"] for field in short.fields if "lookupFilter" in field.given}
        if rules or summaries or filters:
            found[short.name] = {"validationRules": rules, "summaries": summaries, "lookupFilters": filters}
    return found


def _document(short: ShortObject, taken: set[str], api_version: str) -> Describe:
    given = {key: value for key, value in short.given.items() if key in OBJECT_KEYS}
    label = given.get("label", label_of(short.name))
    document = empty_object() | {
        "name": short.name,
        "custom": is_custom(short.name),
        "label": label,
        "labelPlural": f"{label}s",
    }
    document |= given
    if document["keyPrefix"] is None:
        if not is_custom(short.name):
            raise ShortFormError(f'{short.name}: a standard object needs its keyPrefix: keyPrefix = "001"')
        document["keyPrefix"] = next(
            prefix for prefix in (f"a{high}{low}" for high, low in product(_DIGITS, repeat=2)) if prefix not in taken
        )
    base = f"/services/data/v{api_version}/sobjects/{short.name}"
    plural = str(document["labelPlural"]).lower()
    layouts = {key: base + path for key, path in _LAYOUT_URLS.items()} if document["layoutable"] else {}
    document |= {
        "compactLayoutable": given.get("compactLayoutable", document["layoutable"]),
        "searchLayoutable": given.get("searchLayoutable", document["layoutable"]),
        "fields": _fields(short, label),
        "recordTypeInfos": [_master_record_type(base)],
        "supportedScopes": [
            {"label": f"All {plural}", "name": "everything"},
            {"label": f"My {plural}", "name": "mine"},
        ],
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}", **layouts},
    }
    return dict(sorted(document.items()))


def _fields(short: ShortObject, label: str) -> list[Describe]:
    """Every field of a new object, in describe's order."""
    declared = {field.name for field in short.fields}
    implied: list[ShortField] = []
    if is_custom(short.name):
        owned = not any("masterDetail" in field.words for field in short.fields)
        implied = [
            field for field, wanted in ((_OWNED, owned), (_NAMED, True)) if wanted and field.name not in declared
        ]
    entries = entries_of([*implied, *short.fields], short.name, label)
    system = {name: system_entry(name, short.name, label) for name in short.given.get("systemFields", SYSTEM_FIELDS)}
    standard = [entry for entry in entries if not entry["custom"]]
    place = next((at for at, entry in enumerate(standard) if entry["name"] in _SYSTEM_BEFORE), len(standard))
    return [
        *(entry for name, entry in system.items() if name in _FIRST),
        *standard[:place],
        *(entry for name, entry in system.items() if name not in _FIRST),
        *standard[place:],
        *(entry for entry in entries if entry["custom"]),
    ]


def _extended(document: Describe, short: ShortObject) -> Describe:
    """An object with further fields, which take the place of those of the same name."""
    entries = entries_of(short.fields, document["name"], document["label"])
    new = {entry["name"].lower() for entry in entries}
    kept = [entry for entry in document["fields"] if entry["name"].lower() not in new]
    given = {key: value for key, value in short.given.items() if key in OBJECT_KEYS}
    return dict(sorted({**document, "fields": [*kept, *entries], **given}.items()))


def _relate(
    documents: dict[str, Describe], names: Mapping[str, str], declared: Mapping[tuple[str, str], ShortField]
) -> None:
    """Put every reference into the `childRelationships` of what it may point at; what is known stays as it is."""
    found: dict[str, dict[tuple[str, str], Describe]] = {
        name: {(entry["childSObject"], entry["field"]): entry for entry in document["childRelationships"]}
        for name, document in documents.items()
    }
    for child in documents.values():
        for entry in child["fields"]:
            key = (child["name"], entry["name"])
            short = declared.get(key)
            for target in entry["referenceTo"]:
                name = names.get(target.lower())
                if name is None and short is not None:
                    raise ShortFormError(f"{'.'.join(key)}: points at {target}, and there is no such object")
                if name is not None and (short is not None or key not in found[name]):
                    found[name][key] = _child(child, entry, target, short)
    for name, relationships in found.items():
        documents[name]["childRelationships"] = [relationships[key] for key in sorted(relationships)]


def _child(child: Describe, entry: Describe, target: str, short: ShortField | None) -> Describe:
    return {
        "cascadeDelete": entry["cascadeDelete"],
        "childSObject": child["name"],
        "deprecatedAndHidden": False,
        "field": entry["name"],
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": _children_name(child, entry, target, short),
        "restrictedDelete": entry["restrictedDelete"],
    }


def _children_name(child: Describe, entry: Describe, target: str, short: ShortField | None) -> str | None:
    if short is not None and "childRelationshipName" in short.given:
        return short.given["childRelationshipName"] or None
    same = [
        other["name"]
        for other in child["fields"]
        if target in other["referenceTo"] and other["name"] not in _UNNAMED_CHILDREN
    ]
    if is_custom(entry["name"]) and same == [entry["name"]]:
        return f"{str(child['labelPlural']).replace(' ', '')}__r"
    return None


def _master_record_type(base: str) -> Describe:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": _MASTER,
        "urls": {"layout": f"{base}/describe/layouts/{_MASTER}"},
    }
