"""List views over SOAP, as the REST resources have them.

The elements of requests and of lists of views are [E]: the reference names those of a view and of a view's records.
Source: specs/reference/soap.md sections 7 and 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.ids import to_18
from specforce_mockserver.list_views.view import Resolved
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, first, flag_of, object_named, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.list_views.view import ListView

Json = dict[str, Any]
MAX_DIGITS: Final = 18


@provides("soap.describeSoqlListViews", served="static")
def describe_soql_list_views(call: Call) -> Answer:
    """Views that are named, whole."""
    wanted = opened(call.params["request"]).get("listViewParams", [])
    return _told(call, [_view(call, opened(each)) for each in wanted])


@provides("soap.describeSObjectListViews")
def describe_sobject_list_views(call: Call) -> Answer:
    """The views of an object, whole: all of them, or those that were run."""
    sobject = object_named(call, call.params["sObjectType"])
    library = call.org.list_views
    views = library.recent(sobject) if flag_of(call.params["recentsOnly"]) else library.of(sobject)
    offset = _whole(call.params["offset"])
    return _told(call, views[offset : offset + _whole(call.params["limit"])])


@provides("soap.executeListView", blocking=True)
def execute_list_view(call: Call) -> Answer:
    """A page of the records that fit a view."""
    request = opened(call.params["request"])
    view = _view(call, request)
    bounds = {name: _whole(value) for name in ("limit", "offset") if (value := first(request, name)) is not None}
    return Answer([ask(call, "getListViewResults", sobject=view.sobject, list_view_id=view.id, **bounds)])


def _told(call: Call, views: list[ListView]) -> Answer:
    return Answer([{"describeSoqlListViews": [_described(call, each) for each in views]}])


def _described(call: Call, view: ListView) -> Json:
    """A view whole; SOAP says of columns whether they are searched, and leaves out a condition that there isn't."""
    found: Json = Resolved(call.org.schema, view).described()
    columns = [{**each, "searchable": each["sortable"]} for each in found["columns"]]
    told = {**found, "columns": columns}
    return {name: value for name, value in told.items() if name != "whereCondition" or value is not None}


def _view(call: Call, wanted: Mapping[str, list[Any]]) -> ListView:
    """The view of an object that is named by its API name or its Id.

    Raises:
        ApiError: there is none.
    """
    sobject = object_named(call, first(wanted, "sobjectType") or "")
    named = first(wanted, "developerNameOrId") or ""
    for each in call.org.list_views.of(sobject):
        if each.developer_name.lower() == named.lower() or each.id == to_18(named):
            return each
    raise ApiError(500, "INVALID_QUERY_KEY", f"{sobject.name} has no list view {named}")  # [E]


def _whole(text: str) -> int:
    """A count that an element says.

    Raises:
        ApiError: it says none.
    """
    if not text.strip().isdecimal() or len(text) > MAX_DIGITS:
        raise ApiError(500, "NUMBER_OUTSIDE_VALID_RANGE", f"{text} is not a count")
    return int(text)
