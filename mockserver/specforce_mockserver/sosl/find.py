"""Running a search: the index finds the rows of each object that have the words, SOQL reads their fields.

Source: specs/reference/soql.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.asking import compiled_for
from specforce_mockserver.list_views.view import Resolved
from specforce_mockserver.soql import SoqlError
from specforce_mockserver.soql.errors import MALFORMED_QUERY
from specforce_mockserver.sosl.index import SearchIndex
from specforce_mockserver.sosl.statement import MAX_OFFSET, StatementError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver import soql
    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType
    from specforce_mockserver.sosl.statement import Wanted
    from specforce_mockserver.sosl.terms import Term

MAX_RECORDS: Final = 2000
MAX_PER_OBJECT: Final = 250
MALFORMED_SEARCH: Final = "MALFORMED_SEARCH"


class Search:
    """One search by one user in one API version."""

    def __init__(self, org: Org, term: Term, scope: str, *, api_version: str, user_id: str) -> None:
        self._org = org
        self._term = term
        self._scope = scope
        self._api_version = api_version
        self._user_id = user_id

    def all_records(self, wanted: Sequence[Wanted], limit: int | None) -> list[dict[str, Any]]:
        """The records of several objects, object by object.

        Args:
            wanted: the objects.
            limit: of all records; the caps of a search hold besides.

        Raises:
            SoqlError: an object or a field that doesn't exist, a condition that isn't one.
            StatementError: an OFFSET that is too far, or of one object among several.
        """
        queries = [self._query(each) for each in wanted]
        for each in wanted:
            if each.offset is not None and (len(wanted) > 1 or each.offset > MAX_OFFSET):
                raise StatementError(f"OFFSET needs a single object, and is {MAX_OFFSET} at most")
        left = min(MAX_RECORDS if limit is None else limit, MAX_RECORDS)
        found: list[dict[str, Any]] = []
        for each, query in zip(wanted, queries, strict=True):
            most = MAX_RECORDS if each.where or each.order_by else min(MAX_RECORDS // len(wanted), MAX_PER_OBJECT)
            found += self._records(each, query, min(left - len(found), most))
        return found

    def records(self, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
        """The records of one object, at most `limit`.

        Raises:
            SoqlError: a field that doesn't exist, a condition that isn't one.
        """
        return self._records(wanted, self._query(wanted), limit)

    def _records(self, wanted: Wanted, query: soql.CompiledQuery, limit: int) -> list[dict[str, Any]]:
        limit = limit if wanted.limit is None else min(limit, wanted.limit)
        if limit <= 0:
            return []
        rows = self._org.part(SearchIndex).rows(query.plan.sobject, self._term, self._scope)
        chosen = query.among(rows, limit=limit, offset=wanted.offset or 0)
        with self._org.database.reading() as connection:
            return chosen.run(connection, page_size=MAX_RECORDS).records

    def _query(self, wanted: Wanted) -> soql.CompiledQuery:
        """The query that reads the fields; messages have no place, since the query isn't what was sent."""
        fields = ", ".join(wanted.fields or ["Id"])
        text = f"SELECT {fields} FROM {wanted.sobject}"  # noqa: S608 - SOQL, checked by its compiler
        conditions = [f"({wanted.where})"] if wanted.where else []
        sobject = self._org.schema.type(wanted.sobject)
        if wanted.list_view and sobject is not None:
            view = self._list_view(sobject, wanted.list_view)
            text += f" USING SCOPE {view.view.scope}" if view.view.scope else ""
            conditions += view.conditions
        text += f" WHERE {' AND '.join(conditions)}" if conditions else ""
        text += f" ORDER BY {wanted.order_by}" if wanted.order_by else ""
        try:
            query = compiled_for(self._org, text, version=self._api_version, user_id=self._user_id)
        except SoqlError as error:
            code = MALFORMED_SEARCH if error.code == MALFORMED_QUERY else error.code
            raise SoqlError(code, error.text) from error
        if query.plan.kind != "records" or query.plan.children:
            raise StatementError("RETURNING takes fields, neither aggregates nor subqueries")
        return query

    def _list_view(self, sobject: SObjectType, name: str) -> Resolved:
        """The list view whose records are searched, by its API name."""
        for each in self._org.list_views.of(sobject):
            if each.developer_name.lower() == name.lower():
                return Resolved(self._org.schema, each)
        raise StatementError(f"{sobject.name} has no list view {name}")


def searchable(org: Org) -> list[str]:
    """The objects that a search without RETURNING looks into: those that there may be records of."""
    return [each.name for each in org.schema.with_tables() if each.searchable]
