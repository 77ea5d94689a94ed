"""The specs as the judges read them: plain documents, resolved here, with nothing of the generator's in between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import specforce_specs

Json = Any
METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path, query or header parameter; `examples` is empty where the spec gives none."""

    name: str
    place: str
    required: bool
    schema: dict[str, Json]
    explode: bool
    examples: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What one media type of a request or an answer holds."""

    media_type: str
    schema: dict[str, Json]
    examples: dict[str, Json]

    @property
    def raw(self) -> bool:
        """Whether it is handed over as bytes, whatever its media type."""
        return self.schema.get("format") == "binary"


@dataclass(frozen=True, slots=True)
class Answer:
    """One documented answer; `status` may be a range such as `5XX`."""

    status: str
    bodies: tuple[Body, ...]
    required_headers: frozenset[str]

    @property
    def success(self) -> bool:
        """2xx, and 304: what a conditional request asks for isn't an error."""
        return self.status.startswith("2") or self.status == "304"

    @property
    def concrete_status(self) -> int:
        """A status of this answer: itself, or the likeliest one of its range."""
        return {"5XX": 503, "4XX": 418}.get(self.status) or int(self.status)


@dataclass(frozen=True, slots=True)
class SpecOperation:
    """One operation, its parameters and answers resolved.

    Attributes:
        called: the name of its method, in the spec's spelling.
        token_header: the header that takes the bare token, empty where `Authorization: Bearer` does.
        document: where schemas still refer to.
    """

    operation_id: str
    called: str
    api: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    request: Body | None
    answers: tuple[Answer, ...]
    authenticated: bool
    token_header: str
    document: dict[str, Json]

    def answer(self, status: int) -> Answer | None:
        """What the spec says of `status`: the exact entry, else its range."""
        by_status = {answer.status.upper(): answer for answer in self.answers}
        return by_status.get(str(status)) or by_status.get(f"{status // 100}XX") or by_status.get("DEFAULT")


def resolve(document: dict[str, Json], node: Json) -> Json:
    """Follow `$ref`s from `node` until there is none."""
    while isinstance(node, dict) and "$ref" in node:
        target: Json = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _examples(document: dict[str, Json], node: dict[str, Json]) -> dict[str, Json]:
    if "examples" in node:
        return {name: resolve(document, entry)["value"] for name, entry in node["examples"].items()}
    return {"": node["example"]} if "example" in node else {}


def _parameter(document: dict[str, Json], node: Json) -> Parameter:
    node = resolve(document, node)
    schema = resolve(document, node["schema"])
    return Parameter(
        name=node["name"],
        place=node["in"],
        required=node.get("required", False),
        schema=schema,
        explode=node.get("explode", True),
        examples=(*_examples(document, node).values(), *schema.get("examples", ())),
    )


def _bodies(document: dict[str, Json], node: dict[str, Json]) -> tuple[Body, ...]:
    content: dict[str, Json] = node.get("content") or {}
    return tuple(
        Body(media_type, resolve(document, entry.get("schema", {})), _examples(document, entry))
        for media_type, entry in content.items()
    )


def _answer(document: dict[str, Json], status: str, node: Json) -> Answer:
    node = resolve(document, node)
    headers = {name.lower(): resolve(document, header) for name, header in node.get("headers", {}).items()}
    required = frozenset(name for name, header in headers.items() if header.get("required"))
    return Answer(str(status), _bodies(document, node), required)


def _operation(document: dict[str, Json], path: str, method: str, item: dict[str, Json]) -> SpecOperation:
    node = item[method]
    requests = _bodies(document, resolve(document, node.get("requestBody", {})))
    assert len(requests) <= 1, f"{node['operationId']} takes more than one media type"
    parameters = [_parameter(document, entry) for entry in (*item.get("parameters", ()), *node.get("parameters", ()))]
    return SpecOperation(
        operation_id=node["operationId"],
        called=node.get("x-method", node["operationId"]),
        api=node["x-api"],
        method=method.upper(),
        path=path.partition("#")[0],
        parameters=tuple(parameter for parameter in parameters if parameter.name != "api_version"),
        request=requests[0] if requests else None,
        answers=tuple(_answer(document, status, answer) for status, answer in node["responses"].items()),
        authenticated=node.get("security", document.get("security", [])) != [],
        token_header=_token_header(document),
        document=document,
    )


def _token_header(document: dict[str, Json]) -> str:
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    return next((scheme["name"] for scheme in schemes if scheme["type"] == "apiKey"), "")


@cache
def operations() -> dict[str, SpecOperation]:
    """Every operation of every API, by operationId."""
    found: dict[str, SpecOperation] = {}
    for api in specforce_specs.apis():
        document = specforce_specs.bundle(api.id)
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = _operation(document, path, method, item)
                    assert operation.operation_id not in found, f"two operations called {operation.operation_id}"
                    found[operation.operation_id] = operation
    return found
