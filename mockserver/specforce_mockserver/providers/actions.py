"""Invocable actions: listed, described, invoked.

Source: specs/reference/rest.md section 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import conditions
from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.invocable.invoke import invoke
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.invocable.action import Action

Json = Any


@provides("listActions", served="static")
def list_actions(call: Call) -> Answer:
    """The kinds of actions."""
    base = f"{call.data_path}/actions"
    return _dated(call, {"standard": f"{base}/standard", "custom": f"{base}/custom"})


@provides("listStandardActions", served="static")
def list_standard_actions(call: Call) -> Answer:
    """The standard actions that the org performs."""
    return _dated(call, {"actions": [each.listed(call.data_path) for each in call.org.actions.standard]})


@provides("listCustomActionTypes", served="static")
def list_custom_action_types(call: Call) -> Answer:
    """The types of custom actions."""
    base = f"{call.data_path}/actions/custom"
    return _dated(call, {each: f"{base}/{each}" for each in call.org.actions.custom_types})


@provides("listCustomActions", served="static")
def list_custom_actions(call: Call) -> Answer:
    """The custom actions of a type."""
    found = call.org.actions.custom(call.params["action_type"])
    return _dated(call, {"actions": [each.listed(call.data_path) for each in found]})


@provides("describeStandardAction", served="static")
def describe_standard_action(call: Call) -> Answer:
    """A standard action, whole."""
    return _dated(call, _standard(call).described())


@provides("describeCustomAction", served="static")
def describe_custom_action(call: Call) -> Answer:
    """A custom action, whole."""
    return _dated(call, _custom(call).described())


@provides("invokeStandardAction", blocking=True)
def invoke_standard_action(call: Call) -> Answer:
    """Do what a standard action does."""
    return _invoked(call, _standard(call))


@provides("invokeCustomAction", served="static", blocking=True)
def invoke_custom_action(call: Call) -> Answer:
    """Do what a custom action was registered to do."""
    return _invoked(call, _custom(call))


def _standard(call: Call) -> Action:
    return call.org.actions.find_standard(call.params["action_name"])


def _custom(call: Call) -> Action:
    return call.org.actions.find_custom(call.params["action_type"], call.params["action_name"])


def _invoked(call: Call, action: Action) -> Answer:
    """One result per input; 400 where all of them failed [E]."""
    results = invoke(call.org, action, call.body["inputs"], call.user_id)
    return Answer(results, 200 if any(each["isSuccess"] for each in results) else 400)


def _dated(call: Call, body: Json) -> Answer:
    """An answer that is asked for by If-Modified-Since."""
    return conditions.unmet(call, tag=None, modified=call.org.actions.changed) or Answer(body)
