"""A fake Salesforce org for tests. Needs specforce[mock].

    from specforce import Salesforce
    from specforce.testing import FakeOrg

    with FakeOrg() as org, Salesforce(org.auth()) as sf:
        sf.sobject("Account").create({"Name": "Acme"})

In pytest the fixture `fake_org` is there by installation alone; it starts one org per run and resets it for each test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fake_org import FakeOrg

__all__ = ["FakeOrg"]


def __getattr__(name: str) -> Any:
    """Load `FakeOrg` on use: importing the plugin loads this package, in every run of pytest."""
    if name != "FakeOrg":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .fake_org import FakeOrg  # noqa: PLC0415 - on use

    return FakeOrg
