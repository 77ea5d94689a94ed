"""Roll-up summaries: a count, sum, smallest or largest value over the records that point at one.

The keys are those of the Metadata API's CustomField, but for `summaryFilter`, which is a formula on the summarized
record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_mockserver.formulas.compiling import Compiler
from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.expressions import Expression, kind_of, stored_value
from specforce_mockserver.formulas.special import want
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.schema import ROW

if TYPE_CHECKING:
    from specforce_mockserver.formulas.compiling import Names
    from specforce_mockserver.schema import Field, SObjectType, Summary

OPERATIONS: Final = {"count": "count(*)", "sum": "coalesce(sum({0}), 0.0)", "min": "min({0})", "max": "max({0})"}


def summary_sql(names: Names, sobject: SObjectType, field: Field) -> str:
    """The SQL of a summary's value.

    Args:
        names: what formulas can name.
        sobject: the parent.
        field: the summary.

    Raises:
        FormulaError: it names what there isn't, or sums up what can't be.
    """
    wanted = field.summary
    assert wanted is not None
    child, key = _field(names, wanted.foreign_key)
    if sobject.name not in key.reference_to:
        message = f"summaryForeignKey: {wanted.foreign_key} doesn't point at {sobject.name}"
        raise FormulaError(message)
    if wanted.operation not in OPERATIONS:
        message = f"summaryOperation: {wanted.operation}: there are {', '.join(OPERATIONS)}"
        raise FormulaError(message)
    alias = next(names.aliases)
    conditions = [f'{alias}.{quoted(key.name)} = {ROW}."Id"', f'{alias}."IsDeleted" = 0']
    if wanted.filter:
        test = Compiler(names, child).compile(wanted.filter)
        conditions.append(want(test, "boolean", "summaryFilter").replace(ROW, alias))
    value = Expression(OPERATIONS["count"], "number")
    if wanted.operation != "count":
        value = _summed(names, child, wanted, alias)
    found = f"(SELECT {value.sql} FROM {quoted(child.name)} AS {alias} WHERE {' AND '.join(conditions)})"  # noqa: S608
    return stored_value(Expression(found, value.kind), field)


def _summed(names: Names, child: SObjectType, wanted: Summary, alias: str) -> Expression:
    path, operation = wanted.summarized or "", wanted.operation
    owner, summarized = _field(names, path)
    kind = kind_of(summarized)
    if owner is not child:
        message = f"summarizedField: {path} isn't a field of {child.name}"
        raise FormulaError(message)
    if kind not in {"number", "date", "datetime"} or (operation == "sum" and kind != "number"):
        message = f"summarizedField: there is no {operation} of {path}, which is of type {summarized.type}"
        raise FormulaError(message)
    scaled = " / 100.0" if summarized.type == "percent" else ""
    return Expression(OPERATIONS[operation].format(names.field_sql(child, summarized, alias) + scaled), kind)


def _field(names: Names, path: str) -> tuple[SObjectType, Field]:
    name, _, field_name = path.partition(".")
    sobject = names.types.get(name.lower())
    field = sobject.field(field_name) if sobject is not None else None
    if sobject is None or field is None:
        message = f"there is no field {path or '(nothing)'}"
        raise FormulaError(message)
    return sobject, field
