"""What a request and a decoded answer must be, said by the spec alone."""

from __future__ import annotations

import email
import email.policy
import json
import re
from datetime import datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import attrs

from tests.contract.specification import resolve

if TYPE_CHECKING:
    import httpx

    from tests.contract.cases import Ask
    from tests.contract.specification import Body, Parameter, SpecOperation

Json = Any
# What an HTTP client adds on its own; any other header must come from the operation.
CLIENT_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length", "transfer-encoding"}
)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")


def same(expected: Json, actual: Json) -> bool:
    """Equal as JSON, where instants may be written in any form and 66.0 may be written 66."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, str) and isinstance(actual, str) and expected != actual:
        return bool(
            _DATE_TIME.fullmatch(expected)
            and _DATE_TIME.fullmatch(actual)
            and datetime.fromisoformat(expected) == datetime.fromisoformat(actual)
        )
    return bool(isinstance(expected, bool) is isinstance(actual, bool) and expected == actual)


def wire_values(parameter: Parameter, value: Json) -> list[str]:
    """How a parameter's value stands in a URL or header, one entry per repetition."""
    if isinstance(value, list):
        texts = [text for item in value for text in wire_values(parameter, item)]
        return texts if parameter.explode and parameter.place == "query" else [",".join(texts)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def check_request(
    operation: SpecOperation, ask: Ask, request: httpx.Request, *, api_version: str, token: str | None
) -> None:
    """Hold a request that was sent to what the spec says it must be: method, path, query, headers, body.

    Raises:
        AssertionError: it differs; the message names what.
    """
    what = operation.operation_id
    path, given, headers = operation.path.replace("{api_version}", api_version), [], {}
    for parameter in operation.parameters:
        if parameter.name not in ask.arguments:
            continue
        values = wire_values(parameter, ask.arguments[parameter.name])
        if parameter.place == "path":
            path = path.replace(
                "{" + parameter.name + "}", quote(values[0], safe="/" if parameter.name.endswith("_path") else "")
            )
        elif parameter.place == "query":
            given += [(parameter.name, value) for value in values]
        else:
            headers[parameter.name.lower()] = values[0]
    raw_path, _, query = request.url.raw_path.decode("ascii").partition("?")
    assert request.method == operation.method, f"{what}: sent {request.method}"
    assert raw_path == path, f"{what}: sent to {raw_path}"
    sent = sorted(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    assert same([list(pair) for pair in sorted(given)], [list(pair) for pair in sent]), f"{what}: sent the query {sent}"
    _check_headers(operation, headers, request, token)
    if operation.request is not None:
        _check_body(what, operation.request, ask.body, request)
    else:
        assert request.content == b"", f"{what}: sent a body"
        assert "content-type" not in request.headers, f"{what}: sent a Content-Type without a body"


def _check_headers(
    operation: SpecOperation, expected: dict[str, str], request: httpx.Request, token: str | None
) -> None:
    what = operation.operation_id
    if operation.authenticated:
        assert token is not None
        sent = (
            {operation.token_header.lower(): token} if operation.token_header else {"authorization": f"Bearer {token}"}
        )
        expected = {**sent, **expected}
    for name, value in expected.items():
        assert request.headers.get(name) == value, f"{what}: sent the header {name}: {request.headers.get(name)!r}"
    extra = set(request.headers) - CLIENT_HEADERS - set(expected) - ({"content-type"} if operation.request else set())
    assert not extra, f"{what}: sent headers that the spec doesn't know: {sorted(extra)}"


def _check_body(what: str, body: Body, value: Json, request: httpx.Request) -> None:
    content_type = request.headers.get("content-type", "")
    assert content_type.partition(";")[0] == body.media_type, f"{what}: sent {content_type!r}"
    if body.media_type == "application/json" and not body.raw:
        assert same(value, json.loads(request.content)), f"{what}: sent the body {request.content!r}"
    elif body.media_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), f"{what}: a form field is repeated"
        assert dict(pairs) == value, f"{what}: sent the form {pairs}"
    elif body.media_type == "multipart/form-data":
        assert list(multipart(request)) == [(name, as_bytes(part)) for name, part in value.items()] or same(
            value, {name: _readable(value[name], part) for name, part in multipart(request)}
        ), f"{what}: sent the parts {multipart(request)}"
    else:
        assert request.content == as_bytes(value), f"{what}: sent the body {request.content[:200]!r}"


def multipart(request: httpx.Request) -> list[tuple[str, bytes]]:
    """The parts of a multipart body, in order, read by the standard library's own parser."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.content, policy=email.policy.HTTP)
    assert isinstance(message, EmailMessage)
    assert message.is_multipart(), "the body isn't multipart"
    found: list[tuple[str, bytes]] = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.append((str(name), content))
    return found


def _readable(expected: Json, part: bytes) -> Json:
    return json.loads(part) if isinstance(expected, dict) else part.decode("utf-8")


def as_bytes(value: Json) -> bytes:
    """The bytes of a raw body's example."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8")


def plain(value: Json) -> Json:
    """A decoded answer as JSON again, so that it can be held against what was on the wire."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def check_decoded(operation: SpecOperation, body: Body | None, expected: Json, actual: Json) -> None:
    """Hold what the client returned to what was on the wire: nothing lost, and every specified field has its attribute.

    Raises:
        AssertionError: it differs.
    """
    what = operation.operation_id
    if body is None:
        assert actual is None, f"{what}: an answer without body became {actual!r}"
    elif body.media_type == "application/json" and not body.raw:
        assert same(expected, plain(actual)), f"{what}: decoded {plain(actual)!r}"
        unspoken = list(without_attribute(operation.document, body.schema, actual))
        assert not unspoken, f"{what}: specified fields without an attribute: {unspoken}"
    else:
        assert actual == as_bytes(expected), f"{what}: decoded {actual!r}"


def without_attribute(document: dict[str, Json], schema: Json, value: Json, path: str = "") -> list[str]:
    """Specified fields that ended among a model's unknown keys: the client's models don't know what the spec knows."""
    schema = resolve(document, schema)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [name for item in value for name in without_attribute(document, items, item, f"{path}[]")]
    if not attrs.has(type(value)):
        return []
    properties: dict[str, Json] = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        properties |= resolve(document, part).get("properties", {})
    unknown = getattr(value, "additional_properties", {})
    found = [f"{path}.{name}" for name in properties if name in unknown]
    by_letters = {letters(field.name): getattr(value, field.name) for field in attrs.fields(type(value))}
    for name, sub in properties.items():
        if letters(name) in by_letters:
            found += without_attribute(document, sub, by_letters[letters(name)], f"{path}.{name}")
    return found


def letters(name: str) -> str:
    """A name without case and punctuation: what a wire name and its Python name share."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
