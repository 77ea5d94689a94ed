"""Which operations are specified, generated, contract-tested and served by the fake org: computed, never listed.

What belongs to other rooms is asked of them as programs (the contract suite's scenarios, the fake org's `coverage`), so
that the generator imports neither. Where such a program isn't installed, the answer is None: not known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from .index import Index
    from .operations import Operation
    from .wsdl import SoapOperation


@dataclass(frozen=True, slots=True)
class Row:
    """One operation. `contract_tested` and `served` are None where it isn't known."""

    operation_id: str
    api: str
    specified: bool
    generated: bool
    contract_tested: bool | None
    served: str | None


def coverage(root: Path, operations: Iterable[Operation | SoapOperation]) -> list[Row]:
    """One row per operation of the specs, in their order."""
    tested = contract_tested(root)
    served = served_by_fake_org(root)
    return [
        Row(
            operation.operation_id,
            operation.api,
            specified=True,
            generated=(root / module_of(operation)).is_file(),
            contract_tested=None if tested is None else operation.operation_id in tested,
            served=None if served is None else served.get(operation.operation_id, "none"),
        )
        for operation in operations
    ]


def module_of(operation: Operation | SoapOperation) -> str:
    """The generated module of an operation, relative to the repository."""
    return f"generated/specforce_api/{operation.api}/operations/_{operation.name}.py"


def contract_tested(root: Path) -> set[str] | None:
    """What the contract suite says of itself: the operationIds that it has a scenario for."""
    done = _run(root, "tests.contract.scenarios")
    try:
        found: list[str] = json.loads(done.stdout)
    except ValueError:
        return None
    return set(found)


def served_by_fake_org(root: Path) -> dict[str, str] | None:
    """What the fake org says of itself: operationId to stateful, static or none."""
    done = _run(root, "specforce_mockserver", "coverage", "--json")
    try:
        found: dict[str, str] = json.loads(done.stdout)
    except ValueError:
        return None
    return found


def as_json(rows: Iterable[Row]) -> str:
    """The rows as JSON, by operationId."""
    found = {
        row.operation_id: {
            "api": row.api,
            "specified": row.specified,
            "generated": row.generated,
            "contract_tested": row.contract_tested,
            "served": row.served,
        }
        for row in rows
    }
    return json.dumps(found, indent=2)


def as_text(rows: Iterable[Row]) -> str:
    """The rows as a table for the terminal."""
    lines = [f"{'operation':<32} {'api':<9} {'generated':<10} {'contract test':<14} fake org"]
    for row in rows:
        tested = _mark(row.contract_tested)
        lines.append(
            f"{row.operation_id:<32} {row.api:<9} {_mark(row.generated):<10} {tested:<14} {row.served or 'not known'}"
        )
    return "\n".join(lines)


def as_markdown(rows: Iterable[Row], index: Index) -> str:
    """The README's table: one line per API."""
    listed = list(rows)
    lines = [
        "| API | operations | generated | contract-tested | fake org: stateful | static | none |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for entry in index.entries:
        own = [row for row in listed if row.api == entry.id]
        cells = [
            entry.title,
            str(len(own)),
            str(sum(row.generated for row in own)),
            _count([row.contract_tested for row in own]),
            *(_count([row.served and row.served == kind for row in own]) for kind in ("stateful", "static", "none")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _mark(value: bool | None) -> str:
    return "not known" if value is None else "yes" if value else "no"


def _count(values: Sequence[bool | str | None]) -> str:
    return "?" if None in values else str(sum(map(bool, values)))


def _run(root: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
