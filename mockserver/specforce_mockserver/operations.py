"""The operations of the specs, read from the bundles: where they are mounted, what they take, what they may answer.

Validators are compiled on first use, so that starting an org costs no more than reading the bundles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

import jsonschema_rs

import specforce_specs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema_rs import Validator

Document = dict[str, Any]
METHODS = ("get", "head", "post", "put", "patch", "delete")
VERSION_VARIABLE = "{api_version}"
LAST_VERSION = 999.0


@dataclass(frozen=True, eq=False)
class Parameter:
    """One query parameter."""

    name: str
    required: bool
    schema: Mapping[str, Any]
    explode: bool
    since: float
    document: Document

    @cached_property
    def kind(self) -> str:
        """The JSON type that a value is read as."""
        found = self.schema.get("type", "string")
        return found if isinstance(found, str) else found[0]

    @cached_property
    def validator(self) -> Validator:
        """Checks a value that was read."""
        return compiled(self.document, self.schema)


@dataclass(frozen=True, eq=False)
class OperationSpec:
    """One operation."""

    id: str
    api: str
    method: str
    template: str
    since: float
    until: float
    secured: bool
    variant_of: str | None
    route_when: tuple[tuple[str, re.Pattern[str]], ...]
    parameters: tuple[Parameter, ...]
    document: Document
    operation: Document

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The segments of its path; a variant's suffix is no part of it."""
        return tuple(each for each in self.template.partition("#")[0].split("/") if each)

    @cached_property
    def _content(self) -> tuple[str, Document] | None:
        """The media type of its request body, and what is said of it."""
        body = resolved(self.document, self.operation.get("requestBody", {}))
        content: Mapping[str, Document] = body.get("content", {})
        return next(iter(content.items()), None)

    @cached_property
    def media_type(self) -> str | None:
        """The media type of its request body; None when it takes none."""
        return self._content[0].partition(";")[0].strip().lower() if self._content else None

    @cached_property
    def body_schema(self) -> Document:
        """The schema of its request body."""
        return resolved(self.document, self._content[1].get("schema", {})) if self._content else {}

    @property
    def body_kind(self) -> Literal["none", "json", "form", "multipart", "raw"]:
        """How its request body is read."""
        if self.media_type is None:
            return "none"
        if self.media_type == "multipart/form-data":
            return "multipart"
        if self.body_schema.get("format") == "binary":
            return "raw"
        return "form" if self.media_type == "application/x-www-form-urlencoded" else "json"

    @cached_property
    def body_validator(self) -> Validator:
        """Checks a request body."""
        return compiled(self.document, self.body_schema)

    @cached_property
    def answer_types(self) -> frozenset[str]:
        """The media types of its successes."""
        successes = (self.response(int(each)) for each in self.operation["responses"] if each.startswith("2"))
        return frozenset(media_type for each in successes if each for media_type in each.get("content", ()))

    def response(self, status: int) -> Document | None:
        """What the spec says of answers with a status; None when nothing."""
        responses: Document = self.operation["responses"]
        found = responses.get(str(status)) or responses.get(f"{status // 100}XX") or responses.get("default")
        return None if found is None else resolved(self.document, found)


def resolved(document: Document, node: Any) -> Document:
    """A node with its own `$ref` followed."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for step in cast("str", node["$ref"]).removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return cast("Document", node)


def compiled(document: Document, schema: Mapping[str, Any]) -> Validator:
    """A validator for a schema of a bundle."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": document.get("components", {})})


@cache
def load_operations() -> dict[str, OperationSpec]:
    """Every operation of every API, by operationId, in the specs' order."""
    found: dict[str, OperationSpec] = {}
    for entry in specforce_specs.apis():
        document = specforce_specs.bundle(entry.id)
        found.update({each.id: each for each in read_operations(entry.id, document)})
    return found


def read_operations(api: str, document: Document) -> Iterator[OperationSpec]:
    default_security = document.get("security", [])
    for template, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if operation is None:
                continue
            listed = [
                resolved(document, each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
            ]
            yield OperationSpec(
                id=operation["operationId"],
                api=api,
                method=method.upper(),
                template=template,
                since=float(operation.get("x-since", 0)),
                until=float(operation.get("x-until", LAST_VERSION)),
                secured=bool(operation.get("security", default_security)),
                variant_of=operation.get("x-variant-of"),
                route_when=tuple(
                    (name, re.compile(pattern)) for name, pattern in operation.get("x-route-when", {}).items()
                ),
                parameters=tuple(_parameter(document, each) for each in listed if each["in"] == "query"),
                document=document,
                operation=operation,
            )


def _parameter(document: Document, each: Document) -> Parameter:
    return Parameter(
        name=each["name"],
        required=each.get("required", False),
        schema=resolved(document, each.get("schema", {})),
        explode=each.get("explode", True),
        since=float(each.get("x-since", 0)),
        document=document,
    )
