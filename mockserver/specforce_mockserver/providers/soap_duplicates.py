"""Duplicates over SOAP: which records are like others, by the org's duplicate rules.

Source: specs/reference/soap.md sections 7 and 8. An object without rules has no duplicates. [E]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.ids import to_18
from specforce_mockserver.records import Batch, batch_from_json
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.registry import provides
from specforce_mockserver.rows import seen
from specforce_mockserver.soap.delegation import check_count, malformed_id, saving

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = dict[str, Any]
MAX_RECORDS: Final = 50


@provides("soap.findDuplicates", blocking=True)
def find_duplicates(call: Call) -> Answer:
    """What records that weren't saved are like."""
    records: list[Json] = call.params["sObjects"]
    check_count(records, MAX_RECORDS)
    return Answer([_of_record(call, each) for each in records])


@provides("soap.findDuplicatesByIds", blocking=True)
def find_duplicates_by_ids(call: Call) -> Answer:
    """What records that are there are like, themselves left out."""
    ids: list[str] = call.params["ids"]
    check_count(ids, MAX_RECORDS)
    return Answer([_of_id(call, each) for each in ids])


def _of_record(call: Call, record: Json) -> Json:
    sobject = call.org.schema[record["attributes"]["type"]]
    values = {name: value for name, value in record.items() if name != "attributes"}
    return _told(call, batch_from_json(call.org.schema, sobject, [values]), None)


def _of_id(call: Call, text: str) -> Json:
    record_id = to_18(text) or ""
    sobject = call.org.schema.by_id(record_id)
    names = [] if sobject is None else call.org.duplicate_rules.fields(sobject)
    found = None if sobject is None else _values(call, sobject, record_id, names)
    if sobject is None or found is None:
        raise malformed_id(text)
    columns = {name: [value] for name, value in zip(names, found, strict=True)}
    return _told(call, Batch(sobject, 1, columns), record_id)


def _values(call: Call, sobject: SObjectType, record_id: str, names: list[str]) -> tuple[Any, ...] | None:
    """The stored values of a live record that the caller may see."""
    reader = call.org.database.reader()
    found = rows_by_id(reader, sobject, [record_id], ("IsDeleted", *names)).get(record_id)
    return found[1:] if found is not None and not found[0] and seen(call, sobject, [record_id]) else None


def _told(call: Call, batch: Batch, record_id: str | None) -> Json:
    rules = call.org.duplicate_rules
    (found,) = rules.find(call.org.database.reader(), batch, [record_id], saving(call))
    return {"duplicateResults": found, "success": True}
