"""What a request says about saving, beside its rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """How rows are saved.

    Attributes:
        with_audit_fields: whether new rows may say themselves when and by whom they were made and changed.
    """

    with_audit_fields: bool = False


DEFAULTS = SaveOptions()
