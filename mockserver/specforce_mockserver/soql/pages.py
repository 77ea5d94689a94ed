"""Records of REST, page by page, with the pages of their child subqueries.

When a query has more rows than its first page, their row numbers are kept (8 bytes each): later pages show those rows
as they are then, and leave out those that are gone. Source: specs/reference/rest.md section 7.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Protocol

from . import statements
from .errors import EXCEEDED_ID_LIMIT, SoqlError
from .execute import cursor
from .shape import Groups, Json, Record, Row, group_maker, maker

if TYPE_CHECKING:
    import sqlite3

    from .plan import ChildPlan, Plan

MAX_GROUPS: Final = 2000


class Pages(Protocol):
    """Rows that are read page by page: of a query, or of one record's child subquery."""

    @property
    def total_size(self) -> int:
        """How many rows there are in all."""
        ...

    def page(
        self, connection: sqlite3.Connection, *, offset: int, size: int, open_child: OpenChild | None = None
    ) -> list[Json]:
        """The records from `offset` on, at most `size`."""
        ...


OpenChild = Callable[[Pages], str]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query found.

    Attributes:
        total_size: all its rows, within LIMIT and OFFSET.
        records: the first page, JSON-ready.
    """

    total_size: int
    records: list[Json]
    _plan: Plan = field(repr=False)
    _row_numbers: array[int] = field(default_factory=lambda: array("q"), repr=False)

    @property
    def done(self) -> bool:
        """Whether there is no further page: groups and counts have one only, whatever its size."""
        return len(self._row_numbers) <= len(self.records)

    @property
    def without_records(self) -> QueryResult:
        """The result without its first page, to be kept for the others."""
        return replace(self, records=[])

    def page(
        self, connection: sqlite3.Connection, *, offset: int, size: int, open_child: OpenChild | None = None
    ) -> list[Json]:
        """The records from `offset` on, at most `size`; fewer when rows were removed since."""
        if not self._row_numbers:
            return self.records[offset : offset + size]
        numbers = self._row_numbers[offset : offset + size].tolist()
        parameters = {**self._plan.parameters, "numbers": json.dumps(numbers)}
        rows: list[Row] = cursor(connection, statements.rows_by_number(self._plan), parameters).fetchall()
        return _records(self._plan, rows, connection, size, open_child)


@dataclass(frozen=True, slots=True)
class ChildResult:
    """The rows of a child subquery under one record; read anew for each page."""

    total_size: int
    _child: ChildPlan = field(repr=False)
    _parent: str

    def page(
        self, connection: sqlite3.Connection, *, offset: int, size: int, open_child: OpenChild | None = None
    ) -> list[Json]:
        """The records from `offset` on, at most `size`."""
        rows = _child_rows(self._child, [self._parent], connection, offset, size)
        return _records(self._child.plan, rows, connection, size, open_child)


def first_page(plan: Plan, connection: sqlite3.Connection, size: int, open_child: OpenChild | None) -> QueryResult:
    """Run a plan; a second statement is needed only when the first page doesn't hold everything."""
    if plan.kind == "count":
        (found,) = cursor(connection, statements.count(plan), plan.parameters).fetchone()
        return QueryResult(_within(plan, found), [], plan)
    if isinstance(plan.shape, Groups):
        rows: list[Row] = cursor(connection, statements.rows(plan, MAX_GROUPS + 1), plan.parameters).fetchall()
        if len(rows) > MAX_GROUPS:
            text = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
            raise SoqlError(EXCEEDED_ID_LIMIT, text)
        make = group_maker(plan.shape)
        return QueryResult(len(rows), [make(row) for row in rows], plan)
    rows = cursor(connection, statements.rows(plan, size + 1), plan.parameters).fetchall()
    numbers = array("q")
    if len(rows) > size:
        rows.pop()
        numbers.extend(chain.from_iterable(cursor(connection, statements.row_numbers(plan), plan.parameters)))
    records = _records(plan, rows, connection, size, open_child)
    return QueryResult(max(len(numbers), len(records)), records, plan, numbers)


def _within(plan: Plan, found: int) -> int:
    """How many of the rows found LIMIT and OFFSET leave."""
    left = max(0, found - plan.offset)
    return left if plan.limit is None else min(left, plan.limit)


def _records(
    plan: Plan, rows: Sequence[Row], connection: sqlite3.Connection, size: int, open_child: OpenChild | None
) -> list[Json]:
    """The records of rows, with what their child subqueries find."""
    assert isinstance(plan.shape, Record)
    make = maker(plan.shape)
    records = [make(row) for row in rows]
    if plan.children and rows:
        by_id: dict[str, Json] = {row[plan.shape.index]: record for row, record in zip(rows, records, strict=True)}
        for child in plan.children:
            _add_children(child, by_id, connection, size, open_child)
    return records


def _add_children(
    child: ChildPlan,
    by_id: dict[str, Json],
    connection: sqlite3.Connection,
    size: int,
    open_child: OpenChild | None,
) -> None:
    """Read one subquery for all records of a page and put the results at their places."""
    rows = _child_rows(child, list(by_id), connection, 0, size if open_child else None)
    records = _records(child.plan, rows, connection, size, open_child)
    found: dict[str, tuple[int, list[Json]]] = {}
    for row, record in zip(rows, records, strict=True):
        found.setdefault(row[-2], (row[-1], []))[1].append(record)
    for parent, (all_rows, own) in found.items():
        total = _within(child.plan, all_rows)
        result: dict[str, Any] = {"totalSize": total, "done": len(own) >= total, "records": own}
        if len(own) < total and open_child is not None:
            result["nextRecordsUrl"] = open_child(ChildResult(total, child, parent))
        by_id[parent][child.key] = result


def _child_rows(
    child: ChildPlan, parents: list[str], connection: sqlite3.Connection, offset: int, size: int | None
) -> list[Row]:
    """The rows of a subquery under each parent, with the parent's Id and its count at the end."""
    plan = child.plan
    ends = [each for each in (plan.limit, None if size is None else offset + size) if each is not None]
    first, last = plan.offset + offset + 1, plan.offset + min(ends) if ends else (1 << 62)
    parameters = {**plan.parameters, "parents": json.dumps(parents), "first": first, "last": last}
    return cursor(connection, statements.child_rows(child), parameters).fetchall()
