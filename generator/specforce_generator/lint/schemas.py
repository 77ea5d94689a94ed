"""Rules about schemas: what openapi-python-client breaks on or drops in silence, and what readers need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jsonschema_rs

from specforce_generator.refs import kind_below, split
from specforce_generator.sources import Json, is_list, is_object, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context
    from .finding import Finding

_TAKEN = frozenset(
    {"additional_properties", "additional_keys", "cls", "d", "field_dict", "from_dict", "self", "to_dict"}
)
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")


def lint_keywords(context: Context) -> Iterator[Finding]:
    """Check that every schema is a JSON Schema: that its keywords have values that mean something."""
    for path, at, schema, _ in _all_schemas(context):
        try:
            jsonschema_rs.meta.validate(schema)
        except jsonschema_rs.ValidationError as error:
            below = at + pointer(*error.instance_path)
            yield context.finding("structure", path, below, f"isn't a schema: {error.message}")


def lint_schemas(context: Context) -> Iterator[Finding]:
    """Check every schema of every file."""
    multipart = set(_multipart(context))
    for path, at, schema, named in _all_schemas(context):
        name = at.rpartition("/")[2]
        if named and not _PASCAL.fullmatch(name):
            yield context.finding(
                "schema", path, at, f"{name} becomes a class: write it in PascalCase, as in SaveResult"
            )
        for rule, place, message in _mistakes(schema, named=named, binary=(path, at) in multipart):
            yield context.finding(rule, path, at + place, message)


def _all_schemas(context: Context) -> Iterator[tuple[str, str, Json, bool]]:
    for path, source in context.library.items():
        kind = "" if path in context.documents else _kind_of_file(path)
        for at, schema, named in _schemas(source.data, "", kind):
            yield path, at, schema, named


def _multipart(context: Context) -> Iterator[tuple[str, str]]:
    """Where the schemas of multipart bodies stand: their parts may be raw bytes."""
    for site in context.sites:
        path, body = context.follow(site.file, site.data.get("requestBody", {}))
        media: Json = body.get("content", {}).get("multipart/form-data", {})
        if "$ref" in media.get("schema", {}):
            yield split(path, media["schema"]["$ref"])


def _kind_of_file(path: str) -> str:
    """What the keys at the top of a shared file name: files of schemas are called `schemas.yaml`."""
    return "schemas" if path.endswith("schemas.yaml") else ""


def _schemas(value: object, at: str, kind: str, *, named: bool = True) -> Iterator[tuple[str, Json, bool]]:
    """Every schema below a value: its pointer, itself, and whether it is a component (has a name of its own)."""
    if is_list(value):
        for index, item in enumerate(value):
            yield from _schemas(item, f"{at}/{index}", kind, named=False)
    if not is_object(value):
        return
    container = at.endswith("/components/schemas") or (kind == "schemas" and at == "")
    if kind == "schemas" and not container:
        yield at, value, named
        for key in ("properties", "patternProperties", "$defs"):
            for name, below in value.get(key, {}).items():
                yield from _schemas(below, at + pointer(key, name), kind, named=False)
        for key in ("items", "additionalProperties", "allOf", "anyOf", "oneOf", "not"):
            yield from _schemas(value.get(key), f"{at}/{key}", kind, named=False)
        return
    for key, below in value.items():
        if container:
            yield from _schemas(below, at + pointer(key), "schemas", named=True)
        elif key not in ("example", "examples", "value") and not key.startswith("x-"):
            below_kind = "schemas" if key == "schemas" else kind_below(key, kind)
            yield from _schemas(below, at + pointer(key), below_kind if below_kind == "schemas" else "", named=False)


def _mistakes(schema: Json, *, named: bool, binary: bool) -> Iterator[tuple[str, str, str]]:
    properties: Json = schema.get("properties", {})
    for name, below in properties.items():
        place = pointer("properties", name)
        if name in _TAKEN:
            yield "property", place, f"a property can't be called {name}: generated models use the name themselves"
        if is_object(below):
            if "$ref" not in below and not below.get("description"):
                yield "property", place, f"{name} has no description: it becomes a line of the model's docstring"
            if below.get("format") == "binary" and not binary:
                yield "property", place, f"{name}: JSON can't hold format: binary: write a string (base64), or a part"
    required: list[str] = schema.get("required", [])
    for name in required:
        if properties and name not in properties:
            yield "property", "/required", f"required names {name}, and there is no such property"
    if named and not schema.get("description"):
        yield "schema", "", "this schema has no description: it becomes the model's docstring"
    if "discriminator" in schema:
        yield "schema", "/discriminator", "discriminators do nothing: give the property a const in each variant"
    if "nullable" in schema:
        yield "schema", "/nullable", 'OpenAPI 3.1 has no nullable: write type: [string, "null"]'
    for key in ("enum", "x-enum"):
        if key in schema and not (is_list(schema[key]) and schema[key]):
            yield "schema", f"/{key}", f"{key} must list at least one value"
    if schema.get("type") == "array" and "items" not in schema:
        yield "schema", "/type", "an array must say what it holds: items: {…}"
