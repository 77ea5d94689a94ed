"""Invocable actions by the names that people write. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce._records import plain_record
from specforce_api.rest import operations
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_api.rest.models import InvocableActionResult
    from specforce_api.runtime.operation import Operation


def invocation(action: str, inputs: Sequence[Mapping[str, Any]]) -> Operation[list[InvocableActionResult]]:
    """The operation that invokes an action once per input; as `AsyncSalesforce.invoke`."""
    if not inputs:
        raise InputError(f"{action}: what is it to be invoked with? Pass a mapping of inputs, {{}} for none")
    body = {"inputs": [plain_record(each) for each in inputs]}
    match action.removeprefix("/").split("/"):
        case [name] | ["standard", name]:
            return operations.invoke_standard_action(name, body=body)
        case ["custom", kind, name]:
            return operations.invoke_custom_action(kind, name, body=body)
        case _:
            raise InputError(f"action={action!r}: write standard/emailSimple, or custom/apex/Greet")
