"""What specs/index.toml says: the APIs, their mounts, and the range of API versions that the specs describe."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .sources import Json, SourceError, is_list, is_object

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Versions:
    """The API versions that the specs describe, and the one that clients use unless told otherwise."""

    oldest: str
    newest: str
    default: str


@dataclass(frozen=True, slots=True)
class ApiEntry:
    """One `[[api]]` or `[[soap]]` of the index.

    Attributes:
        id: short name, the tag of its operations and the name of its package.
        title: its name in Salesforce's words.
        files: its OpenAPI documents, relative to the specs folder; together they are one API; or its WSDL.
        mount: the path of the document's server; `{api_version}` is the sender's to fill.
        class_name: the name of its synchronous resource class.
        since: first API version that has the API.
        source: the guide it is described in, a key of sources.toml.
    """

    id: str
    title: str
    files: tuple[str, ...]
    mount: str
    class_name: str
    since: str
    source: str


@dataclass(frozen=True, slots=True)
class Index:
    """The whole of index.toml.

    Attributes:
        versions: of Salesforce's APIs.
        apis: the APIs that OpenAPI documents describe.
        soap: those that a WSDL does.
        mock_admin: the OpenAPI document of the fake org's own resources, relative to the specs folder.
    """

    versions: Versions
    apis: tuple[ApiEntry, ...]
    soap: tuple[ApiEntry, ...] = ()
    mock_admin: str | None = None

    @property
    def entries(self) -> tuple[ApiEntry, ...]:
        """Every API, whatever describes it."""
        return (*self.apis, *self.soap)


def read_toml(folder: Path, path: str) -> Json:
    """Read one TOML file of the specs.

    Raises:
        SourceError: no such file, or not TOML.
    """
    try:
        return tomllib.loads((folder / path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path}:1: can't be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}:1: isn't TOML: {error}") from None


def read_index(folder: Path) -> Index:
    """Read index.toml.

    Raises:
        SourceError: a key is missing, or isn't what it must be.
    """
    data = read_toml(folder, "index.toml")
    versions = Versions(
        *(_text(data.get("versions", {}), key, "[versions]") for key in ("oldest", "newest", "default"))
    )
    apis, soap = (tuple(_entry(table, f"[[{kind}]]") for table in data.get(kind, [])) for kind in _KINDS)
    admin = data.get("mock_admin")
    return Index(versions, apis, soap, None if admin is None else _text(admin, "file", "[mock_admin]"))


_KINDS = ("api", "soap")


def _entry(table: object, where: str) -> ApiEntry:
    return ApiEntry(
        id=_text(table, "id", where),
        title=_text(table, "title", where),
        files=_texts(table, "files", where),
        mount=_text(table, "mount", where),
        class_name=_text(table, "class", where),
        since=_text(table, "since", where),
        source=_text(table, "source", where),
    )


def _text(table: object, key: str, where: str) -> str:
    value: object = table.get(key) if is_object(table) else None
    if not isinstance(value, str):
        raise SourceError(f'index.toml:1: {where} needs {key} = "..."')
    return value


def _texts(table: object, key: str, where: str) -> tuple[str, ...]:
    value: object = table.get(key) if is_object(table) else None
    texts = tuple(text for text in value if isinstance(text, str)) if is_list(value) else ()
    if not is_list(value) or not texts or len(texts) != len(value):
        raise SourceError(f'index.toml:1: {where} needs {key} = ["...", ...]')
    return texts
