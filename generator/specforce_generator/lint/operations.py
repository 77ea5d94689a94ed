"""Rules about operations: identity, provenance, versions, bodies and answers."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from specforce_generator.names import snake_case
from specforce_generator.operations import method_name
from specforce_generator.sources import Json, is_list, is_object, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context, Site
    from .finding import Finding

_CAMEL = re.compile(r"[a-z]+(?:[A-Z0-9][A-Za-z0-9]*)?")
_VERSION = re.compile(r"[0-9]{2,3}\.0")
_EXTENSIONS = frozenset(
    {
        "x-since",
        "x-until",
        "x-source",
        "x-repeatable",
        "x-streamed",
        "x-variant-of",
        "x-route-when",
        "x-enum",
        "x-method",
    }
)
_JSON_BODIES = frozenset({"application/json", "application/x-www-form-urlencoded"})


def lint_operations(context: Context) -> Iterator[Finding]:
    """Check every operation by itself, and their names among each other."""
    yield from _names(context)
    for site in context.sites:
        yield from _identity(context, site)
        yield from _provenance(context, site)
        yield from _request(context, site)
        yield from _answers(context, site)
    for path, source in context.library.items():
        for at, facts in _objects(source.data, ""):
            yield from _extensions(context, path, at, facts)


def _names(context: Context) -> Iterator[Finding]:
    seen: dict[str, Site] = {}
    methods: dict[tuple[str, str], Site] = {}
    for site in context.sites:
        name = site.data.get("operationId")
        if not isinstance(name, str):
            continue
        method = method_name(site.data)
        if methods.setdefault((site.entry.id, method), site) is not site:
            message = f"a second method {method} of this API: write another x-method"
            yield _at(context, "operation-id", site, "x-method", message)
        first = seen.setdefault(snake_case(name), site)
        if first is not site:
            yield _at(
                context,
                "operation-id",
                site,
                "operationId",
                f"{name} is also in {first.file}: name one otherwise",
            )


def _identity(context: Context, site: Site) -> Iterator[Finding]:
    name = site.data.get("operationId")
    if not isinstance(name, str) or not _CAMEL.fullmatch(name):
        message = f"operationId is {name!r}: write one in camelCase, as in getLimits"
        yield _at(context, "operation-id", site, "operationId", message)
    if site.data.get("tags") != [site.entry.id]:
        message = f"tags must be the API's id alone: write tags: [{site.entry.id}]"
        yield _at(context, "tags", site, "tags", message)
    summary = site.data.get("summary")
    if not isinstance(summary, str) or not summary.endswith(".") or "\n" in summary.strip():
        message = "summary must be one sentence with its full stop: it begins the docstring"
        yield _at(context, "summary", site, "summary", message)


def _provenance(context: Context, site: Site) -> Iterator[Finding]:
    source = site.data.get("x-source")
    if not is_object(source) or not {"id", "section", "rows"} <= source.keys():
        message = "x-source is missing or not whole: write x-source: {id: …, section: …, rows: [rest.md#2]}"
        yield _at(context, "source", site, "x-source", message)
    else:
        if source["id"] not in context.sources:
            near = "".join(get_close_matches(str(source["id"]), context.sources, 1))
            message = f"sources.toml has no {source['id']!r}" + (f": write {near}" if near else ": add a table for it")
            yield _at(context, "source", site, "x-source/id", message)
        rows: object = source["rows"]
        for row in rows if is_list(rows) and rows else [""]:
            if not context.has_row(str(row)):
                message = f"reference/ has no row {row!r}: write <file>#<section number>, as in rest.md#2"
                yield _at(context, "source", site, "x-source/rows", message)
    if "x-since" not in site.data:
        message = 'x-since is missing: write the first API version that has the operation, as in x-since: "31.0"'
        yield _at(context, "since", site, "", message)


def _extensions(context: Context, path: str, at: str, facts: Json) -> Iterator[Finding]:
    versions = context.index.versions
    for key in facts:
        if key.startswith("x-") and key not in _EXTENSIONS:
            near = get_close_matches(key, _EXTENSIONS, 1)
            message = f"there is no {key}" + (
                f": write {near[0]}" if near else f": there are {', '.join(sorted(_EXTENSIONS))}"
            )
            yield context.finding("extension", path, at + pointer(key), message)
    for key in ("x-since", "x-until"):
        if key not in facts:
            continue
        value = facts[key]
        message = ""
        if not isinstance(value, str) or not _VERSION.fullmatch(value):
            message = f'{key} is {value!r}: write a version in quotes, as in "52.0"'
        elif not float(versions.oldest) <= float(value) <= float(versions.newest):
            message = f"{key} is {value}, and the specs cover {versions.oldest} to {versions.newest}"
        elif key == "x-until" and _number(facts.get("x-since")) > float(value):
            message = f"x-until is {value}, before x-since: write the last version that has it"
        if message:
            yield context.finding("since", path, at + pointer(key), message)


def _number(version: object) -> float:
    """A version to compare by; 0 for what isn't one."""
    return float(version) if isinstance(version, str) and _VERSION.fullmatch(version) else 0.0


