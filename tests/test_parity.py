"""The parity table tells the truth: what it calls done exists under that name, operations it calls planned don't."""

from __future__ import annotations

import inspect
import pkgutil
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

import specforce
from specforce.cli.app import app

TABLE = Path(__file__).resolve().parents[1] / "specs" / "parity" / "ballerina.toml"
STATUSES = {"done", "planned", "no"}


def entries() -> list[Any]:
    """Every row of the table."""
    document = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = [(kind, row) for kind, found in document.items() for row in found]
    return [pytest.param(kind, row, id=f"{row['client']}-{row['name'].split(',')[0]}") for kind, row in rows]


def names(row: dict[str, Any]) -> list[str]:
    """The names here; one row may have several."""
    ours: str | list[str] = row.get("ours", "")
    return [ours] if isinstance(ours, str) else ours


def classes() -> dict[str, type]:
    """Every public class of the synchronous half and of the generated layer, by name."""
    found: dict[str, type] = {}
    for package in ("specforce_api", "specforce._sync"):
        module = import_module(package)
        modules = [import_module(entry.name) for entry in pkgutil.walk_packages(module.__path__, f"{package}.")]
        for each in (module, *modules):
            found |= {name: cls for name, cls in vars(each).items() if inspect.isclass(cls)}
    return found


CLASSES = classes()


def is_command(words: list[str]) -> bool:
    """Whether the command line has a command."""
    found: Any = typer.main.get_command(app)
    for word in words:
        found = getattr(found, "commands", {}).get(word)
    return found is not None


def exists(name: str) -> bool:
    """Whether `sf.bulk.ingest_job().wait`, `specforce.Salesforce(retry)` and the like are there."""
    name, _, arguments = name.partition("(") if re.search(r"\(\w", name) else (name, "", "")
    wanted = [argument.strip() for argument in arguments.rstrip(")").split(",") if argument.strip()]
    if name.startswith("specforce "):
        return is_command(name.split()[1:])
    first, *steps = name.split(".")
    owner: Any = specforce.Salesforce if first == "sf" else specforce
    for step in steps:
        owner = follow(owner, step)
        if owner is None:
            return False
    return set(wanted) <= set(inspect.signature(owner).parameters) if wanted else True


def follow(owner: Any, step: str) -> Any:
    """What one attribute leads to: the class that a property or a call (`()`) returns, else the thing itself."""
    called = step.endswith("()")
    found = getattr(owner, step.removesuffix("()"), None)
    getter = getattr(found, "fget", None) or getattr(found, "func", None)
    if found is None or not (called or getter):
        return found
    returned = str(inspect.signature(getter or found).return_annotation).partition("[")[0].rpartition(".")[2]
    return CLASSES.get(returned.strip("'\""))


@pytest.mark.parametrize(("kind", "row"), entries())
def test_a_row_says_what_is_so(kind: str, row: dict[str, Any]) -> None:
    assert row["status"] in STATUSES
    missing = [name for name in names(row) if not exists(name)]
    if row["status"] == "done":
        assert missing == []
    elif row["status"] == "no":
        assert row.get("note"), "a `no` needs its reason"
    elif kind == "operation":
        assert missing, "it is there: say done"
