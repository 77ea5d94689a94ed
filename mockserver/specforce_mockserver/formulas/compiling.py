"""A formula's tree, compiled to SQL by the fields of an object.

In the SQL, `ROW` stands for the alias of the record's table, `OLD` for that of the record before it is changed; a
parent's field is a look-up of its own, so that a formula brings no joins into the statement around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.expressions import Expression, checked, field_value, text_literal
from specforce_mockserver.formulas.functions import FUNCTIONS
from specforce_mockserver.formulas.operators import binary
from specforce_mockserver.formulas.parsing import parse
from specforce_mockserver.formulas.special import SPECIAL, want
from specforce_mockserver.formulas.tree import Binary, Boolean, Call, Name, Null, Number, Text, Unary
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.schema import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specforce_mockserver.formulas.tree import Node
    from specforce_mockserver.schema import Field, SObjectType

OLD: Final = "\1"
MAX_LEVELS: Final = 10
# SQLite's expressions can't be deeper than 1,000.
MAX_OPERATORS: Final = 600
MAX_TARGETS: Final = 8


@dataclass(frozen=True, slots=True)
class Names:
    """What the formulas of a schema can name.

    Attributes:
        types: the org's objects, by name in lower case.
        field_sql: the SQL of a field's stored or computed value, of the row of an alias.
        aliases: names for the tables of look-ups, none of them used twice in a schema.
    """

    types: Mapping[str, SObjectType]
    field_sql: Callable[[SObjectType, Field, str], str]
    aliases: Iterator[str]


class Compiler:
    """Compiles formulas of one object.

    Blanks are Salesforce's: a text without value is an empty text; a number is nothing, or 0 with `blank_as_zero`, and
    what is computed from nothing is nothing; a comparison with nothing is false.

    Args:
        names: what formulas can name.
        sobject: whose formula it is.
        blank_as_zero: whether a number without value counts as 0.
        with_changes: whether ISNEW, ISCHANGED and PRIORVALUE have a meaning.
    """

    def __init__(
        self, names: Names, sobject: SObjectType, *, blank_as_zero: bool = False, with_changes: bool = False
    ) -> None:
        self._names = names
        self._sobject = sobject
        self._blank_as_zero = blank_as_zero
        self._with_changes = with_changes

    def compile(self, text: str) -> Expression:
        """Compile a formula.

        Raises:
            FormulaError: it is none, or names what there isn't, or mixes kinds of values.
        """
        found = self._node(parse(text))
        checked(found.sql)
        return found

    def _node(self, node: Node) -> Expression:
        match node:
            case Text():
                return Expression(text_literal(node.value), "text")
            case Number():
                return Expression(repr(node.value), "number")
            case Boolean():
                return Expression("1" if node.value else "0", "boolean")
            case Null():
                return Expression("NULL", "blank")
            case Name():
                return self._path(node, ROW)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)

    def _unary(self, node: Unary) -> Expression:
        found = self._node(node.operand)
        if node.operator == "-":
            return Expression(f"(-{want(found, 'number', '-')})", "number")
        return Expression(f"(NOT {want(found, 'boolean', '!')})", "boolean")

    def _binary(self, node: Binary) -> Expression:
        """Operators side by side, from left to right, without a level of recursion for each."""
        spine: list[Binary] = []
        first: Node = node
        while isinstance(first, Binary):
            spine.append(first)
            first = first.left
        if len(spine) > MAX_OPERATORS:
            message = f"a formula can't have more than {MAX_OPERATORS} operators in a row"
            raise FormulaError(message)
        found = self._node(first)
        for each in reversed(spine):
            found = binary(each.operator, found, self._node(each.right))
            checked(found.sql)
        return found

    def _call(self, node: Call) -> Expression:
        if node.name in {"ISNEW", "ISCHANGED", "PRIORVALUE"}:
            return self._change(node)
        given = [self._node(each) for each in node.arguments]
        if (special := SPECIAL.get(node.name)) is not None:
            fewest, most, make = special
            if len(given) < fewest or (most is not None and len(given) > most):
                raise _count(node, fewest, most)
            return make(given)
        function = FUNCTIONS.get(node.name)
        if function is None:
            message = f"there is no function {node.name}"
            raise FormulaError(message)
        fewest = len(function.takes) - len(function.optional)
        if not fewest <= len(given) <= len(function.takes):
            raise _count(node, fewest, len(function.takes))
        wanted = [want(each, kind, node.name) for each, kind in zip(given, function.takes, strict=False)]
        wanted += function.optional[len(wanted) - fewest :]
        sql = function.sql.format(*wanted)
        return Expression(checked(sql), function.makes)

    def _change(self, node: Call) -> Expression:
        """What tells a new record, or a value, from what it was."""
        if not self._with_changes:
            message = f"{node.name} has a meaning in validation rules only"
            raise FormulaError(message)
        if node.name == "ISNEW":
            if node.arguments:
                raise _count(node, 0, 0)
            return Expression(f'({OLD}."Id" IS NULL)', "boolean")
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], Name) or len(node.arguments[0].path) != 1:
            message = f"{node.name} takes one field of the record"
            raise FormulaError(message)
        now, before = self._path(node.arguments[0], ROW), self._path(node.arguments[0], OLD)
        if node.name == "ISCHANGED":
            return Expression(f'({OLD}."Id" IS NOT NULL AND {now.sql} IS NOT {before.sql})', "boolean")
        return Expression(f'CASE WHEN {OLD}."Id" IS NULL THEN {now.sql} ELSE {before.sql} END', now.kind)

    def _path(self, name: Name, row: str) -> Expression:
        """The value of a field, or of a parent's."""
        if name.path[0].startswith("$"):
            message = f"{name}: global variables aren't served"
            raise FormulaError(message)
        if len(name.path) > MAX_LEVELS:
            message = f"{name}: goes more than {MAX_LEVELS} relationships up"
            raise FormulaError(message)
        field, sql = self._value(self._sobject, name.path, row, name)
        return field_value(field, sql, blank_as_zero=self._blank_as_zero)

    def _value(self, sobject: SObjectType, path: tuple[str, ...], row: str, whole: Name) -> tuple[Field, str]:
        """The field at a path's end, and the SQL of its value from a row on."""
        first, *rest = path
        if not rest:
            field = sobject.field(first)
            if field is None:
                message = f"{whole}: there is no field {first} in {sobject.name}"
                raise FormulaError(message)
            return field, self._names.field_sql(sobject, field, row)
        relationship, _, kind = first.partition(":")
        reference = sobject.by_relationship(relationship)
        if reference is None:
            message = f"{whole}: there is no relationship {first} in {sobject.name}"
            raise FormulaError(message)
        found = [
            self._look_up(reference, target, tuple(rest), row, whole) for target in self._targets(reference, kind, rest)
        ]
        if not found:
            message = f"{whole}: there is no such field beyond {first}"
            raise FormulaError(message)
        field = found[0][0]
        return field, found[0][1] if len(found) == 1 else f"coalesce({', '.join(sql for _, sql in found)})"

    def _targets(self, reference: Field, kind: str, rest: list[str]) -> list[SObjectType]:
        """The objects that a reference leads to; of several, those that have what is asked for."""
        wanted = [kind] if kind else reference.reference_to
        known = [found for each in wanted if (found := self._names.types.get(each.lower())) is not None]
        if len(known) > 1:
            known = [each for each in known if each.field(rest[0]) or each.by_relationship(rest[0])]
        return known[:MAX_TARGETS]

    def _look_up(
        self, reference: Field, target: SObjectType, rest: tuple[str, ...], row: str, whole: Name
    ) -> tuple[Field, str]:
        alias = next(self._names.aliases)
        field, value = self._value(target, rest, alias, whole)
        found = f'{alias}."Id" = {row}.{quoted(reference.name)}'
        return field, f"(SELECT {value} FROM {quoted(target.name)} AS {alias} WHERE {found})"  # noqa: S608 - quoted


def _count(node: Call, fewest: int, most: int | None) -> FormulaError:
    many = str(fewest) if most == fewest else f"{fewest} to {most}" if most is not None else f"at least {fewest}"
    return FormulaError(f"{node.name} takes {many} arguments, not {len(node.arguments)}")
