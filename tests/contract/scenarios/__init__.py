"""One scenario per operationId: what an org must hold for the call to mean something, and what it must answer.

An operation of the specs without a scenario fails the suite by name. `specforce-gen coverage` reads `contract_tested`.
"""

from __future__ import annotations

from tests.contract.scenarios import auth, bulk_v2, rest
from tests.contract.stage import SCENARIOS

__all__ = ["SCENARIOS", "auth", "bulk_v2", "contract_tested", "rest"]


def contract_tested() -> frozenset[str]:
    """The operationIds that the contract suite tests; cheap: it reads no spec and starts nothing."""
    return frozenset(SCENARIOS)
