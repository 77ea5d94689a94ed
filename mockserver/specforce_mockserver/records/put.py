"""Records that the org writes itself, past the rules for what callers write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.records.defaults import CREATED, MODIFIED, default_of, system_values
from specforce_mockserver.records.lookup import quoted

if TYPE_CHECKING:
    from specforce_mockserver.org import Org


def put_record(org: Org, sobject_name: str, record_id: str, user_id: str, **given: Any) -> None:
    """Write one record with those of the stored values that its object has a field for.

    Args:
        org: whose record it is; the caller holds its `database.write()`.
        sobject_name: what it is.
        record_id: 18 characters, new.
        user_id: whose doing it is.
        given: stored values by field.
    """
    sobject = org.schema[sobject_name]
    system = system_values(sobject, (*CREATED, *MODIFIED), org.clock.stored_now(), user_id)
    defaults = {each.name: value for each in sobject.columns if (value := default_of(each)) is not None}
    known = {name: value for name, value in given.items() if sobject.field(name) is not None}
    values = {**defaults, **known, **system, "Id": record_id}
    columns = ", ".join(quoted(name) for name in values)
    marks = ", ".join("?" * len(values))
    statement = f"INSERT INTO {quoted(sobject.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of the schema
    org.database.writer.execute(statement, tuple(values.values()))
