"""Validation rules: conditions under which a record isn't saved, checked on the rows as they would be stored.

The rows of a batch are put into a table beside the object's own, changes over what is stored, and the rules' SQL runs
over both. Objects without rules pay nothing. Code and shape: specs/reference/errors_and_limits.md section 3.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from specforce_mockserver.formulas.rules import compile_rule
from specforce_mockserver.records.batch import Batch
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.records.results import RowError
from specforce_mockserver.records.write import insert_rows, update_rows
from specforce_mockserver.schema import ValidationRule
from specforce_mockserver.tables import table_statement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.schema import Schema, SObjectType

CODE: Final = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
_SAVING: Final = "_saving"


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
        try:
            _put(connection, batch, rows)
            tests = ", ".join(sql for _rule, sql in rules)
            statement = (
                f'SELECT n."Id", {tests} FROM {_SAVING} AS n '  # noqa: S608 - compiled formulas
                f'LEFT JOIN {quoted(sobject.name)} AS o ON o."Id" = n."Id"'
            )
            for record_id, *verdicts in connection.execute(statement).fetchall():
                broken = next((rule for (rule, _sql), hit in zip(rules, verdicts, strict=True) if hit), None)
                if broken is not None:
                    fields = (broken.error_display_field,) if broken.error_display_field else ()
                    batch.fail(rows[record_id], RowError(CODE, broken.message, fields))
        finally:
            connection.execute(f"DROP TABLE IF EXISTS temp.{_SAVING}")

    def _rules(self, sobject: SObjectType) -> list[tuple[ValidationRule, str]]:
        if sobject.name not in self._compiled:
            self._compiled[sobject.name] = [(each, self._sql(sobject, each)) for each in self.of(sobject)]
        return self._compiled[sobject.name]

    def _sql(self, sobject: SObjectType, rule: ValidationRule) -> str:
        return compile_rule(self._schema, sobject, rule.formula, row="n", old="o")


def _put(connection: sqlite3.Connection, batch: Batch, rows: dict[str, int]) -> None:
    """Put rows as they would be stored into a table of their own; of files, nothing."""
    sobject = batch.sobject
    connection.execute(table_statement(sobject, _SAVING, temporary=True))
    listed = ", ".join(["Id", *(quoted(each.name) for each in sobject.columns if each.type not in {"id", "base64"})])
    stored = f"SELECT {listed} FROM {quoted(sobject.name)} WHERE Id IN (SELECT value FROM json_each(?))"  # noqa: S608
    given = (json.dumps(list(rows)),)
    found = connection.execute(f"INSERT INTO {_SAVING} ({listed}) {stored} RETURNING Id", given).fetchall()
    part = batch.subset(list(rows.values()))
    blobs = {each.name for each in sobject.columns if each.type == "base64"}
    columns = {name: column for name, column in part.columns.items() if name not in blobs}
    kept = Batch(sobject, part.size, columns)
    (update_rows if found else insert_rows)(connection, kept, list(rows), {}, table=_SAVING)
