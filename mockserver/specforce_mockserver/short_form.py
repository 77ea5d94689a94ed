"""The short form of objects, read: `Code__c = "string(10) externalId unique"`. What it means is in `short_describe.py`.

The form is documented in specs/README.md. Promises: a mistake is reported with the file, the object and the field.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pathlib import Path

TYPES = frozenset(
    "string textarea email phone url encryptedstring picklist combobox multipicklist reference boolean date datetime time "
    "base64 anyType int double currency percent address location".split()
)
_TYPE_TEXT = re.compile(r"(?P<type>\w+)(?:\((?P<arguments>.*)\))?(?P<words>(?:\s+\w+)*)\s*\Z", re.DOTALL)


class SchemaFileError(Exception):
    """A file that objects can't be made of; the message says where and why."""


@dataclass(slots=True)
class ShortField:
    """One field as written. `given` holds the keys of the table form other than `type`."""

    name: str
    type: str
    arguments: list[str] = field(default_factory=list[str])
    words: frozenset[str] = frozenset()
    given: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class ShortObject:
    """One object as written; `keys` are those beside `fields`."""

    name: str
    keys: dict[str, Any]
    fields: list[ShortField]


def read_file(path: Path) -> list[ShortObject]:
    """The objects of one TOML file.

    Raises:
        SchemaFileError: it isn't TOML, or not in the short form.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: {error}"
        raise SchemaFileError(message) from error
    return read_document(document, str(path))


def read_document(document: dict[str, Any], where: str) -> list[ShortObject]:
    """The objects of a parsed file; `where` begins each error message."""
    objects: list[ShortObject] = []
    for name, table in document.items():
        if not isinstance(table, dict):
            message = f"{where}: {name} is no table; write [{name}] and [{name}.fields]"
            raise SchemaFileError(message)
        keys = dict(cast("dict[str, Any]", table))
        fields = keys.pop("fields", {})
        if not isinstance(fields, dict):
            message = f"{where}: {name}.fields is no table"
            raise SchemaFileError(message)
        listed = cast("dict[str, Any]", fields).items()
        objects.append(
            ShortObject(name, keys, [_field(f"{where}: {name}.{each}", each, text) for each, text in listed])
        )
    return objects


def _field(where: str, name: str, written: Any) -> ShortField:
    given: dict[str, Any] = dict(cast("dict[str, Any]", written)) if isinstance(written, dict) else {"type": written}
    text = given.pop("type", None)
    match = _TYPE_TEXT.match(text) if isinstance(text, str) else None
    if match is None:
        message = (
            f'{where}: a field is a text such as "string(80) required", or a table with such a `type`; this is {text!r}'
        )
        raise SchemaFileError(message)
    if match["type"] not in TYPES:
        message = f"{where}: unknown type {match['type']}; there are {', '.join(sorted(TYPES))}"
        raise SchemaFileError(message)
    arguments = [each.strip() for each in (match["arguments"] or "").split(",") if each.strip()]
    return ShortField(name, match["type"], arguments, frozenset(match["words"].split()), given)
