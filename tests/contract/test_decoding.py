"""What a newer release may add doesn't break the client: unknown keys are kept, unknown enum values survive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from specforce_api.runtime.operation import Operation, Reply
from tests.contract.cases import asks, replies
from tests.contract.exchange import arguments, method
from tests.contract.expectations import plain, same
from tests.contract.specification import SpecOperation, operations, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.cases import Reply as DocumentedReply

Json = Any
OPERATIONS = operations()
NEW_KEY = "keyOfANewerRelease"
NEW_VALUE: Json = {"nested": [1, None, "text"]}
NEW_STATE = "StateOfANewerRelease"


class Catch:
    """A sender that sends nothing and returns the operation."""

    def send(self, operation: Operation[Json], /) -> Operation[Json]:
        return operation


def newer_answers(change: Callable[[Json, Json], Json]) -> list[Any]:
    """Every JSON answer that `change` changes, as (operation, its documented reply, the changed document)."""
    found: list[Any] = []
    for operation in OPERATIONS.values():
        for reply in replies(operation, success=True):
            if reply.body and reply.body.media_type == "application/json":
                newer = changed(operation.document, reply.body.schema, reply.value, change)
                name = f"{operation.operation_id}-{reply.status}-{reply.name}"
                found += [pytest.param(operation, reply, newer, id=name)] if newer != reply.value else []
    return found


def decode(operation: SpecOperation, reply: DocumentedReply, document: Json) -> Json:
    """What the generated client makes of a document."""
    function = method(operation, Catch(), "")
    built: Operation[Json] = function(**arguments(operation, asks(operation)[0], function))
    content = json.dumps(document).encode()
    return plain(built.decode(Reply(reply.status, {"content-type": "application/json"}, content)))


def changed(spec: Json, schema: Json, value: Json, change: Callable[[Json, Json], Json]) -> Json:
    """A document with `change` applied to each part of it that the spec describes, innermost first."""
    schema = resolve(spec, schema)
    if isinstance(value, list):
        value = [changed(spec, schema.get("items", {}), item, change) for item in value]
    elif isinstance(value, dict):
        extra = schema.get("additionalProperties", True)
        known = schema.get("properties", {})
        value = {
            key: changed(spec, known.get(key, extra if isinstance(extra, dict) else {}), item, change)
            for key, item in value.items()
        }
    return change(schema, value)


def with_new_key(schema: Json, value: Json) -> Json:
    open_ended = schema.get("additionalProperties", True) is True and "properties" in schema
    return {**value, NEW_KEY: NEW_VALUE} if isinstance(value, dict) and open_ended else value


def with_new_state(schema: Json, value: Json) -> Json:
    return NEW_STATE if isinstance(value, str) and "enum" in schema else value


@pytest.mark.parametrize(("operation", "reply", "newer"), newer_answers(with_new_key))
def test_keys_that_the_spec_doesnt_know_are_kept_on_every_level(
    operation: SpecOperation, reply: DocumentedReply, newer: Json
) -> None:
    assert same(newer, decode(operation, reply, newer))


@pytest.mark.parametrize(("operation", "reply", "newer"), newer_answers(with_new_state))
def test_enum_values_that_the_spec_doesnt_know_survive(
    operation: SpecOperation, reply: DocumentedReply, newer: Json
) -> None:
    assert same(newer, decode(operation, reply, newer))
