"""A parsed query and a schema to a plan: the semantic pass, clause by clause.

Source: specs/reference/soql.md sections 1, 2 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import kinds, sql
from .bounds import check_fields_limit
from .comparisons import Comparisons
from .conditions import Conditions
from .date_functions import DATE_FUNCTIONS
from .errors import INVALID_FIELD, MALFORMED_QUERY, NUMBER_OUTSIDE_VALID_RANGE, Fault, unexpected
from .grouping import Groups
from .names import Scope, unknown_child_relationship, unknown_sobject
from .plan import ChildPlan, Plan
from .printing import json_value
from .scopes import scope_tests
from .selection import Selection
from .semi_joins import hidden_rows, semi_join
from .shape import Cell
from .shape import Groups as GroupsShape
from .sql import Parameters, Test
from .terms import AGGREGATES, GROUPING, SAME_VALUE, Term, Terms
from .tree import Call, Count, Expression, MemberQuery, OrderItem, Query, SelectField, Subquery, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.schema import Schema, SObjectType

    from .settings import Context

MAX_OFFSET: Final = 2000
MAX_LEVELS_OF_SUBQUERIES: Final = 5
FIRST_VERSION_WITH_DEEP_SUBQUERIES: Final = 58.0


def compile_root(schema: Schema, query: Query, context: Context) -> Plan:
    """Compile the outermost SELECT.

    Raises:
        Fault: Salesforce would refuse the query.
    """
    source = query.sources[0].path
    sobject = schema.type(source.text)
    if sobject is None or not sobject.queryable:
        raise unknown_sobject(source.text, source.at)
    return _Compiler(schema, sobject, query, context, level=0).plan()


class _Compiler:
    """Compiles one SELECT that stands at the top or in a field list."""

    def __init__(
        self,
        schema: Schema,
        sobject: SObjectType,
        query: Query,
        context: Context,
        *,
        level: int,
        parent_limit: int | None = None,
    ) -> None:
        self._schema = schema
        self._query = query
        self._context = context
        self._level = level
        self._parent_limit = parent_limit
        self._parameters = Parameters()
        self._scope = Scope(schema, sobject)
        self._scope.name_sources(query.sources)
        self._terms = Terms(self._scope, context.settings, self._parameters)
        self._comparisons = Comparisons(context, self._parameters)
        self._path = f"/services/data/v{context.version}/sobjects/"

    def column(self, name: str) -> str:
        """A column of the object of FROM."""
        return f"{self._scope.root.alias}.{sql.name(name)}"

    def plan(self) -> Plan:
        """The plan of the SELECT."""
        query = self._query
        if query.with_clause is not None and query.with_clause.kind == "data category":
            raise Fault(
                MALFORMED_QUERY,
                "WITH DATA CATEGORY needs data categories, which this org doesn't have",
                query.with_clause.at,
            )
        if _is_count(query):
            return self._count_plan()
        check_fields_limit(query)
        if _is_grouped(query):
            if self._level > 0:
                raise Fault(MALFORMED_QUERY, "only root queries support aggregate expressions")
            return self._groups_plan()
        return self._records_plan()

    def _records_plan(self) -> Plan:
        selection = Selection(self._terms, self._path, self._compile_child)
        selection.add(self._query.items)
        where = self._where()
        order = self._order(self._plain_term)
        record = selection.record()
        return Plan(
            kind="records",
            sobject=self._scope.sobject,
            from_clause=self._scope.from_clause,
            where=where,
            order=order,
            limit=_number(self._query.limit),
            offset=self._offset(),
            outputs=selection.outputs,
            shape=record,
            leaves=tuple(selection.leaves),
            children=tuple(selection.children),
            parameters=self._parameters.values,
            row_id=f"{self._scope.root.alias}.rowid",
            joins=self._scope.joins,
        )

    def _count_plan(self) -> Plan:
        query = self._query
        if self._level > 0:
            raise Fault(MALFORMED_QUERY, "only root queries support aggregate expressions")
        refused = query.order_by[0].expression if query.order_by else query.group_by
        if refused is not None:
            raise unexpected("ORDER" if query.order_by else "GROUP", refused.at)
        if query.having is not None:
            raise unexpected("HAVING", None)
        return Plan(
            kind="count",
            sobject=self._scope.sobject,
            where=self._where(),
            from_clause=self._scope.from_clause,
            limit=_number(query.limit),
            offset=self._offset(),
            parameters=self._parameters.values,
        )

    def _groups_plan(self) -> Plan:
        query = self._query
        if query.group_by is None and query.limit is not None and query.having is None:
            raise Fault(
                MALFORMED_QUERY,
                "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
                query.limit.at,
            )
        groups = Groups(query.group_by, self._terms.term)
        outputs: list[str] = []
        cells = self._group_cells(groups, outputs)
        having = Conditions(groups.outer, self._comparisons, None).test(query.having) if query.having else None
        order = self._order(lambda key: groups.sort_key(key, query.items))
        where = self._where()
        return Plan(
            kind="groups",
            sobject=self._scope.sobject,
            from_clause=f"({groups.inner(self._scope.from_clause, where)})",
            where=f" WHERE {having.sql}" if having else "",
            order=order,
            limit=_number(query.limit),
            offset=self._offset(),
            outputs=tuple(outputs),
            shape=GroupsShape(cells),
            parameters=self._parameters.values,
        )

    def _group_cells(self, groups: Groups, outputs: list[str]) -> tuple[Cell, ...]:
        """The field list of a grouped query."""
        cells: list[Cell] = []
        taken: set[str] = set()
        unnamed = 0
        for item in self._query.items:
            if not isinstance(item, SelectField):
                at = item.at
                raise Fault(MALFORMED_QUERY, "Field must be grouped or aggregated", at)
            term = groups.outer(item.expression)
            if item.alias is not None:
                key = item.alias.text
            elif isinstance(item.expression, Call) and (term.aggregate or term.function in DATE_FUNCTIONS):
                key = f"expr{unnamed}"
                unnamed += 1
            else:
                key = term.name
            if key.lower() in taken:
                raise Fault(MALFORMED_QUERY, f"duplicate alias: {key}", item.at)
            taken.add(key.lower())
            cells.append(Cell(key, len(outputs), term.kind == "boolean"))
            # A subtotal has null for a key that it isn't grouped by, booleans included.
            outputs.append(term.sql if term.kind == "boolean" else json_value(term, self._path))
        return tuple(cells)

    def _plain_term(self, expression: Expression) -> Term:
        """A term where nothing is grouped: WHERE, and ORDER BY of a query for rows."""
        term = self._terms.term(expression)
        if term.aggregate:
            raise unexpected(term.function, expression.at)
        return term

    def _where(self) -> str:
        """What the rows of FROM must fulfil: not deleted, in scope, and the WHERE clause."""
        tests = hidden_rows(self._scope, self._context)
        if self._query.scope is not None:
            tests += scope_tests(self._scope, self._query.scope, self._context, self._parameters)
        if self._query.where is not None:
            tests.append(Conditions(self._plain_term, self._comparisons, self._semi_join).test(self._query.where))
        return f" WHERE {sql.joined('AND', tests).sql}" if tests else ""

    def _semi_join(self, condition: MemberQuery, left: Term) -> Test:
        sub_select = semi_join(self._scope, condition.query, self._context, self._parameters, self._comparisons)
        found = Test(f"{left.sql} IN ({sub_select})")
        return sql.opposite(found) if condition.negated else found

    def _order(self, term: Callable[[Expression], Term]) -> str:
        return ", ".join(_order_key(each, term(each.expression)) for each in self._query.order_by)

    def _offset(self) -> int:
        offset = self._query.offset
        if offset is None:
            return 0
        if offset.number > MAX_OFFSET:
            raise Fault(NUMBER_OUTSIDE_VALID_RANGE, f"Maximum SOQL offset allowed is {MAX_OFFSET}")
        if self._level > 0 and self._parent_limit != 1:
            raise Fault(MALFORMED_QUERY, "OFFSET in a subquery needs LIMIT 1 in the parent query", offset.at)
        return offset.number

    def _compile_child(self, subquery: Subquery) -> ChildPlan:
        """A subquery of the field list."""
        deep = float(self._context.version) >= FIRST_VERSION_WITH_DEEP_SUBQUERIES
        if self._level + 1 > (MAX_LEVELS_OF_SUBQUERIES - 1 if deep else 1):
            raise Fault(MALFORMED_QUERY, "Subqueries are nested too deep", subquery.at)
        path = subquery.query.sources[0].path
        *owner, name = path.parts
        relationship = self._scope.sobject.child_relationship(name)
        child = self._schema.type(relationship.child_sobject) if relationship else None
        known_owner = not owner or (len(owner) == 1 and self._scope.names_root(owner[0]))
        if relationship is None or child is None or not known_owner:
            raise unknown_child_relationship(path.text, path.at)
        limit = _number(self._query.limit)
        compiler = _Compiler(
            self._schema, child, subquery.query, self._context, level=self._level + 1, parent_limit=limit
        )
        reference = compiler.column(relationship.field)
        return ChildPlan(relationship.relationship_name or name, reference, compiler.plan())


def _is_count(query: Query) -> bool:
    """Whether it is `SELECT COUNT()`, which stands alone."""
    for place, item in enumerate(query.items):
        expression = item.expression if isinstance(item, SelectField) else None
        if isinstance(expression, Call) and expression.upper == "COUNT" and not expression.arguments:
            others = [*query.items[:place], *query.items[place + 1 :]]
            if others:
                raise unexpected(",", others[0].at)
            if isinstance(item, SelectField) and item.alias:
                raise unexpected(item.alias.text, item.alias.at)
            return True
    return False


def _is_grouped(query: Query) -> bool:
    """Whether its rows are groups: it says so, or selects what only a group has."""
    if query.group_by is not None or query.having is not None:
        return True
    return any(isinstance(each, SelectField) and _needs_group(each.expression) for each in query.items)


def _needs_group(expression: Expression | Value) -> bool:
    if not isinstance(expression, Call):
        return False
    if expression.upper in AGGREGATES or expression.upper == GROUPING or expression.upper in DATE_FUNCTIONS:
        return True
    return expression.upper in SAME_VALUE and any(_needs_group(each) for each in expression.arguments)


def _number(count: Count | None) -> int | None:
    return None if count is None else count.number


def _order_key(item: OrderItem, term: Term) -> str:
    """One key of ORDER BY; nulls come first unless it says otherwise."""
    if term.column is not None and not term.aggregate and not kinds.sortable(term.column.field):
        raise Fault(INVALID_FIELD, f"field '{term.name}' can not be sorted in a query call", term.at)
    direction = " DESC" if item.descending else ""
    nulls = "LAST" if item.nulls_first is False else "FIRST"
    return f"{term.key}{direction} NULLS {nulls}"
