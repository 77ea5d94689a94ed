"""Operations whose answers are read otherwise than the specs say. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_api.runtime.operation import Operation, Reply

R = TypeVar("R")


def decoded_by(operation: Operation[Any], decode: Callable[[Reply], R]) -> Operation[R]:
    """The operation with another way to read its answer."""
    changed: Any = replace(operation, decode=decode)
    return cast("Operation[R]", changed)
