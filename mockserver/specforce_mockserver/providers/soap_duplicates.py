"""Duplicates over SOAP: which records are like others, by the org's duplicate rules.

Source: specs/reference/soap.md sections 7 and 8. An org without rules finds none.
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.ids import to_18
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import check_count, malformed_id

MAX_RECORDS: Final = 50
_NONE: Final[dict[str, Any]] = {"duplicateResults": [], "success": True}


@provides("soap.findDuplicates", served="static")
def find_duplicates(call: Call) -> Answer:
    """What is like records that weren't saved."""
    records = call.params["sObjects"]
    check_count(records, MAX_RECORDS)
    return Answer([_NONE for _each in records])


@provides("soap.findDuplicatesByIds")
def find_duplicates_by_ids(call: Call) -> Answer:
    """What is like records that are there."""
    ids = call.params["ids"]
    check_count(ids, MAX_RECORDS)
    for text in ids:
        record_id = to_18(text) or ""
        sobject = call.org.schema.by_id(record_id)
        if sobject is None or record_id not in rows_by_id(call.org.database.reader(), sobject, [record_id], ()):
            raise malformed_id(text)
    return Answer([_NONE for _each in ids])
