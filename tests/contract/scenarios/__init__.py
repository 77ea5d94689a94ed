"""One scenario per operation that the fake org serves: what an org must hold, and what it must answer.

A served operation without a scenario fails the suite by name. Every module of this package is imported, so a new one
needs no list to be written into.

Against Prism every operation of the specs is tested, by its examples: `specforce-gen coverage` reads `contract_tested`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from tests.contract.cases import round_trips
from tests.contract.soap_calls import CALLS
from tests.contract.specification import operations
from tests.contract.stage import SCENARIOS

__all__ = ["SCENARIOS", "contract_tested"]

for _module in pkgutil.iter_modules(__path__):
    if _module.name != "__main__":
        import_module(f"{__name__}.{_module.name}")


def contract_tested() -> frozenset[str]:
    """The operationIds that the contract suite tests: by round trips, by a scenario, or, of SOAP, by zeep."""
    tested = {name for name, operation in operations().items() if any(True for _ in round_trips(operation))}
    return frozenset(tested | set(SCENARIOS) | {call.info.operation_id for call in CALLS})
