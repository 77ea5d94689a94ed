"""The emitter of `specforce_specs`: the documents as JSON, with an index and the accessors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .bundle import operations
from .json_text import dumps
from .tree import Tree, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .index import ApiEntry, Index
    from .sources import Json

_TEMPLATES = Path(__file__).parent / "templates" / "specs"
_MARK = "by 'specforce-gen generate' from specs/; don't edit"


def emit_specs(
    index: Index,
    *,
    bundles: Mapping[str, Json],
    prism: Mapping[str, Json],
    waiters: Json,
    describes: Mapping[str, Json],
    formats: Json,
    soap: Mapping[str, Json],
    mock_admin: Json | None = None,
) -> Tree:
    """The files of `specforce_specs`, its Python not yet formatted.

    Args:
        index: the index of the specs.
        bundles: API id to its bundled document.
        prism: document name to a document for Prism.
        waiters: waiters.toml.
        describes: object name to its describe document.
        formats: the formats of automatic numbers, by object and field.
        soap: API id to what its WSDL says.
        mock_admin: the document of the fake org's own resources.
    """
    sources = read(_TEMPLATES)
    tree: Tree = {"__init__.py": sources.pop("__init__.py.in"), "py.typed": "", **sources}
    documents: dict[str, Json] = {
        "index": _index(index, bundles, prism),
        "waiters": waiters,
        "display_formats": formats,
    }
    documents |= {f"bundles/{name}": document for name, document in bundles.items()}
    documents |= {f"prism/{name}": document for name, document in prism.items()}
    documents |= {f"wsdl/{name}": document for name, document in soap.items()}
    documents |= {f"sobjects/{name}": document for name, document in describes.items()}
    if mock_admin is not None:
        documents["mock_admin"] = mock_admin
    return tree | {f"{name}.json": _text(document) for name, document in documents.items()}


def _index(index: Index, bundles: Mapping[str, Json], prism: Mapping[str, Json]) -> Json:
    versions = index.versions
    return {
        "versions": {"oldest": versions.oldest, "newest": versions.newest, "default": versions.default},
        "apis": [_entry(entry, operation_ids(bundles[entry.id])) for entry in index.apis],
        "prism": {
            name: {"api": document["tags"][0]["name"], "operation_ids": operation_ids(document)}
            for name, document in prism.items()
        },
    }


def _entry(entry: ApiEntry, ids: Sequence[str]) -> Json:
    return {
        "id": entry.id,
        "title": entry.title,
        "mount": entry.mount,
        "class_name": entry.class_name,
        "since": entry.since,
        "source": entry.source,
        "operation_ids": list(ids),
    }


def operation_ids(document: Json) -> list[str]:
    """The operations of a bundled document, in its order."""
    return list(dict.fromkeys(operation["operationId"] for _, _, operation in operations(document)))


def _text(document: Json) -> str:
    return dumps({"x-generated": _MARK, **document}) + "\n"
