"""Rules about examples: there is one of each body, and each fits its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from specforce_generator.sources import Json, is_list, is_object, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context, Site
    from .finding import Finding

_BASE = "specs:///"


def lint_examples(context: Context) -> Iterator[Finding]:
    """Check that bodies have examples, and every example of a body, header, parameter or schema."""
    for site in context.sites:
        yield from _missing(context, site)
    documents = [(f"{_BASE}{path}", source.data) for path, source in context.library.items()]
    registry = jsonschema_rs.Registry(documents)
    for path, source in context.library.items():
        for at, schema_at, value in _examples(source.data, ""):
            schema = {"$ref": f"{_BASE}{path}#{_fragment(schema_at)}"}
            for error in jsonschema_rs.Draft202012Validator(schema, registry=registry).iter_errors(value):
                where = "/".join(map(str, error.instance_path))
                message = f"the example doesn't fit the schema: {where + ': ' if where else ''}{error.message}"
                yield context.finding("example", path, at + pointer(*error.instance_path), message)


def _missing(context: Context, site: Site) -> Iterator[Finding]:
    path = site.file
    bodies = [("requestBody", "request body", site.data.get("requestBody"))]
    responses: Json = site.data.get("responses", {})
    for status, answer in responses.items():
        bodies.append(("responses" + pointer(status), f"answer {status}", answer))
    for place, what, written in bodies:
        body: object = context.follow(path, written)[1]
        content: dict[str, Json] = body.get("content", {}) if is_object(body) else {}
        for kind, media in content.items():
            if not {"example", "examples"} & media.keys():
                message = f"{site.name}: the {what} ({kind}) has no example: add examples: {{name: {{value: …}}}}"
                yield context.finding("example", path, f"{site.at}/{place}", message)


def _examples(value: object, at: str) -> Iterator[tuple[str, str, Any]]:
    """Every example: its pointer, its schema's pointer, and its value."""
    if is_list(value):
        for index, item in enumerate(value):
            yield from _examples(item, f"{at}/{index}")
    if not is_object(value):
        return
    if is_object(value.get("schema")):
        yield from _beside_schema(value, at)
    elif is_list(value.get("examples")) and "type" in value:
        for index, item in enumerate(value["examples"]):
            yield f"{at}/examples/{index}", at, item
    for key, below in value.items():
        if key not in ("example", "examples", "default", "enum", "const") and not key.startswith("x-"):
            yield from _examples(below, at + pointer(key))


def _beside_schema(media: Json, at: str) -> Iterator[tuple[str, str, Any]]:
    """The examples of a media type, a parameter or a header."""
    schema: Json = media["schema"]
    if schema.get("format") == "binary" or "encoding" in media:
        return
    if "example" in media:
        yield f"{at}/example", f"{at}/schema", media["example"]
    examples: object = media.get("examples", {})
    for name, example in examples.items() if is_object(examples) else ():
        if is_object(example) and "value" in example:
            yield at + pointer("examples", name, "value"), f"{at}/schema", example["value"]


def _fragment(at: str) -> str:
    return at.replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace("#", "%23")
