"""The emitter of what all APIs of `specforce_api` share: the runtime, the waiters, the operations' version ranges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .tree import Tree, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .index import Versions
    from .operations import Operation
    from .sources import Json
    from .wsdl import SoapOperation

_TEMPLATES = Path(__file__).parent / "templates"


def emit_package(versions: Versions, waiters: Json, facts: Iterable[Operation | SoapOperation]) -> Tree:
    """The files of `specforce_api` outside its APIs' packages, not yet formatted."""
    runtime = read(_TEMPLATES / "runtime")
    tree = {f"runtime/{path}": text for path, text in runtime.items()}
    package = read(_TEMPLATES / "package")
    return tree | {
        "__init__.py": package["__init__.py.in"],
        "py.typed": "",
        "runtime/client.py": package["client.py.in"],
        "runtime/waiters.py": package["waiters.py.in"] + waiters_source(waiters),
        "runtime/versions.py": versions_source(versions, facts),
    }


def waiters_source(waiters: Json) -> str:
    """`WAITERS`, as source."""
    lines = ["WAITERS: Mapping[str, Waiter] = MappingProxyType({"]
    for name, table in waiters.items():
        lines.append(f"    {name!r}: Waiter(")
        values: Json = {"name": name, **{key: table.get(key, "") for key in _TEXTS}}
        lines += [f"        {key}={value!r}," for key, value in values.items()]
        lines += [f"        {key}=frozenset({sorted(table.get(key, []))!r})," for key in _STATES]
        lines.append(f"        abort_body=MappingProxyType({table.get('abort_body', {})!r}),")
        lines += [f"        {key}={float(table[key])!r}," for key in ("first_delay_s", "max_delay_s", "factor")]
        lines += [f"        total_field={table['total_field']!r},"] if "total_field" in table else []
        lines += [f"        done_fields={tuple(table['done_fields'])!r},"] if "done_fields" in table else []
        lines.append("    ),")
    return "\n".join([*lines, "})", ""])


_TEXTS = ("operation", "id_param", "state_field", "reason_field", "abort_operation")
_STATES = ("success", "failure", "aborted", "pending")


def versions_source(versions: Versions, facts: Iterable[Operation | SoapOperation]) -> str:
    """`OPERATIONS`, `OLDEST`, `NEWEST` and `DEFAULT`, as source."""
    ranges: dict[str, tuple[Any, Any]] = {fact.operation_id: (fact.since, fact.until) for fact in facts}
    entries = [f"    {name!r}: {span!r}," for name, span in sorted(ranges.items())]
    return "\n".join(
        [
            '"""API versions: those that the specs describe, and the first and last one that has each operation."""',
            "",
            "from __future__ import annotations",
            "",
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "from typing import Final",
            "",
            f"OLDEST: Final = {versions.oldest!r}",
            f"NEWEST: Final = {versions.newest!r}",
            f"DEFAULT: Final = {versions.default!r}",
            "",
            "OPERATIONS: Final[Mapping[str, tuple[str | None, str | None]]] = MappingProxyType({",
            *entries,
            "})",
            "",
        ]
    )
