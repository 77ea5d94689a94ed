"""A fake Salesforce org for tests. Needs specforce[mock].

    from specforce import Salesforce
    from specforce.testing import FakeOrg

    with FakeOrg() as org, Salesforce(org.auth()) as sf:
        sf.sobject("Account").create({"Name": "Acme"})

In pytest the fixture `fake_org` is there by installation alone; it starts one org per run and resets it for each test.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .actions import ActionError, ActionValue
    from .apex import ApexException, ApexRequest, ApexResponse
    from .fake_org import FakeOrg

__all__ = ["ActionError", "ActionValue", "ApexException", "ApexRequest", "ApexResponse", "FakeOrg"]

_HOMES = {"ActionError": ".actions", "ActionValue": ".actions", "FakeOrg": ".fake_org"}


def __getattr__(name: str) -> Any:
    """Load a name on use: importing the plugin loads this package, in every run of pytest."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, ".apex"), __name__), name)
