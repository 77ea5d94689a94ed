"""Invoking an action: inputs checked against its describe, one result per input."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.invocable.action import ActionError, Invocation

if TYPE_CHECKING:
    from specforce_mockserver.invocable.action import Action, Values
    from specforce_mockserver.org import Org

Json = Any
_log = logging.getLogger("specforce.mockserver")
_FLOW_PREFIX: Final = "Flow__"


def invoke(org: Org, action: Action, inputs: list[Values], user_id: str) -> list[Json]:
    """Invoke an action once per input; the results are in the order of the inputs."""
    return [_invoked(org, action, each, user_id) for each in inputs]


def _invoked(org: Org, action: Action, values: Values, user_id: str) -> Json:
    result: Json = {
        "actionName": action.name,
        "errors": None,
        "invocationId": None,
        "isSuccess": True,
        "outcome": None,
        "outputValues": None,
        "sortOrder": -1,
        "version": 1,
    }
    try:
        _check(action, values)
        output = dict(action.function(Invocation(org, user_id, values)) or {})
    except ActionError as error:
        return {**result, "errors": [_failure(error)], "isSuccess": False}
    except Exception as error:  # noqa: BLE001 - what a test registered may raise anything; here it is an unhandled fault
        _log.warning("the action %s failed: %s", action.name, error)
        fault = ActionError(f"An unhandled fault has occurred. {error}", "UNKNOWN_EXCEPTION")
        return {**result, "errors": [_failure(fault)], "isSuccess": False}
    if action.category == "flow":
        guid = f"{org.counters.take('flow interview'):032x}"
        output = {f"{_FLOW_PREFIX}InterviewGuid": guid, f"{_FLOW_PREFIX}InterviewStatus": "Finished", **output}
    return {**result, "outputValues": output or None}


def _failure(error: ActionError) -> Json:
    return {"statusCode": error.code, "message": error.message, "fields": list(error.fields)}


def _check(action: Action, values: Values) -> None:
    """Refuse inputs that the action doesn't have, lacks, or can't read.

    Raises:
        ActionError: INVALID_INPUT.
    """
    known = {each.name: each for each in action.inputs}
    for name in values:
        if name not in known:
            message = f"The {name} input isn't part of the {action.name} action"
            raise ActionError(message, fields=(name,))
    for name, wanted in known.items():
        value = values.get(name)
        if wanted.required and (value is None or value == ""):
            message = f"Missing required input parameter: {name}"
            raise ActionError(message, fields=(name,))
        if not wanted.fits(value):
            message = f"{name}: {value!r} isn't of type {wanted.type}"
            raise ActionError(message, fields=(name,))
