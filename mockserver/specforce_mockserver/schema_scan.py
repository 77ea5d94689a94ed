"""Describe documents in files, looked through: checked, and read again when somebody uses their objects.

A folder may hold a thousand of them, some hundred megabytes. Looking through takes a fraction of a second and keeps
what describe global says of each, and which objects it points at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from specforce_mockserver.describe import GLOBAL_KEYS
from specforce_mockserver.schema_references import Reference, References

if TYPE_CHECKING:
    from pathlib import Path

Document = dict[str, Any]


class DocumentError(ValueError):
    """Not a describe document; the message says what of it and why."""


class _Field(msgspec.Struct, rename="camel"):
    """What a field has at least, and what it points at."""

    name: str
    type: str
    reference_to: list[str] | None = None
    cascade_delete: bool | None = None
    restricted_delete: bool | None = None


_KEYS: list[tuple[str, Any, Any]] = [(key, Any, None) for key in GLOBAL_KEYS if key != "name"]
_Scanned: Any = msgspec.defstruct("_Scanned", [("name", str), ("fields", list[_Field]), *_KEYS])


@dataclass(frozen=True, slots=True)
class LaterDocument:
    """A describe document that stays in its file.

    Attributes:
        head: what describe global says of the object.
        references: what it points at.
        path: the file.
        place: which document of a file that lists several; None where the file is the document.
    """

    head: Document
    references: References
    path: Path
    place: int | None

    def read(self) -> Document:
        """The whole of it.

        Raises:
            DocumentError: the file is another one by now.
        """
        try:
            found: Any = msgspec.json.decode(self.path.read_bytes())
            document = found if self.place is None else found[self.place]
            if document["name"] != self.head["name"]:
                raise DocumentError(f"{self.path}: isn't the document of {self.head['name']} any more")
        except (OSError, msgspec.DecodeError, LookupError, TypeError) as error:
            raise DocumentError(f"{self.path}: {error}") from error
        return cast("Document", document)


def scan(path: Path) -> list[LaterDocument]:
    """The describe documents in a file, which is one or a list of them.

    Raises:
        DocumentError: they are none.
    """
    data = path.read_bytes()
    listed = data.lstrip()[:1] == b"["
    try:
        found: Any = msgspec.json.decode(data, type=list[_Scanned] if listed else _Scanned)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: no describe document: {error}") from error
    if listed:
        return [_later(each, path, place) for place, each in enumerate(found)]
    return [_later(found, path, None)]


def _later(scanned: Any, path: Path, place: int | None) -> LaterDocument:
    head: Document = {key: getattr(scanned, key) for key in GLOBAL_KEYS}
    fields: list[_Field] = scanned.fields
    references = tuple(
        Reference(each.name, tuple(each.reference_to), bool(each.cascade_delete), bool(each.restricted_delete))
        for each in fields
        if each.reference_to
    )
    return LaterDocument(head, References(head["name"], head["labelPlural"] or head["name"], references), path, place)
