"""WHERE and HAVING: trees of conditions as SQL.

A condition that SQLite finds unknown counts as false, and NOT makes it true: SOQL has two truth values.
Source: specs/reference/soql.md section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from . import kinds, sql
from .errors import EXCEEDED_MAX_SEMIJOIN_SUBSELECTS, INVALID_FIELD, MALFORMED_QUERY, Fault, unexpected
from .sql import Test
from .terms import Term
from .tree import And, Compare, Condition, Expression, Member, MemberQuery, Not, Or

if TYPE_CHECKING:
    from .comparisons import Comparisons

MAX_SEMI_JOINS: Final = 2

SemiJoin = Callable[[MemberQuery, Term], Test]


class Conditions:
    """Compiles the conditions of one clause."""

    def __init__(
        self, term: Callable[[Expression], Term], comparisons: Comparisons, semi_join: SemiJoin | None
    ) -> None:
        """Prepare a clause.

        Args:
            term: resolves the left sides, and refuses those that the clause can't have.
            comparisons: makes the tests.
            semi_join: compiles `IN (SELECT …)`; None where there can't be one.
        """
        self._term = term
        self._comparisons = comparisons
        self._semi_join = semi_join
        self._semi_joins = 0

    def test(self, condition: Condition) -> Test:
        """The condition as SQL.

        Raises:
            Fault: what the clause names doesn't exist, isn't of the type of its literal, or can't stand here.
        """
        match condition:
            case And(terms):
                return sql.joined("AND", [self.test(each) for each in terms])
            case Or(terms):
                _refuse_semi_joins(terms, "OR")
                return sql.joined("OR", [self.test(each) for each in terms])
            case Not(inner):
                _refuse_semi_joins((inner,), "NOT")
                return sql.opposite(self.test(inner))
            case Compare():
                return self._comparisons.compare(self._filter_term(condition.left), condition)
            case Member():
                return self._comparisons.member(self._filter_term(condition.left), condition)
            case MemberQuery():
                return self._in_query(condition)

    def _filter_term(self, expression: Expression) -> Term:
        term = self._term(expression)
        if term.column is not None and not term.function and not kinds.filterable(term.column.field):
            raise Fault(INVALID_FIELD, f"field '{term.name}' can not be filtered in a query call", term.at)
        return term

    def _in_query(self, condition: MemberQuery) -> Test:
        if self._semi_join is None:
            raise Fault(MALFORMED_QUERY, "Nesting of semi join sub-selects is not supported", condition.at)
        self._semi_joins += 1
        if self._semi_joins > MAX_SEMI_JOINS:
            text = f"maximum {MAX_SEMI_JOINS} semi join sub-selects are allowed"
            raise Fault(EXCEEDED_MAX_SEMIJOIN_SUBSELECTS, text)
        term = self._filter_term(condition.left)
        if term.function or term.column is None:
            raise unexpected(term.function, term.at)
        if term.kind != "id":
            text = (
                "The left operand field in the where expression for outer query should be an id field, cannot use: "
                f"'{term.name}'"
            )
            raise Fault(MALFORMED_QUERY, text, term.at)
        if term.column.of_parent:
            text = f"The left operand '{term.column.path}' cannot have more than one level of relationships"
            raise Fault(MALFORMED_QUERY, text, term.at)
        return self._semi_join(condition, term)


def _refuse_semi_joins(terms: tuple[Condition, ...], operator: str) -> None:
    """Semi-joins stand under AND alone."""
    for each in terms:
        if isinstance(each, MemberQuery):
            text = f"Semi join sub-selects are not allowed with the '{operator}' operator"
            raise Fault(MALFORMED_QUERY, text, each.at)
        if isinstance(each, And | Or):
            _refuse_semi_joins(each.terms, operator)
        elif isinstance(each, Not):
            _refuse_semi_joins((each.term,), operator)
