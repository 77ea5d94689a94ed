"""The computed fields of a schema: each formula and each summary compiled, those that it uses first."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from specforce_mockserver.formulas.compiling import Compiler, Names
from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.expressions import checked, stored_value
from specforce_mockserver.formulas.summaries import summary_sql
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.schema import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specforce_mockserver.schema import Field, SObjectType

Place = tuple[str, str]


def attach(types: Iterable[SObjectType]) -> tuple[list[SObjectType], dict[str, str]]:
    """Objects whose computed fields have the SQL of their values.

    Returns:
        The objects, in their order; and for each formula that can't be worked out, by `Object.Field`, why not. Such a
        field keeps no value.
    """
    listed = list(types)
    if not any(field.formula or field.summary for sobject in listed for field in sobject.fields):
        return listed, {}
    computing = _Computing({each.name.lower(): each for each in listed})
    return [computing.finished(each) for each in listed], computing.faults


def attach_one(sobject: SObjectType, types: Mapping[str, SObjectType]) -> SObjectType:
    """One object with the SQL of its computed fields; one that can't be worked out keeps no value.

    Args:
        sobject: the object.
        types: those that its formulas can name, itself among them, by name in lower case.
    """
    if not any(field.formula or field.summary for field in sobject.fields):
        return sobject
    return _Computing(types).finished(sobject)


class _Computing:
    """The fields of one schema as they are compiled; its objects are by name in lower case."""

    def __init__(self, types: Mapping[str, SObjectType]) -> None:
        self._names = Names(types, self._field_sql, (f"f{number}" for number in count()))
        self._known: dict[Place, str] = {}
        self._under_way: list[Place] = []
        self.faults: dict[str, str] = {}

    def finished(self, sobject: SObjectType) -> SObjectType:
        """The object with the SQL of its computed fields."""
        fields = tuple(
            replace(each, computed=self._computed(sobject, each)) if each.formula or each.summary else each
            for each in sobject.fields
        )
        return replace(sobject, fields=fields) if fields != sobject.fields else sobject

    def _computed(self, sobject: SObjectType, field: Field) -> str | None:
        try:
            return self._template(sobject, field)
        except FormulaError as error:
            self.faults[f"{sobject.name}.{field.name}"] = str(error)
            return None

    def _template(self, sobject: SObjectType, field: Field) -> str:
        place = (sobject.name, field.name)
        if place in self._known:
            return self._known[place]
        if place in self._under_way:
            message = f"{field.name} depends on itself"
            raise FormulaError(message)
        self._under_way.append(place)
        try:
            self._known[place] = checked(self._compiled(sobject, field))
        finally:
            self._under_way.pop()
        return self._known[place]

    def _compiled(self, sobject: SObjectType, field: Field) -> str:
        if field.summary is not None:
            return summary_sql(self._names, sobject, field)
        blank_as_zero = bool(field.document.get("formulaTreatNullNumberAsZero"))
        compiler = Compiler(self._names, sobject, blank_as_zero=blank_as_zero)
        return stored_value(compiler.compile(field.formula or ""), field)

    def _field_sql(self, sobject: SObjectType, field: Field, row: str) -> str:
        """The value of a field in a row: its column, or the formula that it stands for."""
        if field.formula or field.summary:
            return f"({self._template(sobject, field).replace(ROW, row)})"
        return f"{row}.{quoted(field.name)}"
