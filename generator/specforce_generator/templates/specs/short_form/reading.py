"""The short form, read: what stands in a parsed TOML file, checked, nothing derived yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

from .keys import FIELD_FLAGS, FIELD_KEYS, OBJECT_KEYS

PLAIN_TYPES = frozenset({"boolean", "date", "datetime", "time", "base64", "anyType"})
TEXT_TYPES = frozenset({"string", "textarea", "email", "phone", "url", "encryptedstring"})
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
COMPOUND_TYPES = frozenset({"address", "location"})
PICKLISTS = frozenset({"picklist", "combobox", "multipicklist"})
TYPES = PLAIN_TYPES | TEXT_TYPES | NUMBER_TYPES | COMPOUND_TYPES | PICKLISTS | {"reference"}
_WORDS = frozenset({"required", "readOnly", "createOnly", "masterDetail", "unsure", *FIELD_FLAGS})
SUMMARY_KEYS = ("summaryOperation", "summaryForeignKey", "summarizedField", "summaryFilter")
_FIELD_KEYS = frozenset(
    {"type", "values", "childRelationshipName", "displayFormat", "lookupFilter", *SUMMARY_KEYS, *FIELD_KEYS}
)
_OBJECT_KEYS = frozenset({"fields", "systemFields", "validationRules", *OBJECT_KEYS})
_RULE_KEYS = frozenset({"fullName", "active", "errorConditionFormula", "errorMessage", "errorDisplayField"})
_RULE_NEEDS = ("fullName", "errorConditionFormula", "errorMessage")
_TEXT = re.compile(r"(?P<type>\w+)(?:\((?P<arguments>.*)\))?(?P<words>(?:\s+\w+)*)\s*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z]\w*")


class ShortFormError(ValueError):
    """Not in the short form: `where: Object.Field: what is wrong and what to write`."""


@dataclass(frozen=True, slots=True)
class ShortField:
    """One field as written.

    Attributes:
        name: API name.
        type: one of `TYPES`.
        arguments: what stands in the parentheses after the type.
        words: the words after it.
        given: the keys of the table form other than `type`.
    """

    name: str
    type: str
    arguments: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def number(self, place: int, default: int) -> int:
        """An argument as a number."""
        return int(self.arguments[place]) if place < len(self.arguments) else default


@dataclass(frozen=True, slots=True)
class ShortObject:
    """One object as written; `given` holds its keys other than `fields`."""

    name: str
    fields: tuple[ShortField, ...]
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])


def read_objects(document: Mapping[str, Any], where: str) -> list[ShortObject]:
    """Read the objects of one parsed file.

    Args:
        document: the file's tables.
        where: the file's name, for messages.

    Raises:
        ShortFormError: a table, type, word or key that the form doesn't have, or a name that stands there twice.
    """
    return [_object(where, name, table) for name, table in document.items()]


def _object(where: str, name: str, table: object) -> ShortObject:
    at = f"{where}: {name}"
    if not _is_table(table):
        raise ShortFormError(f"{at}: isn't a table: write [{name}] and [{name}.fields]")
    _check_name(at, name)
    _check(at, "key", table.keys() - _OBJECT_KEYS, _OBJECT_KEYS)
    fields: object = table.get("fields", {})
    if not _is_table(fields):
        raise ShortFormError(f"{at}.fields: isn't a table: write [{name}.fields]")
    _check_rules(at, table.get("validationRules", ()))
    seen: set[str] = set()
    for field_name in fields:
        if field_name.lower() in seen:
            raise ShortFormError(f"{at}.{field_name}: stands there twice, names differ by more than case: keep one")
        seen.add(field_name.lower())
    read = tuple(_field(f"{at}.{field_name}", field_name, written) for field_name, written in fields.items())
    return ShortObject(name, read, {key: value for key, value in table.items() if key != "fields"})


def _field(at: str, name: str, written: object) -> ShortField:
    _check_name(at, name)
    given: dict[str, Any] = dict(written) if _is_table(written) else {"type": written}
    _check(at, "key", given.keys() - _FIELD_KEYS, _FIELD_KEYS)
    text: object = given.pop("type", None)
    found = _TEXT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ShortFormError(f'{at}: {text!r} isn\'t a field: write "string(80) required", or {{ type = "…", … }}')
    _check(at, "type", {found["type"]} - TYPES, TYPES)
    words = frozenset(found["words"].split())
    _check(at, "word", words - _WORDS, _WORDS)
    if "calculatedFormula" in given or "summaryOperation" in given:
        words |= {"calculated"}
    arguments = tuple(part for part in map(str.strip, (found["arguments"] or "").split(",")) if part)
    short = ShortField(name, found["type"], arguments, words, given)
    numeric = short.type not in PICKLISTS | {"reference"}
    if numeric and not all(argument.isdigit() for argument in arguments):
        raise ShortFormError(f"{at}: {short.type}({', '.join(arguments)}): whole numbers belong into the parentheses")
    if short.type == "reference" and not arguments:
        raise ShortFormError(f'{at}: name the objects it may point at: "reference(Account)"')
    return short


def _check_rules(at: str, rules: object) -> None:
    if not isinstance(rules, Sequence) or not all(map(_is_table, cast("Sequence[object]", rules))):
        raise ShortFormError(f"{at}: validation rules are tables: write [[{at.rpartition(' ')[2]}.validationRules]]")
    for rule in cast("Sequence[Mapping[str, Any]]", rules):
        _check(at, "key of a validation rule", rule.keys() - _RULE_KEYS, _RULE_KEYS)
        for key in _RULE_NEEDS:
            if not isinstance(rule.get(key), str):
                raise ShortFormError(f"{at}: a validation rule needs a text {key}")


def _check_name(at: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ShortFormError(f"{at}: an API name has letters, digits and _, and begins with a letter")


def _check(at: str, what: str, unknown: set[str] | frozenset[str], known: frozenset[str]) -> None:
    for name in sorted(unknown):
        raise ShortFormError(f"{at}: there is no {what} {name!r}: there are {', '.join(sorted(known))}")


def _is_table(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)
