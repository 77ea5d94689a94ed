"""Semi-joins and anti-joins: the SELECT inside `IN (…)`; and which rows of an object a query sees at all.

Source: specs/reference/soql.md section 2.
"""

# ruff: noqa: S608 (names come from the schema, quoted; values are parameters)

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import sql
from .conditions import Conditions
from .errors import MALFORMED_QUERY, Fault, unexpected
from .names import Scope, unknown_sobject
from .sql import Parameters, Test
from .terms import Term, Terms
from .tree import Expression, Path, Query, SelectField

if TYPE_CHECKING:
    from .comparisons import Comparisons
    from .settings import Context

HAVE_ARCHIVE: Final = frozenset({"Task", "Event"})


def hidden_rows(scope: Scope, context: Context) -> list[Test]:
    """What keeps out rows that the caller may not see, and deleted rows and archived activities, unless they were asked
    for (`queryAll`).
    """
    own = scope.schema.row_filter(scope.sobject, scope.root.alias)
    tests = [Test(own, 1)] if own else []
    if context.include_deleted:
        return tests
    flags = ["IsDeleted", "IsArchived"] if scope.sobject.name in HAVE_ARCHIVE else ["IsDeleted"]
    return [*tests, *(Test(f'{scope.root.alias}."{flag}" IS NOT 1') for flag in flags)]


def semi_join(outer: Scope, query: Query, context: Context, parameters: Parameters, comparisons: Comparisons) -> str:
    """The SELECT of a semi-join: Ids or references, never null.

    Raises:
        Fault: it selects something else, has clauses that it can't have, or is about the object that the outer query is
        about.
    """
    source = query.sources[0].path
    sobject = outer.schema.type(source.text)
    if sobject is None or not sobject.queryable:
        raise unknown_sobject(source.text, source.at)
    if sobject is outer.sobject:
        raise Fault(MALFORMED_QUERY, "The inner and outer selects should not be on the same object type", source.at)
    _check_clauses(query)
    scope = Scope(outer.schema, sobject, prefix="s")
    scope.name_sources(query.sources)
    terms = Terms(scope, context.settings, parameters)

    def plain_term(expression: Expression) -> Term:
        term = terms.term(expression)
        if term.aggregate:
            raise unexpected(term.function, expression.at)
        return term

    selected = plain_term(_only_field(query))
    if selected.kind != "id":
        raise Fault(
            MALFORMED_QUERY,
            f"semi join sub-selects can only query id fields, cannot use: '{selected.name}'",
            selected.at,
        )
    if selected.column is not None and selected.column.origin.level > 1:
        text = f"The inner select field '{selected.column.path}' cannot have more than one level of relationships"
        raise Fault(MALFORMED_QUERY, text, selected.at)
    tests = [*hidden_rows(scope, context), Test(f"{selected.sql} IS NOT NULL")]
    if query.where is not None:
        tests.append(Conditions(plain_term, comparisons, None).test(query.where))
    return f"SELECT {selected.sql} FROM {scope.from_clause} WHERE {sql.joined('AND', tests).sql}"


def _only_field(query: Query) -> Path:
    """The one field that is selected."""
    item, *others = query.items
    if others:
        raise unexpected(",", others[0].at)
    if isinstance(item, SelectField) and isinstance(item.expression, Path) and item.alias is None:
        return item.expression
    raise Fault(MALFORMED_QUERY, "semi join sub-selects can only query id fields", item.at)


def _check_clauses(query: Query) -> None:
    """Refuse what can't stand in a semi-join."""
    if query.order_by:
        raise unexpected("ORDER", query.order_by[0].expression.at)
    if query.group_by is not None:
        raise unexpected("GROUP", query.group_by.at)
    limit = query.limit or query.offset
    if limit is not None:
        raise unexpected("LIMIT" if query.limit else "OFFSET", limit.at)
