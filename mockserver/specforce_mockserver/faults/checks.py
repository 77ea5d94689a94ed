"""Whether a plan can do anything: one with a slip of the pen would hit nothing, and a test pass for nothing."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

import specforce_specs
from specforce_mockserver.faults.plan import JOB_KINDS, RECORD_KINDS
from specforce_mockserver.operations import compiled, load_operations
from specforce_mockserver.soap.schema import soap_operations

if TYPE_CHECKING:
    from jsonschema_rs import Validator

    from specforce_mockserver.faults.plan import Fault


def check(fault: Fault) -> None:
    """Refuse a plan that isn't as the document of `/__mock/` says, or is for calls of an operation that isn't there.

    Raises:
        ValueError: it is one; the message says which member, and what it may be.
    """
    members = {name: value for name, value in fault.public().items() if name not in {"hits", "id"}}
    for problem in _validator().iter_errors(members):
        message = f"{'/'.join(map(str, problem.instance_path))}: {problem.message}"
        raise ValueError(message)
    if fault.kind in JOB_KINDS | RECORD_KINDS or any(fnmatchcase(each, fault.operation) for each in _operation_ids()):
        return
    like = get_close_matches(fault.operation, _operation_ids(), n=1)
    message = f"there is no operation {fault.operation!r}" + (f": is {like[0]} meant?" if like else "")
    raise ValueError(message)


@cache
def _validator() -> Validator:
    document = specforce_specs.mock_admin()
    return compiled(document, document["components"]["schemas"]["Fault"])


@cache
def _operation_ids() -> tuple[str, ...]:
    return (*load_operations(), *soap_operations())
