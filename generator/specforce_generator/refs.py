"""`$ref`s between spec files: where one points to, and what stands there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .sources import Source, SourceError, is_list, is_object, pointer, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

Library = Mapping[str, Source]
"""Path, relative to the specs folder, to the file: an API's documents and every file that they refer to."""

_KIND_BY_KEY = {
    "parameters": "parameters",
    "responses": "responses",
    "headers": "headers",
    "examples": "examples",
    "requestBody": "requestBodies",
    "requestBodies": "requestBodies",
}
_DATA_KEYS = frozenset({"const", "default", "enum", "example", "value"})
NAME_MAPS = frozenset({"properties", "patternProperties", "$defs"})
"""Keywords whose value maps names that the author chose to schemas."""


def read_library(folder: Path, paths: list[str]) -> dict[str, Source]:
    """Read `paths` and every file that they refer to, directly or not.

    Raises:
        SourceError: a file can't be read; for a file that is referred to, the message says from where.
    """
    library: dict[str, Source] = {}
    waiting = [(path, "") for path in paths]
    while waiting:
        path, wanted_by = waiting.pop()
        if path in library:
            continue
        if wanted_by and not (folder / path).is_file():
            raise SourceError(f"{wanted_by}: refers to {path}, and there is no such file in specs/")
        source = library[path] = read_yaml(folder, path)
        for at, ref in all_refs(source.data):
            target, _ = split(path, ref)
            waiting.append((target, f"{path}:{source.line(at)}"))
    return library


def split(path: str, ref: str) -> tuple[str, str]:
    """The file and the JSON pointer that a `$ref`, standing in the file `path`, means."""
    file, _, place = ref.partition("#")
    return (posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path), place


def look_up(library: Library, path: str, place: str) -> Any:
    """What stands at a pointer of a file.

    Raises:
        KeyError: nothing does.
    """
    found: Any = library[path].data
    for step in place.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if is_list(found) else found[key]
    return found


def follow(library: Library, path: str, value: Any) -> tuple[str, Any]:
    """Follow `$ref`s from `value`, which stands in the file `path`, to what they mean in the end.

    Returns:
        The file it stands in, and the value.
    """
    while is_object(value) and "$ref" in value:
        path, place = split(path, str(value["$ref"]))
        value = look_up(library, path, place)
    return path, value


def all_refs(document: Any, at: str = "", *, names: bool = False) -> Iterator[tuple[str, str]]:
    """Every `$ref` below `document`, with the pointer of the object it stands in; `names` as for `holds_data`."""
    if is_object(document):
        for key, value in document.items():
            if key == "$ref" and isinstance(value, str):
                yield at, value
            elif not holds_data(key, names=names):
                yield from all_refs(value, at + pointer(key), names=not names and key in NAME_MAPS)
    elif is_list(document):
        for index, item in enumerate(document):
            yield from all_refs(item, f"{at}/{index}")


def holds_data(key: str, *, names: bool) -> bool:
    """Whether the value at `key` is data (an example, a default), in which `$ref` has no meaning.

    Args:
        key: the key.
        names: the key is a name that the spec's author chose (a property's name), not a keyword.
    """
    return not names and (key in _DATA_KEYS or key.startswith("x-"))


def kind_below(key: str, kind: str) -> str:
    """The components section that a `$ref` below `key` belongs to; `kind` is what it was above."""
    if kind == "schemas" or key == "schema":
        return "schemas"
    return _KIND_BY_KEY.get(key, kind)
