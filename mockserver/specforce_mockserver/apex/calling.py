"""One call of an endpoint: its arguments out of the request, its result into an answer.

Source: specs/reference/apex_rest.md#2 to #5.
"""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any, cast

import msgspec

from specforce_mockserver import xml_documents
from specforce_mockserver.apex.endpoints import REQUEST, Endpoint
from specforce_mockserver.apex.messages import ApexException, ApexResponse
from specforce_mockserver.calls import Answer, ApiError, empty
from specforce_mockserver.jackson import locate, syntax_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.apex.messages import ApexRequest

_XML = frozenset({"application/xml", "text/xml"})
_JSON = frozenset({"", "application/json"})


def call(endpoint: Endpoint, request: ApexRequest) -> Answer:
    """Call an endpoint.

    Raises:
        ApiError: 400 and 415: its arguments can't be had from the request. 500: it threw, or what it returned isn't
            JSON. Or the function's own.
    """
    arguments: dict[str, object] = {
        name: request.values[name] for name in endpoint.parameters if name in request.values
    }
    if endpoint.from_body:
        arguments |= _from_body(endpoint, request)
    arguments = {name: _typed(endpoint, name, value) for name, value in arguments.items()}
    if REQUEST in endpoint.parameters:
        arguments[REQUEST] = request
    try:
        return _answer(endpoint.function(**arguments))
    except ApiError:
        raise
    except Exception as error:
        raise _thrown(error) from error


def _from_body(endpoint: Endpoint, request: ApexRequest) -> dict[str, object]:
    """The function's arguments of the body; those that aren't there are null, as in Apex, or have their default."""
    if request.media_type in _XML:
        given = _xml_parameters(request.body)
    elif request.media_type in _JSON:
        given = _json_parameters(request.body)
    else:
        raise _unsupported(request.media_type)
    for name in given:
        if name not in endpoint.from_body:
            raise _unexpected("Unexpected parameter", name, request.body)
    absent = {name: None for name in endpoint.from_body if name in endpoint.required and name not in given}
    return given | absent


def _json_parameters(body: bytes) -> dict[str, object]:
    last: list[tuple[str, object]] = []

    def noted(pairs: list[tuple[str, object]]) -> dict[str, object]:
        last[:] = pairs
        return dict(pairs)

    try:
        found: object = json.loads(body or b"{}", object_pairs_hook=noted)
    except (ValueError, RecursionError):
        raise ApiError(400, "JSON_PARSER_ERROR", syntax_message(body)) from None
    if not isinstance(found, dict):
        message = "Cannot deserialize the parameters of a method from anything but an object at [line:1, column:1]"
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    names = [name for name, _value in last]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _unexpected("Duplicate parameter", twice, body)
    return cast("dict[str, object]", found)


def _xml_parameters(body: bytes) -> dict[str, object]:
    """The children of the root; what has children of its own can't be told in XML."""
    try:
        root = xml_documents.read(body)
    except xml_documents.XmlError as error:
        raise ApiError(400, "XML_PARSER_ERROR", str(error)) from None
    found: dict[str, object] = {}
    for child in root.children:
        if child.children:
            raise _unsupported("application/xml")
        found[child.name] = None if child.is_nil else child.text
    return found


def _typed(endpoint: Endpoint, name: str, value: object) -> object:
    """An argument in its annotated type; null stays null."""
    kind = endpoint.types.get(name)
    if value is None or kind is None:
        return value
    try:
        return msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, TypeError) as error:
        raise ApiError(400, "JSON_PARSER_ERROR", f"Invalid value for {name}: {error}") from None


def _answer(result: object) -> Answer:
    if result is None:
        return empty()
    if isinstance(result, Answer):
        return result
    if not isinstance(result, ApexResponse):
        result = ApexResponse(msgspec.json.encode(result), media_type="application/json")
    headers = dict(result.headers)
    body: Any = result.body
    if body is None:
        return Answer(status=result.status, headers=headers)
    if isinstance(body, str):
        return _content(body.encode(), result.status, headers, result.media_type or "text/plain;charset=UTF-8")
    if isinstance(body, bytes):
        return _content(body, result.status, headers, result.media_type or "application/octet-stream")
    return _content(msgspec.json.encode(body), result.status, headers, result.media_type or "application/json")


def _content(content: bytes, status: int, headers: Mapping[str, str], media_type: str) -> Answer:
    kind = "application/json;charset=UTF-8" if media_type == "application/json" else media_type
    return Answer(status=status, headers=dict(headers), content=content, media_type=kind)


def _thrown(error: Exception) -> ApiError:
    """An exception in Apex's words: type, text, and where it was thrown."""
    kind = error.type_name if isinstance(error, ApexException) else f"System.{type(error).__name__}"
    frames = traceback.extract_tb(error.__traceback__)
    where = frames[-1]
    place = f"Class.{where.name.strip('<>')}: line {where.lineno}, column 1"
    return ApiError(500, "APEX_ERROR", f"{kind}: {error}\n\n{place}")


def _unexpected(what: str, name: str, body: bytes) -> ApiError:
    message = f"{what} encountered during deserialization: {name} at {locate(body, (name,))}"
    return ApiError(400, "JSON_PARSER_ERROR", message)


def _unsupported(media_type: str) -> ApiError:
    return ApiError(415, "UNSUPPORTED_MEDIA_TYPE", f"Content type {media_type} not supported")
