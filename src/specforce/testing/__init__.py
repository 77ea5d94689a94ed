"""A fake Salesforce org for tests. Needs specforce[mock].

    from specforce import Salesforce
    from specforce.testing import FakeOrg

    with FakeOrg() as org, Salesforce(org.auth()) as sf:
        sf.sobject("Account").create({"Name": "Acme"})

In pytest the fixtures `fake_org` and `fake_org_factory`, and the mark `fake_org`, are there by installation alone:

    @pytest.mark.fake_org(users=["ann@example.com"], faults=[{"operation": "query", "status": 503, "times": 2}])
    def test_sales(fake_org: FakeOrg, fake_org_factory: FakeOrgFactory) -> None:
        with Salesforce(fake_org.auth("ann@example.com")) as sf:
            ...
        assert len(fake_org.find_requests("query")) == 3
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .actions import ActionError, ActionValue
    from .apex import ApexException, ApexRequest, ApexResponse
    from .fake_org import FakeOrg
    from .faults import Faults
    from .marks import FakeOrgFactory
    from .triggers import DmlError, Trigger, TriggerRecord

__all__ = [
    "ActionError",
    "ActionValue",
    "ApexException",
    "ApexRequest",
    "ApexResponse",
    "DmlError",
    "FakeOrg",
    "FakeOrgFactory",
    "Faults",
    "Trigger",
    "TriggerRecord",
]

_HOMES = {
    "ActionError": ".actions",
    "ActionValue": ".actions",
    "DmlError": ".triggers",
    "FakeOrg": ".fake_org",
    "FakeOrgFactory": ".marks",
    "Faults": ".faults",
    "Trigger": ".triggers",
    "TriggerRecord": ".triggers",
}


def __getattr__(name: str) -> Any:
    """Load a name on use: importing the plugin loads this package, in every run of pytest."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, ".apex"), __name__), name)
