"""The Tooling API: the REST API's rules for records and queries, on objects and below a path of its own.

Source: specs/reference/tooling.md.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.calls import NOTHING, Answer, ApiError, Call
from specforce_mockserver.providers import describes, queries, searches, sobject_rows
from specforce_mockserver.records.put import put_record
from specforce_mockserver.records.store import Records
from specforce_mockserver.registry import provides
from specforce_mockserver.tooling.anonymous import execute
from specforce_mockserver.tooling.objects import tooling_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.org import Org

Json = Any
Provide = Callable[[Call], Answer]
_DECLARATION = re.compile(r"\b(?:class|interface|enum|trigger)\s+(\w+)", re.IGNORECASE)


@provides("toolingQuery", blocking=True, on_violation=queries.no_query)
def tooling_query(call: Call) -> Answer:
    """The first page of a query."""
    return _page(_in_tooling(call, queries.query))


@provides("toolingQueryMore", blocking=True)
def tooling_query_more(call: Call) -> Answer:
    """A later page."""
    return _page(_in_tooling(call, queries.query_more))


@provides("toolingSearch", blocking=True, on_violation=searches.no_search)
def tooling_search(call: Call) -> Answer:
    """Run a SOSL statement."""
    return _in_tooling(call, searches.search)


@provides("toolingDescribeGlobal", served="static")
def tooling_describe_global(call: Call) -> Answer:
    """Every object of the Tooling API."""
    return _in_tooling(call, describes.describe_global)


@provides("toolingGetSObjectBasicInfo")
def tooling_get_sobject_basic_info(call: Call) -> Answer:
    """One object in short, and the records of it that were changed last."""
    return _in_tooling(call, describes.get_sobject_basic_info)


@provides("toolingDescribeSObject", served="static")
def tooling_describe_sobject(call: Call) -> Answer:
    """One object in full."""
    return _in_tooling(call, describes.describe_sobject)


@provides("toolingCreateRecord", writes=True)
def tooling_create_record(call: Call) -> Answer:
    """Insert a record; code that comes without a name is called what it declares."""
    body: Mapping[str, Json] = call.body
    if call.params["sobject"].lower() in {"apexclass", "apextrigger"} and isinstance(body.get("Body"), str):
        declared = _DECLARATION.search(body["Body"])
        call.body = {**({"Name": declared[1]} if declared is not None else {}), **body}
    answer = _in_tooling(call, sobject_rows.create_record)
    answer.body |= {"warnings": [], "infos": []}
    return answer


@provides("toolingGetRecord")
def tooling_get_record(call: Call) -> Answer:
    """Read a record: the named fields, or all."""
    return _in_tooling(call, sobject_rows.get_record)


@provides("toolingUpdateRecord", writes=True)
def tooling_update_record(call: Call) -> Answer:
    """Change the named fields of a record, where its object's records can be changed."""
    sobject = tooling_schema().type(call.params["sobject"])
    if sobject is not None and not sobject.updateable:
        raise ApiError(400, "INVALID_TYPE_FOR_OPERATION", f"entity type cannot be updated: {sobject.label}", [])
    return _in_tooling(call, sobject_rows.update_record)


@provides("toolingDeleteRecord", writes=True)
def tooling_delete_record(call: Call) -> Answer:
    """Delete a record."""
    return _in_tooling(call, sobject_rows.delete_record)


@provides("executeAnonymous", writes=True)
def execute_anonymous(call: Call) -> Answer:
    """Answer what became of a piece of Apex, and leave a log of it."""
    code: str = call.params["anonymousBody"]
    view = _view(call.org)
    with call.org.database.write():
        result = execute(call.org, code)
        status = "Success" if result["success"] else result["compileProblem"] or result["exceptionMessage"]
        values = {"LogUserId": call.user_id, "LogLength": len(code), "Request": "API", "Application": "Unknown"}
        more = {"Operation": call.path, "Status": status, "StartTime": call.org.clock.stored_now()}
        put_record(view, "ApexLog", call.org.counters.new_id("07L"), call.user_id, **values, **more)
    return Answer(result)


def _in_tooling(call: Call, provide: Provide) -> Answer:
    """The answer of one of the REST API's functions, on the Tooling API's objects and with its paths."""
    answer = provide(replace(call, org=_view(call.org)))
    if answer.body is not NOTHING:
        answer.body = _moved(answer.body, call.data_path)
    answer.headers = {name: _moved(value, call.data_path) for name, value in answer.headers.items()}
    return answer


def _view(org: Org) -> Org:
    """The org as the Tooling API shows it: everything is shared but the objects."""
    view = copy.copy(org)
    view.schema = tooling_schema()
    view.records = Records(replace(org.services, schema=view.schema))
    return view


def _moved(node: Json, data_path: str) -> Json:
    """A document whose paths lead below `/tooling`."""
    if isinstance(node, str):
        below = node.removeprefix(data_path)
        return f"{data_path}/tooling{below}" if below != node and below.startswith(("/sobjects", "/query")) else node
    if isinstance(node, list):
        items: list[Json] = [*node]
        return [_moved(each, data_path) for each in items]
    if isinstance(node, dict):
        return {name: _moved(each, data_path) for name, each in cast("Mapping[str, Json]", node).items()}
    return node


def _page(answer: Answer) -> Answer:
    """A page of a query with the keys that it has in the Tooling API alone."""
    body: dict[str, Json] = answer.body
    records: list[Json] = body["records"]
    following: str | None = body.get("nextRecordsUrl")
    answer.body = {
        "size": len(records),
        **body,
        "queryLocator": following.rpartition("/")[2] if following else None,
        "entityTypeName": records[0]["attributes"]["type"] if records else None,
    }
    return answer
