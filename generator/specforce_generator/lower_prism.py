"""The pass that turns a bundled document into documents that Prism can serve.

Prism routes by path alone, hangs on schemas that refer to themselves, and knows no placeholder but a whole segment. So
the version becomes concrete, recursion is cut, and operations that share a path shape go into documents of their own.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

from .bundle import METHODS, operations
from .refs import all_refs
from .sources import Json, is_list, is_object

_Entry = tuple[str, str, Json]
_SEGMENTS = 4


def lower_for_prism(document: Json, api_version: str) -> dict[str, Json]:
    """The documents for Prism, by name: `rest`, and `rest_2` and so on for what can't stand beside the rest.

    Args:
        document: a bundled document, projected to `api_version`.
        api_version: fills `{api_version}`.
    """
    api: str = document["tags"][0]["name"]
    components = _without_version(document["components"])
    components["schemas"] = acyclic(components.get("schemas", {}))
    components["responses"] = {name: _read_json(answer) for name, answer in components.get("responses", {}).items()}
    result: dict[str, Json] = {}
    for number, entries in enumerate(_groups(document), start=1):
        paths: Json = {}
        for path, method, operation in entries:
            concrete = path.partition("#")[0].replace("{api_version}", api_version)
            shown = _read_json(_text_parts(operation, components["schemas"]))
            for spread, added in _spread(concrete):
                more = {"parameters": [*shown.get("parameters", []), *added]} if added else {}
                paths.setdefault(spread, {})[method] = {**shown, **more}
        name = api if number == 1 else f"{api}_{number}"
        kept = {key: document[key] for key in ("openapi", "info", "security", "tags")}
        result[name] = _plain({**kept, "paths": paths, "components": _used(components, paths)})
    return result


def _spread(path: str) -> list[tuple[str, list[Json]]]:
    """A path, once for each number of segments that a parameter at its end may have, with the parameters to add.

    A parameter that keeps its slashes is named `..._path`; to Prism a parameter is one segment.
    """
    found = re.search(r"\{(\w+_path)\}$", path)
    names = [f"{found[1]}_{number}" for number in range(2, _SEGMENTS + 1)] if found else []
    added: list[Json] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return [
        ("/".join([path, *(f"{{{name}}}" for name in names[:count])]), added[:count]) for count in range(len(names) + 1)
    ]


def _groups(document: Json) -> list[list[_Entry]]:
    """The operations, each in the first group where no other of the same path shape and another path stands."""
    groups: list[list[_Entry]] = []
    for path, method, operation in operations(document):
        for group in groups:
            if not any(_clash((path, method), other[:2]) for other in group):
                group.append((path, method, operation))
                break
        else:
            groups.append([(path, method, operation)])
    return groups


def _clash(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a router by path alone would take one for the other."""
    if one[0] == other[0]:
        return False
    wire, other_wire = one[0].partition("#")[0], other[0].partition("#")[0]
    return (wire == other_wire and one[1] == other[1]) or (wire != other_wire and shape(wire) == shape(other_wire))


def shape(path: str) -> str:
    """A path with every parameter alike."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("#")[0])


def acyclic(schemas: Json) -> Json:
    """The schemas with every reference that closes a circle replaced by an open object."""
    result: Json = deepcopy(schemas)
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name not in done:
            result[name] = _cut(result[name], {*above, name})
            for _, ref in list(all_refs(result[name])):
                visit(ref.rpartition("/")[2], (*above, name))
            done.add(name)

    for name in sorted(schemas):
        visit(name, ())
    return result


def _cut(value: Any, above: set[str]) -> Any:
    if is_list(value):
        return [_cut(item, above) for item in value]
    if not is_object(value):
        return value
    if str(value.get("$ref", "")).rpartition("/")[2] in above:
        return {"type": "object", "additionalProperties": True}
    return {key: _cut(below, above) for key, below in value.items()}


def _text_parts(operation: Json, schemas: Json) -> Json:
    """The operation with each part of a multipart body as text: Prism reads no JSON in parts."""
    result = deepcopy(operation)
    body = result.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if body:
        name = str(body["schema"].get("$ref", "")).rpartition("/")[2]
        schema: Json = deepcopy(schemas[name]) if name else body["schema"]
        schema["properties"] = {key: {"type": "string"} for key in schema["properties"]}
        body["schema"] = schema
    return result


def _read_json(value: Any) -> Any:
    """An operation or an answer with raw JSON as any JSON: Prism reads and writes JSON bodies itself."""
    if is_list(value):
        return [_read_json(item) for item in value]
    if not is_object(value):
        return value
    result: Json = {key: _read_json(below) for key, below in value.items()}
    media: object = result.get("application/json")
    if is_object(media) and media.get("schema") == {"type": "string", "format": "binary"}:
        examples = {name: {"value": json.loads(example["value"])} for name, example in media["examples"].items()}
        result["application/json"] = {"schema": {}, "examples": examples}
    return result


def _without_version(components: Json) -> Json:
    result = deepcopy(components)
    result.get("parameters", {}).pop("api_version", None)
    return result


def _used(components: Json, paths: Json) -> Json:
    """The components that these paths need."""
    wanted = {ref for _, ref in all_refs(paths)}
    found: set[str] = set()
    while wanted:
        ref = wanted.pop()
        if ref not in found:
            found.add(ref)
            _, kind, name = ref.removeprefix("#/").split("/")
            wanted |= {below for _, below in all_refs(components[kind][name])}
    result: Json = {}
    for kind, named in components.items():
        kept = {name: value for name, value in named.items() if f"#/components/{kind}/{name}" in found}
        if kept or kind == "securitySchemes":
            result[kind] = kept or named
    return result


def _plain(document: Json) -> Json:
    """The document without `x-` keys of operations: Prism has no use for them."""
    for item in document["paths"].values():
        for method in METHODS:
            if method in item:
                item[method] = {key: value for key, value in item[method].items() if not key.startswith("x-")}
    return document
