"""Questions over SOAP: queries and searches, describes, what changed in a span of time.

Source: specs/reference/soap.md sections 1, 5, 7 and 8.
"""

from __future__ import annotations

from typing import Any

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, check_count, object_named

MAX_DESCRIBES = 100


@provides("soap.query", blocking=True)
def query(call: Call) -> Answer:
    """The first page of a query."""
    return Answer([ask(call, "query", q=call.params["queryString"])])


@provides("soap.queryAll", blocking=True)
def query_all(call: Call) -> Answer:
    """The first page of a query that finds deleted records too."""
    return Answer([ask(call, "queryAll", q=call.params["queryString"])])


@provides("soap.queryMore", blocking=True)
def query_more(call: Call) -> Answer:
    """A later page."""
    return Answer([ask(call, "queryMore", locator=call.params["queryLocator"])])


@provides("soap.search", blocking=True)
def search(call: Call) -> Answer:
    """The records that a search finds."""
    found = ask(call, "search", q=call.params["searchString"])["searchRecords"]
    hits = [{"record": record} for record in found]
    return Answer([{"queryId": call.org.counters.new_id("0qr"), "searchRecords": hits}])


@provides("soap.describeGlobal", served="static")
def describe_global(call: Call) -> Answer:
    """Every object, in short."""
    return Answer([ask(call, "describeGlobal")])


@provides("soap.describeSObject", served="static")
def describe_sobject(call: Call) -> Answer:
    """One object in full."""
    return Answer([_described(call, call.params["sObjectType"])])


@provides("soap.describeSObjects", served="static")
def describe_sobjects(call: Call) -> Answer:
    """Several objects in full."""
    names = call.params["sObjectType"]
    check_count(names, MAX_DESCRIBES)
    return Answer([_described(call, name) for name in names])


@provides("soap.getDeleted")
def get_deleted(call: Call) -> Answer:
    """What was deleted in a span of time."""
    return _changed(call, "getDeletedRecords")


@provides("soap.getUpdated")
def get_updated(call: Call) -> Answer:
    """What was made or changed in a span of time."""
    return _changed(call, "getUpdatedRecords")


def _described(call: Call, name: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(call, "describeSObject", sobject=object_named(call, name).name)
    fields = [{**each, "soapType": each["soapType"].replace("urn:", "tns:")} for each in found["fields"]]
    return {**found, "fields": fields}


def _changed(call: Call, operation_id: str) -> Answer:
    sobject = object_named(call, call.params["sObjectType"])
    start, end = call.params["startDate"], call.params["endDate"]
    return Answer([ask(call, operation_id, sobject=sobject.name, start=start, end=end)])