def _request(context: Context, site: Site) -> Iterator[Finding]:
    if "requestBody" not in site.data:
        return
    path, body = context.follow(site.file, site.data["requestBody"])
    content: Json = body.get("content", {}) if is_object(body) else {}
    if len(content) != 1:
        message = f"a request body has one media type, this one {len(content)}: make each further one an x-variant-of"
        yield _at(context, "request-body", site, "requestBody", message)
    for kind, media in content.items():
        schema: Json = context.follow(path, media.get("schema", {}))[1]
        if kind == "multipart/form-data":
            for name, part in schema.get("properties", {}).items():
                if "$ref" not in part and not _is_binary(part):
                    message = f"the part {name} must be a $ref to a schema (JSON) or type: string, format: binary"
                    yield _at(context, "request-body", site, "requestBody", message)
        elif kind not in _JSON_BODIES and not _is_binary(schema):
            message = f"a {kind} body must be type: string, format: binary"
            yield _at(context, "request-body", site, "requestBody/content" + pointer(kind), message)
        elif kind in _JSON_BODIES and "$ref" not in media.get("schema", {}) and not _is_binary(schema):
            message = "give the body's schema a name: move it to components and write a $ref"
            yield _at(context, "request-body", site, "requestBody/content" + pointer(kind), message)
        if ";" in kind:
            yield _at(
                context, "request-body", site, "requestBody", f"write {kind.partition(';')[0]} without parameters"
            )


def _answers(context: Context, site: Site) -> Iterator[Finding]:
    responses: object = site.data.get("responses")
    if not is_object(responses) or not any(status.startswith("2") for status in responses):
        message = "responses must hold at least one 2xx: without it the operation can't succeed"
        yield _at(context, "responses", site, "responses", message)
        return
    document = context.library[site.file].data
    choices: list[Json] = site.data["security"] if "security" in site.data else document.get("security", [])
    secured = any("bearer" in choice for choice in choices)
    wanted = {"5XX": "ServerError"} | ({"401": "InvalidSession"} if secured and "403" not in responses else {})
    for status, name in wanted.items():
        if status not in responses:
            message = f'no answer {status}: write "{status}": {{$ref: "common/responses.yaml#/{name}"}}'
            yield _at(context, "responses", site, "responses", message)
    for status, written in responses.items():
        place = "responses" + pointer(status)
        if not re.fullmatch(r"[1-5](?:\d\d|XX)", status) or status == "2XX":
            message = f"{status!r} isn't a status: write three digits in quotes, or 4XX or 5XX for errors"
            yield _at(context, "responses", site, place, message)
        path, answer = context.follow(site.file, written)
        if not is_object(answer) or not answer.get("description"):
            message = f"the answer {status} has no description: it becomes a line of the docstring"
            yield _at(context, "responses", site, place, message)
        elif status.startswith("2"):
            yield from _success(context, site, place, path, answer)


def _success(context: Context, site: Site, place: str, path: str, answer: Json) -> Iterator[Finding]:
    content: Json = answer.get("content", {})
    schemas = [context.follow(path, media.get("schema", {}))[1] for media in content.values()]
    if len(content) > 1 and not all(map(_is_binary, schemas)):
        message = f"a success that isn't raw has one media type, this one has {', '.join(content)}: keep one"
        yield _at(context, "responses", site, place, message)
    for kind, media in content.items():
        schema: Json = context.follow(path, media.get("schema", {}))[1]
        if kind != "application/json" and not _is_binary(schema):
            message = f"a {kind} answer must be type: string, format: binary"
            yield _at(context, "responses", site, place, message)


def _is_binary(schema: Json) -> bool:
    return schema.get("type") == "string" and schema.get("format") == "binary"


def _objects(value: object, at: str) -> Iterator[tuple[str, Json]]:
    """Every object of a document that isn't part of an example."""
    if is_object(value):
        yield at, value
        for key, below in value.items():
            if key not in ("example", "examples", "value", "default") and not key.startswith("x-"):
                yield from _objects(below, at + pointer(key))
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _objects(item, f"{at}/{index}")


def _at(context: Context, rule: str, site: Site, place: str, message: str) -> Finding:
    at = f"{site.at}/{place}" if place else site.at
    return context.finding(rule, site.file, at, f"{site.name}: {message}")
