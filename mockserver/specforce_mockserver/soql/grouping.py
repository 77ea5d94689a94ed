"""Grouped queries: aggregates, GROUP BY with ROLLUP and CUBE, HAVING.

The groups are worked out in an inner SELECT, one per grouping set, whose columns (`k0` a key, `g0` its GROUPING, `a0`
an aggregate) are all that the field list, HAVING and ORDER BY may name. Source: specs/reference/soql.md section 1.
"""

# ruff: noqa: S608 (names come from the schema, quoted; values are parameters)

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from . import kinds
from .errors import INVALID_FIELD, MALFORMED_QUERY, Fault
from .terms import GROUPING, Term
from .tree import Path, SelectField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .tree import Expression, GroupBy, SelectItem

MAX_ROLLUP: Final = 3


class Groups:
    """The keys and aggregates of one grouped query; filled while its clauses are compiled, then asked for the inner
    SELECT.
    """

    def __init__(self, group_by: GroupBy | None, term: Callable[[Expression], Term]) -> None:
        """Resolve the keys.

        Raises:
            Fault: a key is unknown or can't be grouped, or ROLLUP or CUBE has more than three.
        """
        self._term = term
        self._mode = group_by.mode if group_by else "plain"
        self._keys: list[Term] = []
        self._places: dict[str, int] = {}
        self._aggregates: dict[str, int] = {}
        expressions = group_by.expressions if group_by else ()
        if group_by is not None and self._mode != "plain" and len(expressions) > MAX_ROLLUP:
            raise Fault(MALFORMED_QUERY, f"{self._mode} can't have more than {MAX_ROLLUP} fields", group_by.at)
        for each in expressions:
            key = term(each)
            self._check_key(key)
            self._places.setdefault(key.sql, len(self._keys))
            self._keys.append(key)

    def _check_key(self, key: Term) -> None:
        can_be_grouped = key.column is not None and (bool(key.function) or kinds.groupable(key.column.field))
        if key.aggregate or not can_be_grouped:
            raise Fault(INVALID_FIELD, f"field '{key.name}' can not be grouped in a query call", key.at)

    def outer(self, expression: Expression) -> Term:
        """An expression of the field list, HAVING or ORDER BY as a term over the inner SELECT.

        Raises:
            Fault: it is neither grouped nor aggregated.
        """
        term = self._term(expression)
        place = self._places.get(term.sql)
        if term.function == GROUPING:
            if place is None or self._mode == "plain":
                raise Fault(MALFORMED_QUERY, f"Field must be grouped by rollup or cube: {term.name}", term.at)
            return replace(term, sql=f"g{place}", column=None, parent="")
        if term.aggregate:
            return replace(term, sql=f"a{self._aggregates.setdefault(term.sql, len(self._aggregates))}", parent="")
        if place is None:
            raise Fault(MALFORMED_QUERY, f"Field must be grouped or aggregated: {term.name}", term.at)
        return replace(term, sql=f"k{place}", parent="")

    def sort_key(self, expression: Expression, items: Sequence[SelectItem]) -> Term:
        """A key of ORDER BY, which may be the alias of an item of the field list.

        Raises:
            Fault: it is neither grouped nor aggregated.
        """
        if isinstance(expression, Path):
            named = {
                each.alias.text.lower(): each.expression
                for each in items
                if isinstance(each, SelectField) and each.alias
            }
            expression = named.get(expression.text.lower(), expression)
        term = self.outer(expression)
        # The null of a subtotal is no false.
        return replace(term, kind="integer") if term.kind == "boolean" else term

    def inner(self, from_clause: str, where: str) -> str:
        """The SELECT whose rows are the groups."""
        sets = [self._set(chosen, from_clause, where) for chosen in self._grouping_sets()]
        return " UNION ALL ".join(sets)

    def _grouping_sets(self) -> list[Sequence[int]]:
        """Which keys each set groups by: all for a plain GROUP BY, all shorter beginnings for ROLLUP, all subsets for
        CUBE.
        """
        places = range(len(self._keys))
        if self._mode == "rollup":
            return [places[:length] for length in range(len(places), -1, -1)]
        if self._mode == "cube":
            return [chosen for length in range(len(places), -1, -1) for chosen in combinations(places, length)]
        return [places]

    def _set(self, chosen: Sequence[int], from_clause: str, where: str) -> str:
        columns: list[str] = []
        for place, key in enumerate(self._keys):
            columns.append(f"{_key_value(key) if place in chosen else 'NULL'} AS k{place}")
            columns.append(f"{int(place not in chosen)} AS g{place}")
        columns += [f"{each} AS a{place}" for place, each in enumerate(self._aggregates)]
        keys = ", ".join(self._keys[place].key for place in chosen)
        grouping = f" GROUP BY {keys}" if chosen else ""
        return f"SELECT {', '.join(columns)} FROM {from_clause}{where}{grouping}"


def _key_value(key: Term) -> str:
    """The value that stands for a group: of texts that differ in case the first one, so that the same rows give the
    same answer.
    """
    return f"min({key.sql})" if key.no_case else key.key
