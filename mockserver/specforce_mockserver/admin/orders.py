"""What a function of the administration gets, and how it becomes the one that an operation asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, ApiError

if TYPE_CHECKING:
    from specforce_mockserver.admin.snapshots import Snapshots
    from specforce_mockserver.org import Org


@dataclass(frozen=True, slots=True)
class Order:
    """One request to the administration, held against the document already.

    Attributes:
        org: whose administration it is.
        snapshots: those of the org.
        path: the parameters of the path, as texts.
        query: those of the query, typed.
        body: parsed JSON; None where the operation takes none.
    """

    org: Org
    snapshots: Snapshots
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None

    @property
    def bodies(self) -> list[Any]:
        """The body's entries, or the body where it is one entry by itself."""
        body: Any = self.body
        return [*body] if isinstance(body, list) else [body]


Carry = Callable[[Order], Answer]
CARRIERS: dict[str, Carry] = {}


def carries(operation_id: str) -> Callable[[Carry], Carry]:
    """Register a function as the one that does what an operation asks for.

    Raises:
        ValueError: two functions claim one operation.
    """

    def register(function: Carry) -> Carry:
        if CARRIERS.setdefault(operation_id, function) is not function:
            message = f"two functions carry out {operation_id}: {CARRIERS[operation_id]!r} and {function!r}"
            raise ValueError(message)
        return function

    return register


def refusal(status: int, message: str, **headers: str) -> ApiError:
    """The administration says no."""
    return ApiError(status, "MOCK_ADMIN", message, headers=headers)
