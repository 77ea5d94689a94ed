"""Secrets as local variables: tools that print the variables of a traceback see that there is one, and not which."""

from __future__ import annotations


class MaskedText(str):
    """A text that doesn't show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class MaskedBytes(bytes):
    """Bytes that don't show themselves."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"
