"""List views: listed, described, run.

Source: specs/reference/rest.md section 11, rest_resources.md section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import soql
from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.list_views.view import ListView, Resolved
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.providers.queries import compiled
from specforce_mockserver.registry import provides
from specforce_mockserver.reports.cells import at

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = Any
DEFAULT_VIEWS: Final = 2000
DEFAULT_RECORDS: Final = 25


@provides("listListViews", served="static")
def list_list_views(call: Call) -> Answer:
    """The views of an object."""
    sobject = sobject_of(call)
    return _page(call, sobject, call.org.list_views.of(sobject), "listviews")


@provides("listRecentListViews")
def list_recent_list_views(call: Call) -> Answer:
    """The views of an object that were run."""
    sobject = sobject_of(call)
    return _page(call, sobject, call.org.list_views.recent(sobject), "listviews/recent")


def _page(call: Call, sobject: SObjectType, views: list[ListView], path: str) -> Answer:
    limit: int = call.params.get("limit", DEFAULT_VIEWS)
    offset: int = call.params.get("offset", 0)
    page = views[offset : offset + limit]
    done = offset + len(page) >= len(views)
    following = f"{call.data_path}/sobjects/{sobject.name}/{path}?limit={limit}&offset={offset + limit}"
    return Answer(
        {
            "done": done,
            "listviews": [each.listed(call.data_path) for each in page],
            "nextRecordsUrl": None if done else following,
            "size": len(page),
            "sobjectType": sobject.name,
        }
    )


def _view(call: Call) -> ListView:
    return call.org.list_views.find(sobject_of(call), call.params["list_view_id"])


@provides("getListView", served="static")
def get_list_view(call: Call) -> Answer:
    """One view in short."""
    return Answer(_view(call).listed(call.data_path))


@provides("describeListView", served="static")
def describe_list_view(call: Call) -> Answer:
    """One view whole."""
    return Answer(Resolved(call.org.schema, _view(call)).described())


@provides("getListViewResults", blocking=True)
def get_list_view_results(call: Call) -> Answer:
    """A page of the records that fit a view."""
    view = _view(call)
    call.org.list_views.use(view)
    resolved = Resolved(call.org.schema, view)
    limit: int = call.params.get("limit", DEFAULT_RECORDS)
    offset: int = call.params.get("offset", 0)
    try:
        query = compiled(call, resolved.soql)
        with call.org.database.reading() as connection:
            result = query.run(connection)
            found = result.page(connection, offset=offset, size=limit) if not result.done else []
            records = found or result.records[offset : offset + limit]
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error
    return Answer(
        {
            "columns": resolved.described_columns(),
            "developerName": view.developer_name,
            "done": offset + len(records) >= result.total_size,
            "id": view.id,
            "label": view.label,
            "records": [
                {
                    "columns": [
                        {"fieldNameOrPath": each.soql, "value": _text(at(record, each.path))}
                        for each in resolved.selected
                    ]
                }
                for record in records
            ],
            "size": len(records),
        }
    )


def _text(value: Json) -> str | None:
    """A value as text."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
