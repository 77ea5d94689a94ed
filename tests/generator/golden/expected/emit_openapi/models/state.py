from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Values that the spec knows; one that it doesn't know becomes a member of its own, so that nothing is lost."""

    FAILED = "Failed"
    JOB_COMPLETE = "JobComplete"
    OPEN = "Open"

    @classmethod
    def _missing_(cls, value: object) -> State:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} isn't text, as a {cls.__name__} is")
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member
