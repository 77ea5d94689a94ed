"""Recent items: the records that the caller made or changed last, of all objects.

Source: specs/reference/rest.md section 11. What people only looked at isn't kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field, SObjectType

MAX_ITEMS = 200


@provides("listRecentItems", blocking=True)
def list_recent_items(call: Call) -> Answer:
    """The records, latest first."""
    limit: int = call.params.get("limit", MAX_ITEMS)
    schema = call.org.schema
    parts = [
        _part(sobject, name, schema.row_filter(sobject, "t") or "1")
        for sobject in schema.with_tables()
        if (name := _kept(sobject)) is not None
    ]
    statement = f"{' UNION ALL '.join(parts)} ORDER BY 4 DESC, 5 DESC LIMIT :limit"
    found = call.org.database.reader().execute(statement, {"user": call.user_id, "limit": limit})
    return Answer(
        [
            {
                "attributes": {"type": sobject_name, "url": f"{call.data_path}/sobjects/{sobject_name}/{record_id}"},
                "Id": record_id,
                "Name": name,
            }
            for sobject_name, record_id, name, _changed, _place in found
        ]
    )


def _kept(sobject: SObjectType) -> Field | None:
    """The name field of an object whose recent records are kept; None of any other."""
    needed = sobject.field("SystemModstamp") and sobject.field("LastModifiedById")
    return sobject.name_field if needed and sobject.document.get("mruEnabled", True) else None


def _part(sobject: SObjectType, name: Field, seen: str) -> str:
    return (
        f"SELECT * FROM (SELECT '{sobject.name}', Id, {quoted(name.name)}, SystemModstamp, rowid "  # noqa: S608 - schema
        f"FROM {quoted(sobject.name)} AS t WHERE IsDeleted = 0 AND LastModifiedById = :user AND {seen} "
        "ORDER BY SystemModstamp DESC, rowid DESC LIMIT :limit)"
    )
