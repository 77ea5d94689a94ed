"""A compiled query: what can be asked of it, with a connection in hand.

`CompiledQuery` holds no connection and never changes, so cursors and jobs keep it and any thread runs it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from . import statements
from .bounds import check_required_filter
from .compile import compile_root
from .errors import API_ERROR, Fault, SoqlError
from .execute import cursor
from .pages import OpenChild, QueryResult, first_page
from .parser import parse
from .settings import Context, Settings
from .shape import Json, Record, maker

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.schema import Schema

    from .plan import Leaf, Plan
    from .tree import Query

PAGE_SIZE: Final = 2000
FETCH_ROWS: Final = 500
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query that was found to be right.

    Attributes:
        text: as it came.
        tree: as it was parsed.
        plan: what it became.
        context: when and by whom it was asked.
        schema: of the org that it was asked of.
    """

    text: str
    tree: Query
    plan: Plan
    context: Context
    schema: Schema

    @property
    def columns(self) -> Cells:
        """The header of flat rows: fields as typed, those of FIELDS() as the schema spells them."""
        return tuple(each.header for each in self._printable)

    def run(
        self, connection: sqlite3.Connection, *, page_size: int = PAGE_SIZE, open_child: OpenChild | None = None
    ) -> QueryResult:
        """Find the rows and read the first page.

        Args:
            connection: to read through.
            page_size: records of the first page.
            open_child: keeps the rest of a long child subquery and answers its `nextRecordsUrl`; without it subqueries
            come whole.

        Raises:
            SoqlError: more groups than one page holds, or conditions that are too many for SQLite.
        """
        return first_page(self.plan, connection, page_size, open_child)

    def among(self, rows: Sequence[int], *, limit: int, offset: int = 0) -> CompiledQuery:
        """The same query over some rows of its object only.

        Args:
            rows: SQLite's numbers of them.
            limit: how many records at most, in place of the query's own LIMIT.
            offset: how many to skip.
        """
        test = f"{self.plan.row_id} IN (SELECT value FROM json_each(:among))"  # noqa: S608 - our own name
        where = f"{self.plan.where} AND {test}" if self.plan.where else f" WHERE {test}"
        parameters = {**self.plan.parameters, "among": json.dumps(rows)}
        plan = replace(self.plan, where=where, parameters=parameters, limit=limit, offset=offset)
        return replace(self, plan=plan)

    def records(self, connection: sqlite3.Connection) -> Iterator[Json]:
        """All records as JSON, read one after the other.

        Raises:
            SoqlError: the query selects no plain records, or has child subqueries.
        """
        if not isinstance(self.plan.shape, Record) or self.plan.children:
            raise SoqlError(API_ERROR, "The query selects what can't be read one after the other")
        return map(maker(self.plan.shape), self._stream(connection, statements.rows(self.plan, None)))

    def text_rows(self, connection: sqlite3.Connection) -> Iterator[Cells]:
        """All rows as texts, one per column, read one after the other.

        Raises:
            SoqlError: flat rows can't hold what the query selects (`bulk_refusal` says what).
        """
        return self._stream(connection, statements.flat_rows(self.plan, self._flat()))

    def csv_lines(
        self, connection: sqlite3.Connection, *, delimiter: str = ",", line_ending: str = "\n"
    ) -> Iterator[str]:
        """All rows as CSV lines, every cell in quotes, the line ending included; no header line.

        Raises:
            SoqlError: as `text_rows`.
        """
        statement = statements.csv_lines(self.plan, self._flat(), delimiter, line_ending)
        return (line for (line,) in self._stream(connection, statement))

    def _stream(self, connection: sqlite3.Connection, statement: str) -> Iterator[Any]:
        found = cursor(connection, statement, self.plan.parameters)
        found.arraysize = FETCH_ROWS
        return iter(found)

    @property
    def _printable(self) -> tuple[Leaf, ...]:
        """The selected values without the compound ones that FIELDS() brings."""
        return tuple(each for each in self.plan.leaves if not (each.compound and each.expanded))

    def _flat(self) -> tuple[Leaf, ...]:
        leaves = self._printable
        if self.plan.kind != "records" or self.plan.children or not leaves or any(each.compound for each in leaves):
            raise SoqlError(API_ERROR, "The query selects what flat rows can't hold")
        return leaves


def compile_query(
    schema: Schema,
    text: str,
    *,
    now: float,
    version: str,
    include_deleted: bool = False,
    user_id: str | None = None,
    settings: Settings | None = None,
) -> CompiledQuery:
    """Parse and check a query; no database is needed.

    Args:
        schema: of the org.
        text: the query.
        now: the org's time in seconds since 1970, for date literals.
        version: the request's API version (`67.0`), for URLs and limits that depend on it.
        include_deleted: whether rows in the Recycle Bin and archived activities are found (`queryAll`).
        user_id: who asks, for `USING SCOPE mine`.
        settings: time zone and calendar of the user and org; UTC, weeks from Sunday and calendar years unless given.

    Raises:
        SoqlError: Salesforce would refuse it, with its errorCode and message.
    """
    context = Context(now, version, include_deleted, user_id, settings or Settings())
    text = _encodable(text)
    try:
        tree = parse(text)
        plan = compile_root(schema, tree, context)
        check_required_filter(plan.sobject, tree)
    except Fault as fault:
        raise fault.error(text) from None
    return CompiledQuery(text, tree, plan, context, schema)


def _encodable(text: str) -> str:
    """A text without the lone surrogates that JSON can bring, which neither SQLite nor an answer could hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
