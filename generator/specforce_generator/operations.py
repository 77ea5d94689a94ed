"""The facts of each operation, read from a bundled document: what the templates print and nobody has to look up again.

openapi-python-client keeps none of these (operationId, `x-since`, sources, units, error answers) and handles parameters
in ways that Salesforce's don't bear (explode, naive dates, headers), so signatures and requests are built from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .bundle import operations, resolve
from .names import argument, snake_case

if TYPE_CHECKING:
    from .sources import Json

BodyKind = Literal["none", "json", "form", "raw", "multipart"]
Listed = Literal["", "joined", "repeated"]
ReplyKind = Literal["none", "model", "object", "raw"]

_REPEATABLE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path, query or header parameter.

    Attributes:
        wire: its name on the wire.
        name: its Python name.
        location: `path`, `query` or `header`.
        type: its Python type, as source.
        listed: how a list goes out: `joined` by commas, `repeated` under its name, or empty: it isn't a list.
    """

    wire: str
    name: str
    location: str
    type: str
    required: bool
    listed: Listed
    description: str
    default: Any
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body: JSON (`model` names its schema) or raw bytes (`model` is empty)."""

    wire: str
    name: str
    content_type: str
    model: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Body:
    """The request's body."""

    kind: BodyKind
    content_type: str = ""
    required: bool = False
    description: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One documented answer; `status` may be a class such as `5XX`."""

    status: str
    kind: ReplyKind
    content_types: tuple[str, ...]
    description: str

    @property
    def success(self) -> bool:
        """2xx, and 304: what a conditional request asks for isn't an error."""
        return self.status.startswith("2") or self.status == "304"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation."""

    operation_id: str
    name: str
    api: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Body
    answers: tuple[Answer, ...]
    since: str | None
    until: str | None
    repeatable: bool
    authenticated: bool
    token_header: str
    streamed: bool
    source: str

    @property
    def success(self) -> tuple[int, ...]:
        """The statuses that aren't errors, in the spec's order."""
        return tuple(int(answer.status) for answer in self.answers if answer.success)

    @property
    def accept(self) -> str:
        """The Accept header: the media types of the successes, in the spec's order."""
        kinds = [kind for answer in self.answers if answer.success for kind in answer.content_types]
        return ", ".join(dict.fromkeys(kinds)) or "application/json"

    def located(self, location: str) -> tuple[Parameter, ...]:
        """The parameters of one location; those of the path in the path's order."""
        found = [parameter for parameter in self.parameters if parameter.location == location]
        if location == "path":
            found.sort(key=lambda parameter: self.path.index("{" + parameter.wire + "}"))
        return tuple(found)


def read_operations(document: Json) -> list[Operation]:
    """Read every operation of a bundled document, in its order."""
    return [_operation(document, path, method, data) for path, method, data in operations(document)]


def _operation(document: Json, path: str, method: str, data: Json) -> Operation:
    security: list[Json] = data["security"] if "security" in data else document.get("security", [])
    return Operation(
        operation_id=data["operationId"],
        name=method_name(data),
        api=data["x-api"],
        method=method.upper(),
        path=path.partition("#")[0],
        summary=_line(data.get("summary")),
        description=str(data.get("description") or "").strip(),
        parameters=tuple(_parameter(document, resolve(document, item)) for item in data.get("parameters", [])),
        body=_body(document, data.get("requestBody")),
        answers=tuple(_answer(document, status, item) for status, item in data.get("responses", {}).items()),
        since=data.get("x-since"),
        until=data.get("x-until"),
        repeatable=data.get("x-repeatable", method.upper() in _REPEATABLE),
        authenticated=bool(security) and not any(choice == {} for choice in security),
        token_header=_token_header(document, security),
        streamed=data.get("x-streamed", False),
        source=_source(data.get("x-source", {})),
    )


def _token_header(document: Json, security: list[Json]) -> str:
    """The header that takes the bare token, empty where `Authorization: Bearer` does."""
    schemes = document["components"].get("securitySchemes", {})
    found = [schemes[name] for choice in security for name in choice if name in schemes]
    return next((scheme["name"] for scheme in found if scheme["type"] == "apiKey" and scheme["in"] == "header"), "")


