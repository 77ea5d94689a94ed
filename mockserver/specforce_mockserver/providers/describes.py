"""Describes: all objects, one in short, one in full.

Source: specs/reference/rest.md sections 1 and 6. The metadata of a fake org changes never, so `Last-Modified` is
when it was made.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from specforce_mockserver import conditions
from specforce_mockserver.calls import Answer, not_found
from specforce_mockserver.clock import stored
from specforce_mockserver.describe import described, global_entry
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call, Json
    from specforce_mockserver.schema import SObjectType

MAX_BATCH_SIZE = 200
RECENT_RECORDS = 5


def sobject_of(call: Call) -> SObjectType:
    """The object that the path names.

    Raises:
        ApiError: 404, there is none. [S]
    """
    found = call.org.schema.type(call.params["sobject"])
    if found is None:
        raise not_found()
    return found


@provides("describeGlobal", served="static")
def describe_global(call: Call) -> Answer:
    """Every object of the schema, by name."""
    body = {
        "encoding": "UTF-8",
        "maxBatchSize": MAX_BATCH_SIZE,
        "sobjects": [global_entry(each, call.api_version) for each in call.org.schema.by_name()],
    }
    return unchanging(call, body, "global")


@provides("describeSObject", served="static")
def describe_sobject(call: Call) -> Answer:
    """One object in full."""
    sobject = sobject_of(call)
    return unchanging(call, described(sobject, call.api_version), sobject.name)


@provides("getSObjectBasicInfo")
def get_sobject_basic_info(call: Call) -> Answer:
    """One object in short, and the records of it that were changed last."""
    sobject = sobject_of(call)
    return Answer({"objectDescribe": global_entry(sobject, call.api_version), "recentItems": _recent(call, sobject)})


def unchanging(call: Call, body: Json, what: str) -> Answer:
    """Metadata under the tag and the date that it has for as long as the org lives; 304 or 412 where asked for."""
    modified = stored(call.org.started_s)
    tag = f'"{zlib.crc32(f"{what} {call.api_version} {modified}".encode()):08x}"'
    refused = conditions.unmet(call, tag=None, modified=modified)
    if refused is not None:
        return refused
    return Answer(body, headers={"ETag": tag, "Last-Modified": conditions.http_date(modified)})


def _recent(call: Call, sobject: SObjectType) -> list[Json]:
    names = [each.name for each in (sobject.name_field,) if each is not None]
    listed = ", ".join(quoted(name) for name in ("Id", *names))
    order = "SystemModstamp" if sobject.field("SystemModstamp") else "rowid"
    seen = call.org.schema.row_filter(sobject, "t") or "1"
    rows = call.org.database.reader().execute(
        f"SELECT {listed} FROM {quoted(sobject.name)} AS t WHERE IsDeleted = 0 AND {seen} "  # noqa: S608 - quoted names
        f"ORDER BY {order} DESC, rowid DESC LIMIT ?",
        (RECENT_RECORDS,),
    )
    return [
        {
            "attributes": {"type": sobject.name, "url": f"{call.data_path}/sobjects/{sobject.name}/{row[0]}"},
            **dict(zip(("Id", *names), row, strict=True)),
        }
        for row in rows
    ]
