"""Validation rules: conditions under which a record isn't saved, checked on the rows as they would be stored.

The rows of a batch are put into a table beside the object's own, changes over what is stored, and the rules' SQL runs
over both. Objects without rules pay nothing. Code and shape: specs/reference/errors_and_limits.md section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.formulas.rules import compile_rule
from specforce_mockserver.records.rehearsal import OLD_ALIAS, ROW_ALIAS, rehearsed
from specforce_mockserver.records.results import RowError
from specforce_mockserver.schema import ValidationRule

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import Schema, SObjectType


class ValidationRules:
    """The rules of one org: those of its schema, and those that a test adds."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._added: dict[str, list[ValidationRule]] = {}
        self._compiled: dict[str, list[tuple[ValidationRule, str]]] = {}

    def add(
        self, sobject: str, name: str, formula: str, message: str, *, error_display_field: str | None = None
    ) -> ValidationRule:
        """Add a rule; one of the same name takes its place.

        Args:
            sobject: the object's name.
            name: the rule's.
            formula: true for records that aren't saved.
            message: what is said of them.
            error_display_field: the field that is at fault.

        Raises:
            ValueError: there is no such object or field. FormulaError: it is no formula.
        """
        found = self._schema.type(sobject)
        field = found.field(error_display_field) if found is not None and error_display_field else None
        if found is None or (error_display_field and field is None):
            message = f"there is no {'object ' + sobject if found is None else f'field {error_display_field}'}"
            raise ValueError(message)
        rule = ValidationRule(name, formula, message, field.name if field else None)
        self._sql(found, rule)
        rules = self._added.setdefault(found.name, [])
        rules[:] = [each for each in rules if each.name != name] + [rule]
        self._compiled.pop(found.name, None)
        return rule

    def of(self, sobject: SObjectType) -> list[ValidationRule]:
        """The rules of an object."""
        added = self._added.get(sobject.name, [])
        names = {each.name for each in added}
        return [*(each for each in sobject.validation_rules if each.name not in names), *added]

    def clear(self) -> None:
        """Forget what was added."""
        self._added.clear()
        self._compiled.clear()

    def check(self, connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None]) -> None:
        """Refuse rows of which a rule is true.

        Args:
            connection: the writer.
            batch: the rows.
            ids: the Id that each row has or will have.
        """
        sobject = batch.sobject
        rules = self._rules(sobject)
        rows = {record_id: row for row, record_id in enumerate(ids) if record_id and row not in batch.errors}
        if not rules or not rows:
            return
        with rehearsed(connection, batch, rows) as judge:
            for record_id, *verdicts in judge([sql for _rule, sql in rules]):
                broken = next((rule for (rule, _sql), hit in zip(rules, verdicts, strict=True) if hit), None)
                if broken is not None:
                    fields = (broken.error_display_field,) if broken.error_display_field else ()
                    batch.fail(rows[record_id], RowError(broken.code, broken.message, fields))

    def _rules(self, sobject: SObjectType) -> list[tuple[ValidationRule, str]]:
        if sobject.name not in self._compiled:
            self._compiled[sobject.name] = [(each, self._sql(sobject, each)) for each in self.of(sobject)]
        return self._compiled[sobject.name]

    def _sql(self, sobject: SObjectType, rule: ValidationRule) -> str:
        return compile_rule(self._schema, sobject, rule.formula, row=ROW_ALIAS, old=OLD_ALIAS)
