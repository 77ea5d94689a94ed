"""Invocable actions by the names that people write. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from specforce._operations import decoded_by
from specforce._records import encode_json, plain_record
from specforce_api.rest import operations
from specforce_api.runtime.errors import DecodeError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_api.rest.models import (
        DescribeInvocableAction,
        InvocableAction,
        InvocableActionResult,
    )
    from specforce_api.runtime.operation import Operation, Reply

T = TypeVar("T")


def listing(kind: str) -> Operation[list[InvocableAction]]:
    """The operation that lists the actions of a kind; as `AsyncSalesforce.actions`."""
    match kind.strip("/").split("/"):
        case ["standard"]:
            operation = operations.list_standard_actions()
        case ["custom", action_type]:
            operation = operations.list_custom_actions(action_type)
        case _:
            raise InputError(f"kind={kind!r}: write standard, or custom/apex")
    found = _always(operation)
    return decoded_by(found, lambda reply: found.decode(reply).actions)


def description(action: str) -> Operation[DescribeInvocableAction]:
    """The operation that describes an action; as `AsyncSalesforce.describe_action`."""
    kind, name = _parts(action)
    if kind is None:
        return _always(operations.describe_standard_action(name))
    return _always(operations.describe_custom_action(kind, name))


def invocation(action: str, inputs: Sequence[Mapping[str, Any]]) -> Operation[list[InvocableActionResult]]:
    """The operation that invokes an action once per input; as `AsyncSalesforce.invoke`."""
    if not inputs:
        raise InputError(f"{action}: what is it to be invoked with? Pass a mapping of inputs, {{}} for none")
    body = encode_json({"inputs": [plain_record(each) for each in inputs]})
    kind, name = _parts(action)
    if kind is None:
        return replace(operations.invoke_standard_action(name, body={}), body=body)
    return replace(operations.invoke_custom_action(kind, name, body={}), body=body)


def _parts(action: str) -> tuple[str | None, str]:
    """The type of a custom action, None for a standard one; and its name."""
    match action.removeprefix("/").split("/"):
        case [name] | ["standard", name]:
            return None, name
        case ["custom", kind, name]:
            return kind, name
        case _:
            raise InputError(f"action={action!r}: write standard/emailSimple, or custom/apex/Greet")


def _always(operation: Operation[T | None]) -> Operation[T]:
    """The operation, whose answer is there: a 304 isn't, where no date was sent."""

    def decode(reply: Reply) -> T:
        found = operation.decode(reply)
        if found is None:
            raise DecodeError(
                f"{operation.info.operation_id} answered that nothing changed, though nothing was known",
                operation_id=operation.info.operation_id,
                status=reply.status,
            )
        return found

    return decoded_by(operation, decode)
