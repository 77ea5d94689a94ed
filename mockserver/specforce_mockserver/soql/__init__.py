"""SOQL for the fake org: text in, rows out of the org's SQLite tables.

Two steps. `compile_query` needs no database: it parses, resolves names against the `Schema`, checks types and grouping
rules, and raises `SoqlError` (Salesforce's errorCode and message, caret and column included) when the real one would.
What it returns never changes, so a cursor or a bulk job keeps it and runs it on whichever connection its thread reads
through::

    query = soql.compile_query(schema, text, now=clock.now(), version="67.0", include_deleted=False,
    user_id=call.user_id)

REST (`query`, `queryAll`, next pages)::

    result = query.run(connection, page_size=2000, open_child=register)   # one statement when everything fits into the
    page body = {"totalSize": result.total_size, "done": result.total_size <= 2000, "records": result.records} more =
    result.page(connection, offset=2000, size=2000, open_child=register)

`result` remembers which rows it found (8 bytes each, and only when there is a second page), so later pages neither
repeat nor skip rows whatever is written in between; keep it behind the locator. `open_child(child)` is called for every
child subquery that has more rows than the page: it stores `child` (it has `total_size` and `page` as `result` has) and
returns the URL for that subquery's `nextRecordsUrl`.

Bulk 2.0 query jobs::

    refusal = soql.bulk_refusal(query)           # a SoqlError or None: GROUP BY, OFFSET, TYPEOF, subqueries, compound
    fields, ... query.columns                                # ("Id", "Account.Name"), as typed for cells in
    query.text_rows(connection):    # tuples of str, '' for null: conversion is done by SQLite for line in
    query.csv_lines(connection, delimiter=",", line_ending="\\n"):   # quoted lines (str), several times faster still

Both are cursors over one statement: nothing is held, and a reader connection sees one snapshot for as long as it runs.

`explain(connection, query)` answers the plans of `/query?explain=`. Statements that need more than SQLite has (letters
beyond ASCII, time zones, distances) use a few functions in Python; they are registered on the connection when one is
run.

Source: specs/reference/soql.md, rest.md sections 4 and 7, bulk_v2.md section 7.
"""

from __future__ import annotations

from .bulk import bulk_refusal
from .errors import SoqlError
from .explain import explain
from .pages import ChildResult, OpenChild, Pages, QueryResult
from .query import CompiledQuery, compile_query
from .settings import Settings

__all__ = [
    "ChildResult",
    "CompiledQuery",
    "OpenChild",
    "Pages",
    "QueryResult",
    "Settings",
    "SoqlError",
    "bulk_refusal",
    "compile_query",
    "explain",
]
