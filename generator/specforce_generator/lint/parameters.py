"""Rules about parameters: what path templates, signatures and requests rely on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specforce_generator.names import argument
from specforce_generator.sources import Json, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context, Site
    from .finding import Finding

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_OURS = frozenset({"accept", "authorization", "content-type", "content-length", "host"})
_TYPES = frozenset({"string", "integer", "number", "boolean", "array"})


def lint_parameters(context: Context) -> Iterator[Finding]:
    """Check every operation's parameters."""
    for site in context.sites:
        found = list(context.parameters(site))
        yield from _path(context, site, {p["name"] for _, _, p in found if p.get("in") == "path" and "name" in p})
        arguments: dict[str, str] = {}
        for path, at, parameter in found:
            for message in _mistakes(context, path, parameter):
                yield context.finding("parameter", site.file, at, f"{site.name}: {message}")
            name, location = str(parameter.get("name")), str(parameter.get("in"))
            first = arguments.setdefault(argument(name), f"{location} {name}")
            if first != f"{location} {name}":
                message = f"{location} {name} and {first} become one argument, {argument(name)}: leave one out"
                yield context.finding("parameter", site.file, at, f"{site.name}: {message}")


def _path(context: Context, site: Site, declared: set[str]) -> Iterator[Finding]:
    used = set(_PLACEHOLDER.findall(site.path))
    for name in sorted(used ^ declared):
        what = "is in the path and not declared: add it to parameters" if name in used else "is no part of the path"
        yield context.finding("parameter", site.file, site.at, f"{site.name}: path parameter {name} {what}")


def _mistakes(context: Context, path: str, parameter: Json) -> Iterator[str]:
    name, location = parameter.get("name"), parameter.get("in")
    if not isinstance(name, str) or location not in ("path", "query", "header"):
        yield "a parameter has a name, and in: path, query or header"
        return
    schema: object = context.follow(path, parameter.get("schema", {}))[1]
    if not is_object(schema) or schema.get("type") not in _TYPES:
        yield f"{name}: its schema needs a type: {', '.join(sorted(_TYPES))}"
        return
    if not parameter.get("description"):
        yield f"{name} has no description: it becomes the line under Args, with unit, limits and default"
    if location == "path":
        if parameter.get("required") is not True or "default" in schema:
            yield f"{name}: a path parameter is required: true, and its schema has no default"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield f"{name}: path parameters have names of ours: write it in snake_case"
    elif argument(name) == "body_":
        yield f"{name}: generated functions have an argument body of their own: this one can't be called so"
    if location == "header" and name.lower() in _OURS:
        yield f"{name}: the sender sets this header: leave it out"
    if schema["type"] == "array":
        if "items" not in schema:
            yield f"{name}: say what the array holds: items: {{type: string}}"
        if "explode" not in parameter:
            yield f"{name}: say how the array goes out: explode: false (joined by commas) or explode: true (repeated)"
    if parameter.get("required") is True and not {"example", "examples"} & parameter.keys():
        yield f"{name} is required and has no example: the contract tests send it"
