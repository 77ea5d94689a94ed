"""What functions that are triggers of a fake org get and raise."""

from __future__ import annotations

from specforce_mockserver.triggers import DmlError, Trigger, TriggerRecord

__all__ = ["DmlError", "Trigger", "TriggerRecord"]
