"""The pass that makes one whole document of an API, of one file or several: local `$ref`s, full paths, `x-` keys kept.

Paths start at the host's root (`/services/data/v{api_version}/limits`), so that a server can route by them; what
belongs to a path item moves into its operations, and each operation says which API it is of (`x-api`). A `#variant` at
the end of a path stays: it tells apart operations that share a wire path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from .refs import NAME_MAPS, Library, holds_data, kind_below, look_up, split
from .sources import Json, SourceError, is_list, is_object, pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .index import ApiEntry
    from .sources import Source

METHODS = ("get", "put", "post", "delete", "head", "patch")
_KINDS = ("schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes")


def bundle(entry: ApiEntry, library: Library, default_version: str) -> Json:
    """Bundle the documents of one API; what isn't a path or a component is the first one's.

    Raises:
        SourceError: a `$ref` points nowhere, or two documents have a path, an operationId or a component of one name.
    """
    sources = [library[file] for file in entry.files]
    collected = _Components(library)
    paths: Json = {}
    for source in sources:
        for path, item in source.data.get("paths", {}).items():
            mounted = (_mount(item.get("servers")) if "servers" in item else entry.mount) + path
            if mounted in paths:
                line = source.line(f"/paths{pointer(path)}")
                raise SourceError(f"{source.path}:{line}: a second path {path}: its methods belong into one path item")
            paths[mounted] = _path_item(entry, source.path, item, collected)
    refuse_second_operations(sources)
    refuse_second_components(sources)
    for source in sources:
        for name, scheme in source.data.get("components", {}).get("securitySchemes", {}).items():
            collected.add("securitySchemes", name, scheme)
    if any("{api_version}" in path for path in paths):
        collected.add("parameters", "api_version", _version_parameter(default_version))
        for path, item in paths.items():
            if "{api_version}" in path:
                item["parameters"] = [{"$ref": "#/components/parameters/api_version"}]
    first = sources[0].data
    servers = [{"url": "https://{my_domain}", "variables": {"my_domain": {"default": "login.salesforce.com"}}}]
    result: Json = {key: first[key] for key in ("openapi", "info") if key in first}
    result |= {"servers": servers, "security": first.get("security", []), "tags": [{"name": entry.id}]}
    return result | {"paths": paths, "components": collected.sorted()}


def refuse_second_operations(sources: Sequence[Source]) -> None:
    """Refuse an operationId that two operations of an API have.

    Raises:
        SourceError: there is one; the message has both places.
    """
    named = [
        (source, f"operationId {operation.get('operationId')!r}", f"/paths{pointer(path)}/{method}")
        for source in sources
        for path, method, operation in operations(source.data)
    ]
    _refuse_second(named)


def refuse_second_components(sources: Sequence[Source]) -> None:
    """Refuse a component that two documents of an API define.

    Raises:
        SourceError: there is one; the message has both places.
    """
    named = [
        (source, f"{kind} component {name!r}", f"/components/{kind}{pointer(name)}")
        for source in sources
        for kind, found in source.data.get("components", {}).items()
        for name in found
        if kind != "securitySchemes"
    ]
    _refuse_second(named)


def _refuse_second(named: list[tuple[Source, str, str]]) -> None:
    seen: dict[str, str] = {}
    for source, what, at in named:
        place = f"{source.path}:{source.line(at)}"
        if what in seen:
            raise SourceError(f"{place}: a second {what} (the first: {seen[what]}): rename one")
        seen[what] = place


def operations(document: Json) -> list[tuple[str, str, Json]]:
    """Every operation of a bundled document as (path, method, operation), in the document's order."""
    return [
        (path, method, item[method])
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]


def resolve(document: Json, value: Any) -> Any:
    """Follow local `$ref`s of a bundled document."""
    while is_object(value) and "$ref" in value:
        found: Any = document
        for step in str(value["$ref"]).removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


class _Components:
    """Components gathered while `$ref`s are followed, each under the last step of its pointer."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._origin: dict[tuple[str, str], tuple[str, str]] = {}
        self._found: dict[str, Json] = {kind: {} for kind in _KINDS}

    def add(self, kind: str, name: str, value: Json) -> None:
        """Take in a component that nothing has to refer to."""
        self._found[kind][name] = value

    def refer(self, path: str, ref: str, kind: str) -> str:
        """The local `$ref` for a `$ref` that stands in the file `path`; takes in what it points to."""
        target, pointer = split(path, ref)
        steps = pointer.split("/")
        if steps[1:2] == ["components"] and len(steps) == 4:
            kind = steps[2]
        name = steps[-1]
        origin = self._origin.setdefault((kind, name), (target, pointer))
        if origin != (target, pointer):
            raise SourceError(
                f"{target}:1: a second {kind} component named {name!r} (the first: {origin[0]}): rename one"
            )
        if name not in self._found[kind]:
            try:
                value = look_up(self._library, target, pointer)
            except (KeyError, IndexError, ValueError):
                raise SourceError(f"{path}:1: $ref {ref!r} points nowhere") from None
            self._found[kind][name] = {}
            self._found[kind][name] = self.localise(target, value, kind)
        return f"#/components/{kind}/{name}"

    def localise(self, path: str, value: Any, kind: str, *, names: bool = False) -> Any:
        """Copy a value with every `$ref` below it made local; `names`: its keys are names that the author chose."""
        if is_list(value):
            return [self.localise(path, item, kind) for item in value]
        if not is_object(value):
            return value
        result: Json = {}
        for key, below in value.items():
            if key == "$ref" and not names:
                result[key] = self.refer(path, unquote(str(below)), kind)
            elif holds_data(key, names=names):
                result[key] = below
            else:
                below_kind = kind if names else kind_below(key, kind)
                result[key] = self.localise(path, below, below_kind, names=not names and key in NAME_MAPS)
        return result

    def sorted(self) -> Json:
        """The components by kind and name."""
        return {kind: dict(sorted(found.items())) for kind, found in self._found.items() if found}


def _path_item(entry: ApiEntry, file: str, item: Json, components: _Components) -> Json:
    shared = components.localise(file, item.get("parameters", []), "parameters")
    result: Json = {}
    for method in METHODS:
        if method in item:
            operation = components.localise(file, item[method], "paths")
            operation["parameters"] = shared + operation.get("parameters", [])
            result[method] = operation | {"x-api": entry.id}
    return result


def _mount(servers: Any) -> str:
    return urlsplit(str(servers[0]["url"])).path.rstrip("/")


def _version_parameter(default: str) -> Json:
    return {
        "name": "api_version",
        "in": "path",
        "required": True,
        "description": "The API version, such as 67.0.",
        "schema": {"type": "string", "pattern": r"^[0-9]{2,3}\.0$"},
        "example": default,
    }
