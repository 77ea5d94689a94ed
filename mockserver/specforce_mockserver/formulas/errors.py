"""What is wrong with a formula."""

from __future__ import annotations


class FormulaError(ValueError):
    """A text that is no formula, or one that this org can't work out; the message says where and why."""
