"""The emitter of `specforce_api.sobjects`: a record class per standard object, each in a module of its own.

How a class looks is code of `specforce_api` itself (`runtime/record_classes.py`), since users make classes of their own
orgs with it; it is kept among the templates, and is both run and copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import snake_case
from .templates.runtime.record_classes import class_name, module_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sources import Json
    from .tree import Tree

_PACKAGE = '''"""Record classes of standard objects, for `sf.sobject(Account)`; each is imported on first use.

Their fields are those of a new org, and all are optional. `specforce schema generate` makes classes of your own org.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
{imports}

_HOMES = {{
{homes}
}}

__all__ = [
{names}
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    found = getattr(import_module(f".{{_HOMES[name]}}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
'''


def emit_records(describes: Mapping[str, Json]) -> Tree:
    """The files of the package, not yet formatted.

    Args:
        describes: object name to its describe document.
    """
    homes = {class_name(name): f"_{snake_case(name)}" for name in sorted(describes)}
    listed = homes.items()
    tree = {
        "__init__.py": _PACKAGE.format(
            imports="\n".join(f"    from .{home} import {name} as {name}" for name, home in listed),
            homes="\n".join(f'    "{name}": "{home}",' for name, home in listed),
            names="\n".join(f'    "{name}",' for name in homes),
        )
    }
    for name, document in describes.items():
        docstring = f"Records of {name}."
        tree[f"{homes[class_name(name)]}.py"] = module_source([document], docstring=docstring)
    return tree
