"""Records deleted or changed in a span of time.

Source: specs/reference/rest.md section 5, "Deleted"; errors_and_limits.md section 3, INVALID_REPLICATION_DATE.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, ApiError, Call, not_found
from specforce_mockserver.clock import on_the_wire, stored
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType
    from specforce_mockserver.violations import Violation

DAY_S = 86_400.0


def no_span(_call: Call, violation: Violation) -> ApiError:
    """What is said when `start` or `end` is missing. [E]"""
    return ApiError(400, "MISSING_ARGUMENT", f"{violation.name} is a required parameter")


@provides("getDeletedRecords", on_violation=no_span)
def get_deleted_records(call: Call) -> Answer:
    """Records that were put into the recycle bin in a span and are still there."""
    sobject = _replicated(call)
    start, end = _span(call)
    rows = call.org.database.reader().execute(
        f"SELECT Id, SystemModstamp FROM {quoted(sobject.name)} AS t WHERE {_seen(call, sobject)} "  # noqa: S608 - quoted
        "AND IsDeleted = 1 AND SystemModstamp >= ? AND SystemModstamp < ? ORDER BY SystemModstamp, rowid",
        (start, end),
    )
    earliest = call.org.clock.now() - call.org.settings.recycle_bin_days * DAY_S
    return Answer(
        {
            "deletedRecords": [{"id": row[0], "deletedDate": on_the_wire(row[1])} for row in rows],
            "earliestDateAvailable": on_the_wire(stored(earliest)),
            "latestDateCovered": on_the_wire(end),
        }
    )


@provides("getUpdatedRecords", on_violation=no_span)
def get_updated_records(call: Call) -> Answer:
    """Records that were created or changed in a span."""
    sobject = _replicated(call)
    start, end = _span(call)
    rows = call.org.database.reader().execute(
        f"SELECT Id FROM {quoted(sobject.name)} AS t WHERE {_seen(call, sobject)} "  # noqa: S608 - quoted names
        "AND IsDeleted = 0 AND SystemModstamp >= ? AND SystemModstamp < ? ORDER BY SystemModstamp, rowid",
        (start, end),
    )
    return Answer({"ids": [row[0] for row in rows], "latestDateCovered": on_the_wire(end)})


def _seen(call: Call, sobject: SObjectType) -> str:
    """The condition that a row is the caller's to see."""
    return call.org.schema.row_filter(sobject, "t") or "1"


def _replicated(call: Call) -> SObjectType:
    sobject = sobject_of(call)
    if not sobject.replicateable or sobject.field("SystemModstamp") is None:
        raise not_found()
    return sobject


def _span(call: Call) -> tuple[str, str]:
    """The span as stored moments: seconds cut off, at most the allowed days back.

    Raises:
        ApiError: 400 INVALID_REPLICATION_DATE.
    """
    start, end = _minute(call.params["start"], "start"), _minute(call.params["end"], "end")
    if end <= start:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "endDate must be after startDate")
    now = datetime.fromtimestamp(call.org.clock.now(), UTC)
    if start < now - timedelta(days=call.org.settings.replication_days):
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    return stored(start.timestamp()), stored(end.timestamp())


def _minute(text: str, name: str) -> datetime:
    """A moment to the minute; a `+` that came unencoded, and so as a space, is put back."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise ApiError(400, "INVALID_FIELD", f"{name}: value not of required type: {text}") from None
    if moment.tzinfo is None:
        raise ApiError(400, "INVALID_FIELD", f"{name}: value not of required type: {text}")
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
