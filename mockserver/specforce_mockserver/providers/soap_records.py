"""Records over SOAP: created, changed, deleted and read in calls of up to 200.

Source: specs/reference/soap.md sections 1, 5 and 7.
"""

from __future__ import annotations

from typing import Any

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, check_count, flag, object_named

MAX_RECORDS = 200
MAX_READ = 2_000


@provides("soap.create", writes=True)
def create(call: Call) -> Answer:
    """Insert records."""
    return _saved(call, "createRecords")


@provides("soap.update", writes=True)
def update(call: Call) -> Answer:
    """Change the records that the rows' Ids name."""
    return _saved(call, "updateRecords")


@provides("soap.upsert", writes=True)
def upsert(call: Call) -> Answer:
    """Change the records that have the rows' values of a field, insert the rest."""
    given = call.params["sObjects"]
    if not given:
        return Answer([])
    kinds = {record["attributes"]["type"] for record in given}
    if len(kinds) > 1:
        raise ApiError(500, "INVALID_TYPE", "The records of an upsert must be of one type")  # [E]
    return _saved(call, "upsertRecords", sobject=kinds.pop(), field=call.params["externalIDFieldName"])


@provides("soap.delete", writes=True)
def delete(call: Call) -> Answer:
    """Put records into the recycle bin."""
    ids = call.params["ids"]
    check_count(ids, MAX_RECORDS)
    return Answer(ask(call, "deleteRecords", ids=ids, allOrNone=_all_or_none(call)) if ids else [])


@provides("soap.retrieve")
def retrieve(call: Call) -> Answer:
    """Read records; null stands for one that isn't there."""
    ids = call.params["ids"]
    check_count(ids, MAX_READ)
    sobject = object_named(call, call.params["sObjectType"])
    fields = [name.strip() for name in call.params["fieldList"].split(",")]
    return Answer(ask(call, "retrieveRecords", sobject=sobject.name, ids=ids, fields=fields) if ids else [])


def _saved(call: Call, operation_id: str, **params: Any) -> Answer:
    given = call.params["sObjects"]
    check_count(given, MAX_RECORDS)
    if not given:
        return Answer([])
    body = {"records": given, "allOrNone": _all_or_none(call)}
    return Answer(ask(call, operation_id, body=body, **params))


def _all_or_none(call: Call) -> bool:
    return flag(call, "AllOrNoneHeader", "allOrNone")
