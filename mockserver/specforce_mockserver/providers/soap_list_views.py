"""List views over SOAP, as the REST resources have them.

The elements of requests and of lists of views are [E]: the reference names those of a view and of a view's records.
Source: specs/reference/soap.md sections 7 and 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.ids import to_18
from specforce_mockserver.list_views.view import Resolved
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, flag_of, object_named

if TYPE_CHECKING:
    from specforce_mockserver.list_views.view import ListView

Json = dict[str, Any]


@provides("soap.describeSoqlListViews", served="static")
def describe_soql_list_views(call: Call) -> Answer:
    """Views that are named, whole."""
    wanted = _of(call.params["request"], "listViewParams")
    return _told(call, [_view(call, each) for each in wanted if isinstance(each, dict)])


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
    request: Json = call.params["request"] or {}
    view = _view(call, request)
    bounds = {name: _whole(value) for name in ("limit", "offset") if (value := _first(request, name)) is not None}
    return Answer([ask(call, "getListViewResults", sobject=view.sobject, list_view_id=view.id, **bounds)])


def _told(call: Call, views: list[ListView]) -> Answer:
    described = [Resolved(call.org.schema, each).described() for each in views]
    return Answer([{"describeSoqlListViews": described}])


def _view(call: Call, wanted: Json) -> ListView:
    """The view of an object that is named by its API name or its Id.

    Raises:
        ApiError: there is none.
    """
    sobject = object_named(call, _first(wanted, "sobjectType") or "")
    named = _first(wanted, "developerNameOrId") or ""
    for each in call.org.list_views.of(sobject):
        if each.developer_name.lower() == named.lower() or each.id == to_18(named):
            return each
    raise ApiError(500, "INVALID_QUERY_KEY", f"{sobject.name} has no list view {named}")  # [E]


def _of(open_value: Any, name: str) -> list[Any]:
    """The elements of a name, of a type that the WSDL leaves open."""
    return open_value.get(name, []) if isinstance(open_value, dict) else []


def _first(open_value: Any, name: str) -> Any:
    return next(iter(_of(open_value, name)), None)


def _whole(text: str) -> int:
    """A count that an element says.

    Raises:
        ApiError: it says none.
    """
    if not text.strip().isdecimal():
        raise ApiError(500, "NUMBER_OUTSIDE_VALID_RANGE", f"{text} is not a count")
    return int(text)
