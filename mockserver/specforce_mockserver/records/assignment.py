"""Assignment rules: who owns a new or changed record, by conditions on it.

Source: specs/reference/rest.md section 1 (Sforce-Auto-Assign), soap.md section 3 (AssignmentRuleHeader), bulk_v2.md
section 2 (assignmentRuleId). That the active rule takes an owner that the row names is [E].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from specforce_mockserver.formulas.rules import compile_rule
from specforce_mockserver.ids import to_18
from specforce_mockserver.records.rehearsal import OLD_ALIAS, ROW_ALIAS, rehearsed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.counters import Counters
    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import Schema

OWNER = "OwnerId"


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """One rule: the first entry whose condition is true names the owner; `conditions` are SQL."""

    id: str
    sobject: str
    name: str
    active: bool
    conditions: tuple[str, ...]
    owners: tuple[str, ...]


class AssignmentRules:
    """The rules of one org."""

    def __init__(self, schema: Schema, counters: Counters) -> None:
        self._schema = schema
        self._counters = counters
        self._rules: dict[str, AssignmentRule] = {}

    def add(self, sobject: str, name: str, entries: Sequence[tuple[str, str]], *, active: bool = True) -> str:
        """Add a rule; its Id. An active one takes the place of the object's active rule.

        Args:
            sobject: an object with owners, such as Case or Lead.
            name: the rule's.
            entries: conditions, as formulas, and the owners that they name, in the order in which they are asked.
            active: whether it is the rule that runs when none is named.

        Raises:
            ValueError: there is no such object, or it has no owners. FormulaError: a condition is no formula.
        """
        found = self._schema.type(sobject)
        if found is None or found.field(OWNER) is None:
            message = f"there is no object {sobject} with owners"
            raise ValueError(message)
        owners = [to_18(owner) for _condition, owner in entries]
        if None in owners:
            message = "an owner is the Id of a user or a queue"
            raise ValueError(message)
        conditions = tuple(
            compile_rule(self._schema, found, condition, row=ROW_ALIAS, old=OLD_ALIAS) for condition, _owner in entries
        )
        if active:
            for each in list(self._rules.values()):
                if each.sobject == found.name and each.active:
                    self._rules[each.id] = replace(each, active=False)
        rule_id = self._counters.new_id("01Q")
        known = tuple(owner for owner in owners if owner is not None)
        self._rules[rule_id] = AssignmentRule(rule_id, found.name, name, active, conditions, known)
        return rule_id

    def clear(self) -> None:
        """Forget them all."""
        self._rules.clear()

    def assign(
        self, connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None], *, wanted: str | bool
    ) -> None:
        """Give rows the owners that a rule names.

        Args:
            connection: the writer.
            batch: the rows.
            ids: the Id that each row has or will have.
            wanted: a rule's Id; else whether the active rule is to run.
        """
        rule = self._wanted(batch.sobject.name, wanted)
        rows = {record_id: row for row, record_id in enumerate(ids) if record_id and row not in batch.errors}
        if rule is None or not rows:
            return
        with rehearsed(connection, batch, rows) as judge:
            found = judge(rule.conditions)
        for record_id, *verdicts in found:
            owner = next((each for each, hit in zip(rule.owners, verdicts, strict=True) if hit), None)
            if owner is not None:
                batch.column(OWNER)[rows[record_id]] = owner

    def _wanted(self, sobject: str, wanted: str | bool) -> AssignmentRule | None:
        if isinstance(wanted, str):
            named = self._rules.get(to_18(wanted) or "")
            return named if named is not None and named.sobject == sobject else None
        rules = (each for each in self._rules.values() if each.active and each.sobject == sobject)
        return next(rules, None) if wanted else None
