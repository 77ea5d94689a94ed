"""SOQL over REST: first pages, next pages, plans.

Source: specs/reference/rest.md section 7, soql.md section 5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specforce_mockserver import soql
from specforce_mockserver.asking import compiled_for
from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.cursors import Cursors
from specforce_mockserver.ids import to_18
from specforce_mockserver.list_views.library import KEY_PREFIX as VIEW_PREFIX
from specforce_mockserver.list_views.view import Resolved
from specforce_mockserver.records.write import set_where_id
from specforce_mockserver.registry import provides
from specforce_mockserver.reports.library import KEY_PREFIX as REPORT_PREFIX
from specforce_mockserver.reports.runs import query_of

if TYPE_CHECKING:
    from specforce_mockserver.soql import CompiledQuery, Pages
    from specforce_mockserver.violations import Violation

MIN_PAGE, MAX_PAGE = 200, 2000
VIEWED = {"FOR VIEW": "LastViewedDate", "FOR REFERENCE": "LastReferencedDate"}
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d{1,18})", re.IGNORECASE)


def no_query(_call: Call, violation: Violation) -> ApiError:
    """What is said when `q` is missing or empty. [S]"""
    if violation.keyword == "required":
        return ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    return ApiError(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")


@provides("query", blocking=True, on_violation=no_query)
def query(call: Call) -> Answer:
    """The first page of a query."""
    return first_page(call, compiled(call, call.params["q"]))


@provides("queryAll", blocking=True, on_violation=no_query)
def query_all(call: Call) -> Answer:
    """The first page of a query that finds deleted records too."""
    return first_page(call, compiled(call, call.params["q"], include_deleted=True))


@provides("queryMore", blocking=True)
def query_more(call: Call) -> Answer:
    """A later page of a query, or of a child subquery."""
    return _next_page(call)


@provides("queryAllMore", blocking=True)
def query_all_more(call: Call) -> Answer:
    """A later page, under the path of queryAll."""
    return _next_page(call)


@provides("explainQuery", on_violation=no_query)
def explain_query(call: Call) -> Answer:
    """How a query would be run: the one that is given, or that of a report or list view."""
    found = compiled(call, _explained(call, call.params["explain"]))
    try:
        return Answer(soql.explain(call.org.database.reader(), found))
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error


def _explained(call: Call, asked: str) -> str:
    """The query of a report or list view whose Id is given; any other text is one itself."""
    wanted = to_18(asked)
    if wanted is not None and wanted.startswith(REPORT_PREFIX):
        return query_of(call.org.reports.define(call.org.reports.find(wanted)))
    if wanted is not None and wanted.startswith(VIEW_PREFIX):
        return Resolved(call.org.schema, call.org.list_views.by_id(wanted)).soql
    return asked


def compiled(call: Call, text: str, *, include_deleted: bool = False) -> CompiledQuery:
    """A query in the call's version, by its user, on the org's clock.

    Raises:
        ApiError: 400, with SOQL's own code and text.
    """
    try:
        return compiled_for(
            call.org, text, version=call.api_version, user_id=call.user_id, include_deleted=include_deleted
        )
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error


def _page_size(call: Call) -> int:
    """The page size that Sforce-Query-Options asks for, within what there is."""
    wanted = _BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return min(MAX_PAGE, max(MIN_PAGE, int(wanted[1]))) if wanted else call.org.settings.page_records


def first_page(call: Call, found: CompiledQuery) -> Answer:
    """The first page of a query, with a cursor where there are more.

    Raises:
        ApiError: 400, what is found can't be answered page by page.
    """
    size = _page_size(call)
    try:
        with call.org.database.reading() as connection:
            result = found.run(connection, page_size=size, open_child=_child_opener(call, size))
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error
    body: dict[str, Any] = {"totalSize": result.total_size, "done": True}
    if not result.done:
        body["done"] = False
        cursor = call.org.part(Cursors).open(result.without_records, size, call.user_id)
        body["nextRecordsUrl"] = _next_url(call, cursor.id, size)
    body["records"] = result.records
    _mark_viewed(call, found, result.records)
    return Answer(body)


def _mark_viewed(call: Call, found: CompiledQuery, records: list[dict[str, Any]]) -> None:
    """Write down that somebody looked at the records of a first page, where the query says so."""
    sobject = found.plan.sobject
    fields = [field for ending, field in VIEWED.items() if ending in found.tree.endings and sobject.field(field)]
    if not fields or found.plan.kind != "records" or not records:
        return
    ids = [each["attributes"]["url"].rpartition("/")[2] for each in records]
    with call.org.database.write() as writer:
        set_where_id(writer, sobject, ids, dict.fromkeys(fields, call.org.clock.stored_now()))


def _next_page(call: Call) -> Answer:
    cursor, offset = call.org.part(Cursors).find(call.params["locator"], call.user_id)
    size = cursor.page_size
    with call.org.database.reading() as connection:
        records = cursor.pages.page(connection, offset=offset, size=size, open_child=_child_opener(call, size))
    total, reached = cursor.pages.total_size, offset + size
    body: dict[str, Any] = {"totalSize": total, "done": reached >= total}
    if reached < total:
        body["nextRecordsUrl"] = _next_url(call, cursor.id, reached)
    body["records"] = records
    return Answer(body)


def _child_opener(call: Call, size: int) -> soql.OpenChild:
    """Keeps the rest of a long child subquery, and says where it is."""

    def open_child(child: Pages) -> str:
        cursor = call.org.part(Cursors).open(child, size, call.user_id, of_child=True)
        return _next_url(call, cursor.id, size)

    return open_child


def _next_url(call: Call, cursor_id: str, offset: int) -> str:
    return f"{call.data_path}/query/{cursor_id}-{offset}"
