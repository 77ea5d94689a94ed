"""What functions that answer invocable actions in a fake org raise, and how their inputs and outputs are declared."""

from __future__ import annotations

from specforce_mockserver.invocable.action import ActionError, ActionValue

__all__ = ["ActionError", "ActionValue"]
