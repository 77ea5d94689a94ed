"""Quick actions: listed, described, with the values they start with, performed.

Source: specs/reference/rest.md section 11, rest_resources.md section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.quick_actions.perform import perform, start_values
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.quick_actions.action import QuickAction


def _global(call: Call) -> QuickAction:
    return call.org.quick_actions.find(None, call.params["action_name"])


def _own(call: Call) -> QuickAction:
    return call.org.quick_actions.find(sobject_of(call), call.params["action_name"])


@provides("listQuickActions", served="static")
def list_quick_actions(call: Call) -> Answer:
    """The global actions."""
    return Answer([each.listed(call.api_version) for each in call.org.quick_actions.of(None)])


@provides("getQuickAction", served="static")
def get_quick_action(call: Call) -> Answer:
    """A global action, whole."""
    return Answer(_global(call).described(call.org.schema))


@provides("describeQuickAction", served="static")
def describe_quick_action(call: Call) -> Answer:
    """A global action, whole."""
    return Answer(_global(call).described(call.org.schema))


@provides("getQuickActionDefaultValues", served="static")
def get_quick_action_default_values(call: Call) -> Answer:
    """What a global action's new record starts with."""
    return Answer(start_values(call, _global(call), None))


@provides("performQuickAction", writes=True)
def perform_quick_action(call: Call) -> Answer:
    """Make what a global action makes."""
    return perform(call, _global(call))


@provides("listSObjectQuickActions", served="static")
def list_sobject_quick_actions(call: Call) -> Answer:
    """An object's own actions and the global ones."""
    return Answer([each.listed(call.api_version) for each in call.org.quick_actions.of(sobject_of(call))])


@provides("getSObjectQuickAction", served="static")
def get_sobject_quick_action(call: Call) -> Answer:
    """An object's action, whole."""
    return Answer(_own(call).described(call.org.schema))


@provides("describeSObjectQuickAction", served="static")
def describe_sobject_quick_action(call: Call) -> Answer:
    """An object's action, whole."""
    return Answer(_own(call).described(call.org.schema))


@provides("getSObjectQuickActionDefaultValues", served="static")
def get_sobject_quick_action_default_values(call: Call) -> Answer:
    """What an object's action starts with."""
    return Answer(start_values(call, _own(call), None))


@provides("getSObjectQuickActionDefaultValuesByContext")
def get_sobject_quick_action_default_values_by_context(call: Call) -> Answer:
    """What an object's action starts with on a record."""
    return Answer(start_values(call, _own(call), call.params["context_id"]))


@provides("performSObjectQuickAction", writes=True)
def perform_sobject_quick_action(call: Call) -> Answer:
    """Make or change what an object's action makes or changes."""
    return perform(call, _own(call))
