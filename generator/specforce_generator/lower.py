"""The pass that turns a bundled document into what openapi-python-client can digest, which is less than people write.

What the generator does itself goes: parameters and paths (signatures and requests are built from `operations`), error
answers, raw and multipart bodies, security, headers. What is left is what that tool is good at: models.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .bundle import operations, resolve
from .names import snake_case
from .operations import is_free_form, is_raw, method_name
from .refs import NAME_MAPS, all_refs
from .sources import Json, is_list, is_object

_BODIES = ("application/json", "application/x-www-form-urlencoded")


def lower(document: Json) -> Json:
    """Lower one bundled document; the result shares nothing with it."""
    paths: Json = {}
    kept: set[str] = set()
    for _, _, operation in operations(document):
        name = method_name(operation)
        lowered: Json = {
            "operationId": name,
            "tags": [operation["x-api"]],
            "responses": _responses(document, operation),
        }
        body = resolve(document, operation.get("requestBody", {}))
        for kind, media in body.get("content", {}).items():
            if kind in _BODIES and not is_raw(media.get("schema", {})):
                schema = {"schema": _schema(media.get("schema", {}))}
                lowered["requestBody"] = {"required": True, "content": {kind: schema}}
            elif kind == "multipart/form-data":
                kept |= {ref for _, ref in all_refs(resolve(document, media.get("schema", {})))}
        paths[f"/{name}"] = {"post": lowered}
    schemas: Json = {name: _schema(schema) for name, schema in document["components"].get("schemas", {}).items()}
    result: Json = {"openapi": "3.1.0", "info": document["info"], "paths": paths}
    return result | {"components": {"schemas": _reachable(schemas, paths, kept)}}


def _responses(document: Json, operation: Json) -> Json:
    """The successes that hold JSON with a shape; openapi-python-client wants at least one answer of any kind."""
    result: Json = {}
    for status, answer in operation.get("responses", {}).items():
        content: Json = resolve(document, answer).get("content", {})
        if status.startswith("2") and "application/json" in content:
            schema = content["application/json"].get("schema", {})
            if not is_free_form(schema) and not is_raw(schema):
                media = {"application/json": {"schema": _schema(schema)}}
                result[status] = {"description": "", "content": media}
    return result or {"default": {"description": ""}}


def _schema(schema: Any, *, names: bool = False) -> Any:
    """One schema without what the tool stumbles over or drops in silence."""
    if is_list(schema):
        return [_schema(item) for item in schema]
    if not is_object(schema):
        return schema
    result: Json = {}
    for key, value in schema.items():
        if names:
            result[key] = _schema(value)
        elif key == "examples" and value:
            result["example"] = value[0]
        elif key == "additionalProperties" and value is False:
            result[key] = True
        elif key in NAME_MAPS:
            result[key] = _schema(value, names=True)
        elif key in ("enum", "const", "default", "example"):
            result[key] = deepcopy(value)
        elif key not in ("discriminator", "examples") and not key.startswith("x-"):
            result[key] = _schema(value)
    if not names:
        _add_known_values(result, schema)
    return result


def _add_known_values(result: Json, schema: Json) -> None:
    """Members named in Salesforce's words (`IN_PROGRESS`), and open sets of values told in the description."""
    if is_list(schema.get("enum")) and all(isinstance(value, str) for value in schema["enum"]):
        result["x-enum-varnames"] = [snake_case(value).upper() or "EMPTY" for value in schema["enum"]]
    if is_list(schema.get("x-enum")):
        known = ", ".join(f"`{value}`" for value in schema["x-enum"])
        result["description"] = f"{schema.get('description', '')} Known values: {known}.".strip()


def _reachable(schemas: Json, paths: Json, kept: set[str]) -> Json:
    """The schemas that some operation needs: a model that nothing uses isn't generated."""
    wanted = {ref for _, ref in all_refs(paths)} | kept
    found: set[str] = set()
    while wanted:
        name = wanted.pop().rpartition("/")[2]
        if name not in found:
            found.add(name)
            wanted |= {ref for _, ref in all_refs(schemas[name])}
    return {name: schema for name, schema in schemas.items() if name in found}
