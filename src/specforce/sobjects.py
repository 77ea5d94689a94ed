"""Record classes of standard objects: `from specforce.sobjects import Account`, then `sf.sobject(Account)`.

They are those of `specforce_api.sobjects`, each imported on first use. `specforce schema generate` makes classes of
your own org, with its custom objects and fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_api import sobjects as _generated

if TYPE_CHECKING:
    from specforce_api.sobjects import *  # noqa: F403 - what a type checker sees; at run time __getattr__ finds them


def __getattr__(name: str) -> Any:
    return getattr(_generated, name)


def __dir__() -> list[str]:
    return dir(_generated)
