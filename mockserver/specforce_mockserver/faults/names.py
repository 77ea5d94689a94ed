"""Whether there is what a plan names: one with a slip of the pen would hit nothing, and a test pass for nothing."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, get_args

from specforce_mockserver.faults.plan import JOB_KINDS, RECORD_KINDS, FaultKind
from specforce_mockserver.operations import load_operations
from specforce_mockserver.soap.schema import soap_operations

if TYPE_CHECKING:
    from specforce_mockserver.faults.plan import Fault


def check_names(fault: Fault) -> None:
    """Refuse a plan of an unknown kind, or for calls of an operation that the specs don't have.

    Raises:
        ValueError: it is one; the message says what there is, or what is like it.
    """
    if fault.kind not in get_args(FaultKind):
        message = f"kind {fault.kind!r} is none of {', '.join(get_args(FaultKind))}"
        raise ValueError(message)
    if fault.kind in JOB_KINDS | RECORD_KINDS or any(fnmatchcase(each, fault.operation) for each in _operation_ids()):
        return
    like = get_close_matches(fault.operation, _operation_ids(), n=1)
    message = f"there is no operation {fault.operation!r}" + (f": is {like[0]} meant?" if like else "")
    raise ValueError(message)


@cache
def _operation_ids() -> tuple[str, ...]:
    return (*load_operations(), *soap_operations())
