"""specforce's fake Salesforce org: a stateful Salesforce on loopback that any client in any language can be pointed at.

Names are loaded on use: `Org` (the state of one org), `MockServer` (an org behind a port), `coverage` (what is
served how).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.served import coverage
    from specforce_mockserver.server import MockServer

__all__ = ["MockServer", "Org", "coverage"]

_HOMES = {"MockServer": "server", "Org": "org", "coverage": "served"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - only when a name is used

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
