"""Grammar rules to tree nodes: lark calls the method named like the rule, bottom-up, while it parses.

What can be refused without a schema is refused here: binds, `ALL ROWS`, empty IN lists, words where a value belongs.
"""

from __future__ import annotations

from typing import Any, cast

import lark
from lark import Token, Transformer

from .dates import is_counted_range, is_named_range
from .errors import MALFORMED_QUERY, Fault, unexpected
from .tree import (
    And,
    Call,
    Comparator,
    Compare,
    Condition,
    Count,
    Expression,
    FromItem,
    GroupBy,
    Grouping,
    Member,
    MemberQuery,
    Membership,
    Not,
    Or,
    OrderItem,
    Path,
    Query,
    SelectField,
    SelectItem,
    Subquery,
    TypeOf,
    TypeOfWhen,
    Value,
    WithClause,
)

Values = tuple[Value, ...]


def _at(token: Token) -> int:
    """A token's offset, which our lexer always gives."""
    return token.start_pos or 0


def _value(kind: Any) -> Any:
    """A method that makes a literal of its one token."""

    def build(_self: TreeBuilder, token: Token) -> Value:
        return Value(kind, str(token), _at(token))

    return build


def _member(operator: Membership) -> Any:
    """A method that makes a membership test of a field and a list."""

    def build(_self: TreeBuilder, left: Expression, *rest: Any) -> Member:
        values: Values | None = rest[-1]
        at = left.at
        if values is None:
            raise Fault(MALFORMED_QUERY, f"unexpected token: '{_text(left)} {operator} ()'", at)
        return Member(left, operator, values, at)

    return build


def _text(expression: Expression | Value) -> str:
    """An expression as a message prints it."""
    if isinstance(expression, Call):
        return f"{expression.name}({', '.join(_text(each) for each in expression.arguments)})"
    return expression.text


