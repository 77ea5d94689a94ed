"""Conditions on a record that is about to be saved, for validation rules."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from specforce_mockserver.formulas.compiling import OLD, Compiler, Names
from specforce_mockserver.formulas.special import want
from specforce_mockserver.records.lookup import value_sql
from specforce_mockserver.schema import ROW

if TYPE_CHECKING:
    from specforce_mockserver.schema import Schema, SObjectType


def compile_rule(schema: Schema, sobject: SObjectType, text: str, *, row: str, old: str) -> str:
    """The SQL of a condition, over the record's row and the row that it replaces.

    Args:
        schema: the org's, with its computed fields.
        sobject: what the record is.
        text: the formula.
        row: the alias of the row to be saved.
        old: the alias of the row as it is stored; all null where there is none.

    Raises:
        FormulaError: it is no formula, or none that is true or false.
    """
    types = {each.name.lower(): each for each in schema.values()}
    aliases = (f"v{number}" for number in count())
    names = Names(types, lambda _sobject, field, alias: value_sql(field, alias), aliases)
    found = want(Compiler(names, sobject, with_changes=True).compile(text), "boolean", "the formula")
    return found.replace(ROW, row).replace(OLD, old)