def _parameter(document: Json, data: Json) -> Parameter:
    schema: Json = resolve(document, data.get("schema", {}))
    return Parameter(
        wire=data["name"],
        name=argument(data["name"]),
        location=data["in"],
        type=python_type(document, schema),
        required=bool(data.get("required", False)),
        listed=_listed(schema, data),
        description=_line(data.get("description")),
        default=schema.get("default"),
        since=data.get("x-since"),
        until=data.get("x-until"),
    )


def _listed(schema: Json, data: Json) -> Listed:
    if schema.get("type") != "array":
        return ""
    return "joined" if data.get("explode") is False else "repeated"


def python_type(document: Json, schema: Json) -> str:
    """The Python type of a parameter, as source. Enum values are offered and not enforced: releases add to them."""
    schema = resolve(document, schema)
    kind = schema.get("type", "string")
    if kind == "array":
        return f"Sequence[{python_type(document, schema.get('items', {}))}]"
    if kind == "string":
        if schema.get("format") in ("date-time", "http-date"):
            return "datetime.datetime"
        if schema.get("format") == "date":
            return "datetime.date"
        known: list[Any] = schema.get("enum") or schema.get("x-enum") or []
        if known:
            return f"Literal[{', '.join(repr(str(value)) for value in known)}] | str"
    return {"integer": "int", "number": "float", "boolean": "bool"}.get(str(kind), "str")


def _body(document: Json, request_body: Json | None) -> Body:
    if request_body is None:
        return Body("none")
    data: Json = resolve(document, request_body)
    content: dict[str, Json] = data["content"]
    content_type, media = next(iter(content.items()))
    schema: Json = resolve(document, media.get("schema", {}))
    required, description = bool(data.get("required", False)), _line(data.get("description"))
    if content_type == "application/json" and not is_raw(schema):
        return Body("json", content_type, required, description)
    if content_type == "application/x-www-form-urlencoded":
        return Body("form", content_type, required, description)
    if content_type == "multipart/form-data":
        encoding: Json = media.get("encoding", {})
        parts = tuple(
            _part(document, name, part, encoding.get(name, {}), required=name in schema.get("required", []))
            for name, part in schema.get("properties", {}).items()
        )
        return Body("multipart", content_type, required, description, parts)
    return Body("raw", content_type, required, description)


def _part(document: Json, name: str, schema: Json, encoding: Json, *, required: bool) -> Part:
    model = schema["$ref"].rpartition("/")[2] if "$ref" in schema else ""
    content_type = encoding.get("contentType") or ("application/json" if model else "application/octet-stream")
    description = _line(schema.get("description") or resolve(document, schema).get("description"))
    return Part(name, argument(name), content_type, model, required, description)


def _answer(document: Json, status: str, data: Json) -> Answer:
    data = resolve(document, data)
    content: Json = data.get("content", {})
    kind: ReplyKind = "none"
    if "application/json" in content and not is_raw(content["application/json"].get("schema", {})):
        kind = "object" if is_free_form(content["application/json"].get("schema", {})) else "model"
    elif content:
        kind = "raw"
    return Answer(status, kind, tuple(content), _line(data.get("description")))


def method_name(data: Json) -> str:
    """The Python name of an operation: its `x-method`, or else its operationId, in snake case."""
    return snake_case(str(data.get("x-method") or data["operationId"]))


def is_raw(schema: Json) -> bool:
    """A body that is handed over as bytes, whatever its media type."""
    return schema.get("type") == "string" and schema.get("format") == "binary"


def is_free_form(schema: Json) -> bool:
    """An object that the spec says nothing more about, written in place: a plain dict in Python."""
    told = {"$ref", "properties", "allOf", "anyOf", "oneOf", "items", "enum", "const"}
    return (
        schema.get("type") == "object"
        and not told & schema.keys()
        and schema.get("additionalProperties") in (None, True, {})
    )


def _source(data: Json) -> str:
    rows = ", ".join(data.get("rows", []))
    place = ", ".join(str(data[key]) for key in ("id", "section") if data.get(key))
    return f"{place} ({rows})" if rows else place


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())