class TreeBuilder(Transformer[Token, Query]):
    """One method per rule of grammar.lark."""

    def start(self, query: Query) -> Query:
        return query

    def query(  # noqa: PLR0917 (one argument per clause of the rule)
        self,
        select: Token,
        items: tuple[SelectItem, ...],
        sources: tuple[FromItem, ...],
        scope: Path | None,
        where: Condition | None,
        with_clause: WithClause | None,
        group_by: GroupBy | None,
        having: Condition | None,
        order_by: tuple[OrderItem, ...],
        limit: Count | None,
        offset: Count | None,
        endings: tuple[str, ...],
    ) -> Query:
        return Query(
            items, sources, _at(select), scope, where, with_clause, group_by, having, order_by, limit, offset, endings
        )

    def items(self, *items: SelectItem) -> tuple[SelectItem, ...]:
        return items

    def plain_field(self, expression: Expression) -> SelectField:
        return SelectField(expression)

    def aliased_field(self, expression: Expression, alias: Token) -> SelectField:
        if "." in alias:
            raise unexpected(str(alias), _at(alias))
        return SelectField(expression, Path(str(alias), _at(alias)))

    def subquery(self, query: Query, _close: Token) -> Subquery:
        return Subquery(query, query.at)

    def type_of(self, typeof: Token, relationship: Path, *rest: Any) -> TypeOf:
        *whens, otherwise = rest
        return TypeOf(relationship, tuple(whens), otherwise, _at(typeof))

    def when(self, sobject: Path, fields: tuple[Path, ...]) -> TypeOfWhen:
        return TypeOfWhen(sobject, fields)

    def otherwise(self, fields: tuple[Path, ...] = ()) -> tuple[Path, ...]:
        return fields

    def paths(self, *paths: Path) -> tuple[Path, ...]:
        return paths

    def path(self, name: Token) -> Path:
        return Path(str(name), _at(name))

    def sources(self, *sources: FromItem) -> tuple[FromItem, ...]:
        return sources

    def source(self, path: Path, alias: Path | None = None) -> FromItem:
        return FromItem(path, alias)

    def scope(self, name: Path | None = None) -> Path | None:
        return name

    def call(self, name: Token, *rest: Any) -> Call:
        return Call(str(name), rest[:-1], _at(name))

    inner_call = call

    def where(self, condition: Condition | None = None) -> Condition | None:
        return condition

    having = where

    def all_of(self, *terms: Condition) -> And:
        return And(terms)

    def any_of(self, *terms: Condition) -> Or:
        return Or(terms)

    def negation(self, term: Condition) -> Condition:
        # Two of them cancel, so that a run of NOT is never deeper than its parentheses.
        return term.term if isinstance(term, Not) else Not(term)

    def grouped(self, condition: Condition, _close: Token) -> Condition:
        return condition

    def compare(self, left: Expression, operator: Token, value: Value) -> Compare:
        comparator: Any = "!=" if operator == "<>" else str(operator)
        return Compare(left, comparator, value, left.at)

    def like(self, left: Expression, value: Value) -> Compare:
        operator: Comparator = "LIKE"
        return Compare(left, operator, value, left.at)

    is_in = _member("IN")
    is_not_in = _member("NOT IN")
    includes = _member("INCLUDES")
    excludes = _member("EXCLUDES")

    def is_in_query(self, left: Expression, _in: Token, query: Query, _close: Token) -> MemberQuery:
        return MemberQuery(left, negated=False, query=query, at=left.at)

    def is_not_in_query(self, left: Expression, _in: Token, query: Query, _close: Token) -> MemberQuery:
        return MemberQuery(left, negated=True, query=query, at=left.at)

    def list(self, *parts: Any) -> Values:
        return parts[:-1]

    def empty_list(self, _close: Token) -> None:
        return None

    def bound_list(self, bind: Value) -> Values:
        return (bind,)

    def string(self, token: Token) -> Value:
        return Value("string", token[1:-1], _at(token))

    number = _value("number")
    currency = _value("currency")
    date = _value("date")
    datetime = _value("datetime")
    time = _value("time")
    boolean = _value("boolean")
    null = _value("null")

    def named_range(self, name: Token) -> Value:
        if not is_named_range(str(name)):
            raise unexpected(str(name), _at(name))
        return Value("range", str(name), _at(name))

    def counted_range(self, name: Token) -> Value:
        if not is_counted_range(str(name)):
            raise unexpected(str(name), _at(name))
        return Value("range", str(name), _at(name))

    def bind(self, _name: Path) -> Value:
        raise Fault(MALFORMED_QUERY, "Bind variables only allowed in Apex code")

    def with_clause(self, *rest: Any) -> WithClause | None:
        if not rest:
            return None
        word, (kind, text) = rest
        return WithClause(kind, text, _at(word))

    def with_mode(self, mode: Token) -> tuple[str, str]:
        return "mode", mode.upper()

    def with_data_category(self, data: Token, *_categories: Any) -> tuple[str, str]:
        return "data category", data.upper()

    def with_call(self, name: Token, *_settings: Any) -> tuple[str, str]:
        return "call", str(name)

    def category(self, *_parts: Any) -> None:
        return None

    def setting(self, *_parts: Any) -> None:
        return None

    def group_by(self, grouping: tuple[Grouping, tuple[Expression, ...]] | None = None) -> GroupBy | None:
        if grouping is None:
            return None
        mode, expressions = grouping
        return GroupBy(mode, expressions, expressions[0].at)

    def group_plain(self, expressions: tuple[Expression, ...]) -> tuple[Grouping, tuple[Expression, ...]]:
        return "plain", expressions

    def group_rollup(self, _word: Token, expressions: tuple[Expression, ...], _close: Token) -> Any:
        return "rollup", expressions

    def group_cube(self, _word: Token, expressions: tuple[Expression, ...], _close: Token) -> Any:
        return "cube", expressions

    def expressions(self, *expressions: Expression) -> tuple[Expression, ...]:
        return expressions

    def order_by(self, *items: OrderItem) -> tuple[OrderItem, ...]:
        return items

    def order_item(self, expression: Expression, direction: str | None, nulls: str | None) -> OrderItem:
        return OrderItem(expression, direction == "DESC", None if nulls is None else nulls == "FIRST")

    def direction(self, word: Token | None = None) -> str | None:
        return None if word is None else word.upper()

    nulls = direction

    def limit(self, count: Count | None = None) -> Count | None:
        return count

    offset = limit

    def count(self, number: Token) -> Count:
        if not number.isdigit():
            raise unexpected(str(number), _at(number))
        # Longer numbers than SQLite's integers mean "all" just as well.
        return Count(int(number[:18]) if len(number) > 18 else int(number), _at(number))

    def endings(self, *endings: str) -> tuple[str, ...]:
        return endings

    def for_view(self, _word: Token) -> str:
        return "FOR VIEW"

    def for_reference(self, _word: Token) -> str:
        return "FOR REFERENCE"

    def for_update(self, _word: Token) -> str:
        return "FOR UPDATE"

    def update_usage(self, _word: Token, *usages: Token) -> str:
        return "UPDATE " + ", ".join(each.upper() for each in usages)

    def all_rows(self, _word: Token) -> str:
        raise Fault(MALFORMED_QUERY, "ALL ROWS not allowed in this context")


# Each rule's children become arguments. As a decorator `v_args` would hide the class's type.
cast("Any", lark).v_args(inline=True)(TreeBuilder)
