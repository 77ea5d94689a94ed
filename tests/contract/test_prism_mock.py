"""The generated client against Prism, which answers with the spec's examples: sent as specified, decoded whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from specforce_api.runtime import errors
from tests.contract.cases import asks, replies, round_trips
from tests.contract.exchange import Wire, call, call_async
from tests.contract.expectations import check_decoded, check_request
from tests.contract.specification import SpecOperation, operations
from tests.contract.stage import API_VERSION
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.contract.cases import Ask, Reply

TOKEN = "00Dxx0000001gER!AQEAQ0kfake"
OPERATIONS = operations()
ERROR_CLASSES = {
    "APEX_ERROR": errors.ApexError,
    "ENTITY_IS_DELETED": errors.EntityIsDeleted,
    "INVALID_FIELD": errors.InvalidField,
    "INVALID_QUERY_LOCATOR": errors.InvalidQueryLocator,
    "INVALID_SESSION_ID": errors.InvalidSession,
    "InvalidSessionId": errors.InvalidSession,
    "MALFORMED_ID": errors.MalformedId,
    "MALFORMED_QUERY": errors.MalformedQuery,
    "MALFORMED_SEARCH": errors.MalformedQuery,
    "NOT_FOUND": errors.NotFound,
    "REQUEST_LIMIT_EXCEEDED": errors.RequestLimitExceeded,
    "REQUIRED_FIELD_MISSING": errors.RequiredFieldMissing,
    "DUPLICATE_VALUE": errors.DuplicateValue,
    "STRING_TOO_LONG": errors.StringTooLong,
    "UNABLE_TO_LOCK_ROW": errors.UnableToLockRow,
    "INSUFFICIENT_ACCESS_OR_READONLY": errors.InsufficientAccess,
    "API_CURRENTLY_DISABLED": errors.InsufficientAccess,
}
ERROR_CLASSES_BY_STATUS = {
    300: errors.AmbiguousExternalId,
    404: errors.NotFound,
    410: errors.VersionRetired,
    503: errors.ServerUnavailable,
}


@pytest.fixture
def wire(operation_id: str, prism_url: Callable[[str], str]) -> Wire:
    return Wire(prism_url(operation_id), TOKEN, API_VERSION)


def check(operation: SpecOperation, ask: Ask, reply: Reply, wire: Wire, value: object) -> None:
    """Hold both sides of one exchange to the spec."""
    assert wire.request is not None
    assert wire.response is not None
    check_request(operation, ask, wire.request, api_version=API_VERSION, token=TOKEN)
    assert wire.response.status_code == reply.status
    assert "sl-violations" not in wire.response.headers
    check_decoded(operation, reply.body, reply.value, value)


@pytest.mark.parametrize("operation_id", OPERATIONS)
@covers("W1")
def test_each_request_is_sent_as_specified_and_each_answer_decoded_whole(operation_id: str, wire: Wire) -> None:
    operation = OPERATIONS[operation_id]
    for ask, reply in round_trips(operation):
        value = call(operation, ask, wire, reply)

        check(operation, ask, reply, wire, value)


@pytest.mark.anyio
@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_the_asynchronous_client_sends_and_decodes_the_same(operation_id: str, wire: Wire) -> None:
    operation = OPERATIONS[operation_id]
    for ask, reply in round_trips(operation):
        value = await call_async(operation, ask, wire, reply)

        check(operation, ask, reply, wire, value)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_each_documented_refusal_is_raised_with_its_code_message_and_fields(operation_id: str, wire: Wire) -> None:
    operation = OPERATIONS[operation_id]
    for reply in replies(operation, success=False):
        with pytest.raises(errors.ApiError) as caught:
            call(operation, asks(operation)[0], wire, reply)

        check_refusal(operation, reply, caught.value)


def check_refusal(operation: SpecOperation, reply: Reply, error: errors.ApiError) -> None:
    """Hold a raised error to the example that it was made of."""
    assert (error.status, error.operation_id) == (reply.status, operation.operation_id)
    entries = list(error_entries(reply.value))
    assert [detail.error_code for detail in error.errors] == [code for code, _, _ in entries]
    assert [detail.message for detail in error.errors] == [message for _, message, _ in entries]
    assert [detail.fields for detail in error.errors] == [tuple(fields) for _, _, fields in entries]
    expected = ERROR_CLASSES.get(error.error_code) or ERROR_CLASSES_BY_STATUS.get(reply.status, errors.ApiError)
    assert isinstance(error, expected), f"{type(error).__name__} for {reply.status} {error.error_code}"
    if reply.body and reply.body.media_type == "text/html":
        assert "web page" in error.hint
    if reply.status == 300:
        assert isinstance(error, errors.AmbiguousExternalId)
        assert error.records == reply.value
    if isinstance(reply.value, dict) and "error" in reply.value:
        assert reply.value["error"] in error.body


def error_entries(value: Any) -> Iterator[tuple[str, str, list[str]]]:
    """Code, message and fields of each error in an example: an array, an object, one array per result, or XML."""
    if isinstance(value, list):
        for entry in value:
            yield from error_entries(entry)
    elif isinstance(value, dict):
        if "exceptionCode" in value:
            yield value["exceptionCode"], value["exceptionMessage"], []
        elif "message" in value:
            yield value.get("errorCode") or value["statusCode"], value["message"], value.get("fields", [])
        else:
            yield from error_entries([*value.get("results", []), *(value.get("errors") or [])])
    elif isinstance(value, str) and value.startswith("<?xml"):
        root = ET.fromstring(value)
        yield str(root[0].text), str(root[1].text), []
