"""The pass that leaves of the specs what one API version has, by `x-since` and `x-until`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .refs import NAME_MAPS, Library, follow, holds_data
from .sources import Json, Source, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

_METHODS = frozenset({"get", "put", "post", "delete", "head", "patch"})


def project(library: Library, api_version: str) -> dict[str, Source]:
    """The library as of one API version.

    Args:
        library: the documents and the files they refer to.
        api_version: such as `67.0`.

    Returns:
        The same files; path items that are left without an operation are gone.
    """
    version = float(api_version)
    return {path: replace(source, data=_document(library, source, version)) for path, source in library.items()}


def is_in(facts: Mapping[str, Any], version: float) -> bool:
    """Whether something with these `x-since` and `x-until` is part of a version."""
    return float(facts.get("x-since") or 0) <= version <= float(facts.get("x-until") or "inf")


def _document(library: Library, source: Source, version: float) -> Json:
    document: Json = _value(library, source.path, source.data, version)
    if is_object(document.get("paths")):
        document["paths"] = {path: item for path, item in document["paths"].items() if _METHODS & item.keys()}
    return document


def _value(library: Library, path: str, value: Any, version: float, *, names: bool = False) -> Any:
    if is_list(value):
        return [_value(library, path, item, version) for item in value]
    if not is_object(value):
        return value
    result: Json = {}
    for key, below in value.items():
        if names or key in _METHODS:
            if not is_object(below) or is_in(below, version):
                result[key] = _value(library, path, below, version)
        elif holds_data(key, names=names):
            result[key] = below
        elif key == "parameters" and is_list(below):
            kept = [item for item in below if is_in(follow(library, path, item)[1], version)]
            result[key] = _value(library, path, kept, version)
        else:
            result[key] = _value(library, path, below, version, names=key in NAME_MAPS)
    if "required" in result and is_list(result["required"]) and "properties" in result:
        gone = value["properties"].keys() - result["properties"].keys()
        result["required"] = [name for name in result["required"] if name not in gone]
    return result
