"""What a fault plan is matched against: a call, or a bulk job that is being created."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.faults.plan import Fault


def _nobody() -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """A call or a job.

    Attributes:
        operation: the operationId of a call, the operation of a job.
        method: of a call.
        path: of a call, without the query.
        sobject: the object that it is about, where it says so: in its path, or by the job that its path names.
        job: the Id of the job that a call's path names.
        users: finds the Id and the name of who calls, both in lower case.
    """

    operation: str
    method: str = ""
    path: str = ""
    sobject: str | None = None
    job: str | None = None
    users: Callable[[], frozenset[str]] = _nobody

    def is_of(self, fault: Fault) -> bool:
        """Whether it is one that a plan names."""
        return (
            fnmatchcase(self.operation, fault.operation)
            and (fault.method is None or fault.method.upper() == self.method)
            and (fault.path is None or fnmatchcase(self.path, fault.path))
            and (fault.sobject is None or fault.sobject.lower() == (self.sobject or "").lower())
            and (fault.job is None or (self.job is not None and to_18(fault.job) == to_18(self.job)))
            and (fault.user is None or fault.user.lower() in self.users())
        )
