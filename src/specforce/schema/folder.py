"""A folder of describe documents: one file per object, an index, a manifest, and what a later pull need not fetch.

    Account.json            what the org answered, keys sorted, one per line
    describe_global.json    describe global, of the objects that are here
    manifest.json           API version, org, size and digest of every document, objects that weren't described
    .last_pull.json         the dates of the documents, by which a pull asks whether they changed; not worth keeping

The first three are the same bytes for the same org. Files appear whole or not at all. No secrets are in them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from specforce.bulk.files import replacing
from specforce.soql import identifier
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

T = TypeVar("T")
FORMAT = 1
MANIFEST = "manifest.json"
GLOBAL = "describe_global.json"
LAST_PULL = ".last_pull.json"
Document = dict[str, Any]


class Stored(msgspec.Struct, frozen=True):
    """A document's file as it was written.

    Attributes:
        bytes: its size.
        sha256: its digest, in hex.
    """

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """What a folder says of itself.

    Attributes:
        format: of the folder.
        api_version: of its documents, such as `67.0`.
        org_id: whose they are; `None` where that isn't known.
        objects: the files, by object.
        refused: objects that the org listed and didn't describe, and why.
    """

    format: int
    api_version: str
    org_id: str | None
    objects: dict[str, Stored]
    refused: dict[str, str]


class LastPull(msgspec.Struct, frozen=True, rename="camel"):
    """When the documents of a folder last changed, as one user of one org saw them.

    Attributes:
        seen_by: org, user and API version; a describe shows what the user may see.
        modified: HTTP dates, by object.
    """

    seen_by: tuple[str, ...] = ()
    modified: dict[str, str] = {}


class SchemaFolder:
    """The describe documents in a folder, pulled or gathered otherwise.

    Args:
        path: the folder; a pull makes it where it isn't there.

    Raises:
        InputError: a file is there in its place.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path} is a file: name the folder of the describe documents")
        found = sorted(self.path.glob("[!.]*.json")) if self.path.is_dir() else []
        self._files = {each.stem: each for each in found if each.name not in {MANIFEST, GLOBAL}}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"

    @property
    def names(self) -> list[str]:
        """The objects that have a document, sorted."""
        return sorted(self._files)

    def manifest(self) -> Manifest | None:
        """The manifest; `None` where a folder has none.

        Raises:
            InputError: it isn't one, or one of a newer version of specforce.
        """
        found = self._read(MANIFEST, Manifest)
        if found is not None and found.format != FORMAT:
            raise InputError(
                f"{self.path / MANIFEST}: format {found.format} isn't known here: specforce reads {FORMAT}"
            )
        return found

    def last_pull(self) -> LastPull:
        """What the last pull noted; nothing where that can't be read."""
        try:
            return self._read(LAST_PULL, LastPull) or LastPull()
        except InputError:
            return LastPull()

    def document(self, name: str) -> Document:
        """An object's describe document.

        Raises:
            InputError: there is none, or it isn't one; the message names file and key.
        """
        path = self._files.get(name)
        if path is None:
            raise InputError(f"{self.path}: there is no {name}.json")
        data = path.read_bytes()
        _shape(path, data)
        return cast("Document", msgspec.json.decode(data))

    def missing(self) -> list[str]:
        """The objects that references point at and that have no document here, sorted.

        Raises:
            InputError: a file isn't a describe document.
        """
        return sorted(self.targets(self._files) - self._files.keys())

    def targets(self, names: Iterable[str]) -> set[str]:
        """What the references of some objects of the folder point at; errors as for `missing`."""
        return {target for name in names for target in _references(self._files[name])}

    def stored(self, name: str) -> Stored | None:
        """What an object's file is; `None` where there is none."""
        path = self._files.get(name)
        return None if path is None or not path.is_file() else _stored(path.read_bytes())

    def write(self, name: str, document: Document) -> Stored:
        """Put an object's document into the folder.

        Raises:
            InputError: no object can have that name. OSError: the file can't be written.
        """
        data = canonical(document)
        self._files[name] = self._put(f"{identifier(name, what='object')}.json", data)
        return _stored(data)

    def remove(self, name: str) -> None:
        """Take an object's document out."""
        path = self._files.pop(name, None)
        if path is not None:
            path.unlink(missing_ok=True)

    def write_manifest(self, manifest: Manifest, entries: dict[str, Document], last: LastPull) -> None:
        """Put beside the documents what tells about them.

        Raises:
            OSError: a file can't be written.
        """
        sobjects = [entries[name] for name in sorted(entries)]
        self._put(GLOBAL, _text(GlobalDescribe(sobjects)))
        self._put(MANIFEST, _text(manifest))
        self._put(LAST_PULL, _text(last))

    def _put(self, name: str, data: bytes) -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / name
        if not path.is_file() or path.read_bytes() != data:
            with replacing(path) as file:
                file.write(data)
        return path

    def _read(self, name: str, kind: type[T]) -> T | None:
        path = self.path / name
        if not path.is_file():
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except msgspec.DecodeError as error:
            raise InputError(f"{path}: {error}") from None


class GlobalDescribe(msgspec.Struct, rename="camel"):
    """Describe global, as the org answers it."""

    sobjects: list[Document]
    encoding: str = "UTF-8"
    max_batch_size: int = 200


class _Shape(msgspec.Struct):
    """What a describe document has at least."""

    name: str
    fields: list[_FieldShape]


class _FieldShape(msgspec.Struct, rename="camel"):
    name: str
    type: str
    reference_to: list[str] | None = None


def _references(path: Path) -> set[str]:
    shape = _shape(path, path.read_bytes())
    return {target for field in shape.fields for target in field.reference_to or ()}


def _shape(path: Path, data: bytes) -> _Shape:
    """What every describe document has.

    Raises:
        InputError: it isn't one; the message names file and key.
    """
    try:
        return msgspec.json.decode(data, type=_Shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no describe document: {error}") from None


def canonical(document: Document) -> bytes:
    """A describe document as it is kept: keys sorted, one per line, children in one order; nothing is left out."""
    children: list[Document] = document.get("childRelationships") or []
    ordered = sorted(children, key=lambda each: (str(each.get("childSObject")), str(each.get("field"))))
    return _text({**document, "childRelationships": ordered})


def _text(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n"


def _stored(data: bytes) -> Stored:
    return Stored(len(data), hashlib.sha256(data).hexdigest())
