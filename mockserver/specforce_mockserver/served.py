"""Which operations the fake org serves, and how: computed from the specs and the registered providers."""

from __future__ import annotations

from specforce_mockserver import providers
from specforce_mockserver.operations import load_operations
from specforce_mockserver.registry import PROVIDERS, Served
from specforce_mockserver.soap.schema import soap_operations


def coverage() -> dict[str, Served]:
    """`stateful`, `static` or `none` for every operationId of the specs, in their order."""
    providers.load()
    names = [*load_operations(), *soap_operations()]
    return {name: PROVIDERS[name].served if name in PROVIDERS else "none" for name in names}
