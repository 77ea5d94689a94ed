"""Entry criteria of approval processes: formulas that are true for the records that a process takes.

`set_entry_criteria(org, "Big_deals", "Amount > 100000")`. A process without any takes every record of its object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.formulas.rules import compile_rule
from specforce_mockserver.records.lookup import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType

KIND: Final = "entryCriteria"
_ROW: Final = "n"


def set_entry_criteria(org: Org, process: str, formula: str) -> None:
    """Say which records a process takes, in place of what was said before.

    Args:
        org: whose process it is.
        process: its API name.
        formula: true for those records.

    Raises:
        ValueError: there is no such process. FormulaError: it is no formula of its object.
    """
    statement = "SELECT Id, TableEnumOrId FROM ProcessDefinition WHERE DeveloperName = ?"
    found: tuple[str, str] | None = org.database.reader().execute(statement, (process,)).fetchone()
    sobject = org.schema.type(found[1]) if found is not None else None
    if found is None or sobject is None:
        message = f"there is no approval process {process}"
        raise ValueError(message)
    _condition(org, sobject, formula)
    org.documents.put(KIND, found[0], {"formula": formula})


def meets_criteria(org: Org, process: Mapping[str, Any], sobject: SObjectType, record_id: str) -> bool:
    """Whether a process takes a record."""
    criteria = org.documents.get(KIND, process["Id"])
    if criteria is None:
        return True
    condition = _condition(org, sobject, criteria["formula"])
    statement = f"SELECT 1 FROM {quoted(sobject.name)} AS {_ROW} WHERE {_ROW}.Id = ? AND ({condition})"  # noqa: S608 - compiled
    return org.database.reader().execute(statement, (record_id,)).fetchone() is not None


def _condition(org: Org, sobject: SObjectType, formula: str) -> str:
    """The formula as SQL; nothing has changed where it asks for changes."""
    return compile_rule(org.schema, sobject, formula, row=_ROW, old=_ROW)
