"""Rules about the documents' structure: what every other rule takes for granted (an object here, a list there)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs

from specforce_generator.bundle import METHODS
from specforce_generator.sources import Json, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context
    from .finding import Finding


def _map(of: str) -> Json:
    return {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{of}"}}


def _list(of: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/$defs/{of}"}}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


_TEXT: Json = {"type": "string"}
_SCHEMA: Json = {"$ref": "#/$defs/schema"}
_DEFS: Json = {
    "item": _object(parameters=_list("parameter"), **{key: {"$ref": "#/$defs/operation"} for key in METHODS}),
    "operation": _object(
        operationId=_TEXT,
        summary=_TEXT,
        description=_TEXT,
        parameters=_list("parameter"),
        requestBody={"$ref": "#/$defs/body"},
        responses=_map("body"),
        security={"type": "array", "items": {"type": "object"}},
    ),
    "parameter": _object(name=_TEXT, description=_TEXT, schema=_SCHEMA, required={"type": "boolean"}),
    "body": _object(description=_TEXT, content=_map("media"), headers=_map("parameter")),
    "media": _object(schema=_SCHEMA, examples={"type": "object"}),
    "schema": _object(
        description=_TEXT,
        properties=_map("schema"),
        patternProperties=_map("schema"),
        items=_SCHEMA,
        required={"type": "array", "items": _TEXT},
        allOf=_list("schema"),
        anyOf=_list("schema"),
        oneOf=_list("schema"),
        additionalProperties={"type": ["boolean", "object"]},
        **{"$ref": _TEXT},
    ),
}
_DOCUMENT: Json = {
    **_object(
        info={"type": "object", "required": ["title", "version"]},
        servers={"type": "array", "items": {"type": "object", "required": ["url"]}},
        paths=_map("item"),
        components=_object(
            schemas=_map("schema"),
            responses=_map("body"),
            requestBodies=_map("body"),
            parameters=_map("parameter"),
            headers=_map("parameter"),
        ),
    ),
    "required": ["openapi", "info", "servers", "paths"],
    "$defs": _DEFS,
}
_SHARED: Json = {"type": "object", "additionalProperties": {"type": "object"}}


def lint_structure(context: Context) -> Iterator[Finding]:
    """Check that every document is built as OpenAPI documents are, as far as the generator reads them."""
    for path, source in context.library.items():
        schema = _DOCUMENT if path in context.documents else _SHARED
        for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(source.data):
            at = pointer(*error.instance_path)
            yield context.finding("structure", path, at, f"not an OpenAPI document at {at or '/'}: {error.message}")
