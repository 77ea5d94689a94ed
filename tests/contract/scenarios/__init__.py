"""One scenario per operation that the fake org serves: what an org must hold, and what it must answer.

A served operation without a scenario fails the suite by name.

Against Prism every operation of the specs is tested, by its examples: `specforce-gen coverage` reads `contract_tested`.
"""

from __future__ import annotations

from tests.contract.cases import round_trips
from tests.contract.scenarios import auth, bulk_v2, rest, rest_blobs
from tests.contract.specification import operations
from tests.contract.stage import SCENARIOS

__all__ = ["SCENARIOS", "auth", "bulk_v2", "contract_tested", "rest", "rest_blobs"]


def contract_tested() -> frozenset[str]:
    """The operationIds that the contract suite tests: those it makes round trips of, or plays a scenario of."""
    tested = {name for name, operation in operations().items() if any(True for _ in round_trips(operation))}
    return frozenset(tested | set(SCENARIOS))
