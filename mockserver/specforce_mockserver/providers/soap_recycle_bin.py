"""The recycle bin and merges over SOAP, which have no REST twin.

Source: specs/reference/soap.md sections 5 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.composite.records import row_json
from specforce_mockserver.records.recycle_bin import RecycleBin
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import check_count, flag
from specforce_mockserver.soap.merges import Merger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.records.results import RowResult

MAX_RECORDS = 200
MAX_MERGES = 10


@provides("soap.undelete", writes=True)
def undelete(call: Call) -> Answer:
    """Bring records back."""
    ids = call.params["ids"]
    check_count(ids, MAX_RECORDS)
    every = flag(call, "AllOrNoneHeader", "allOrNone")
    return Answer(_told(RecycleBin(call.org, call.user_id).restore(ids, all_or_none=every)))


@provides("soap.emptyRecycleBin", writes=True)
def empty_recycle_bin(call: Call) -> Answer:
    """Delete records of the bin for good."""
    ids = call.params["ids"]
    check_count(ids, MAX_RECORDS)
    return Answer(_told(RecycleBin(call.org, call.user_id).remove(ids)))


@provides("soap.merge", writes=True)
def merge(call: Call) -> Answer:
    """Merge records of one object."""
    requests = call.params["request"]
    check_count(requests, MAX_MERGES)
    merger = Merger(call.org, call.user_id)
    return Answer([merger.merge(each["masterRecord"], each["recordToMergeIds"]) for each in requests])


def _told(results: Sequence[RowResult]) -> list[Any]:
    return [row_json(each) for each in results]
