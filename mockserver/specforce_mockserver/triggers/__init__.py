"""Triggers as Python functions: `library` keeps them, `firing` calls them, `context` is what they get."""

from __future__ import annotations

from specforce_mockserver.triggers.context import Trigger, TriggerRecord
from specforce_mockserver.triggers.dml import DmlError
from specforce_mockserver.triggers.library import Triggers

__all__ = ["DmlError", "Trigger", "TriggerRecord", "Triggers"]
