"""`uploadThing`: PUT /services/data/v{api_version}/things/{thing_id}"""

from __future__ import annotations

from ...runtime.operation import (
    Operation,
    OperationInfo,
    Reply,
    StreamBody,
    path_segment,
    undocumented,
)

INFO = OperationInfo(
    operation_id="uploadThing",
    api="demo",
    method="PUT",
    path="/services/data/v{api_version}/things/{thing_id}",
    success=(201,),
    since="31.0",
    until="60.0",
    accept="application/json",
    source="guide, things (facts.md#1)",
)


def upload_thing(
    thing_id: str,
    *,
    body: bytes | StreamBody,
) -> Operation[None]:
    """Give the thing its data.

    Args:
        thing_id: Id of the thing.
        body: The data, with a header row. Sent as text/csv.

    Returns:
        The operation, for a sender to send.

    Sending it raises:
        InvalidSession: The access token isn't valid (401).
        ServerUnavailable: Salesforce failed (500, 503).

    Since: API 31.0.
    Until: API 60.0.
    Source: guide, things (facts.md#1).
    """
    return Operation(
        info=INFO,
        decode=_decode,
        path=f"/services/data/v{{api_version}}/things/{path_segment('thing_id', thing_id)}",
        body=body,
        content_type="text/csv",
    )


def _decode(reply: Reply) -> None:
    if reply.status == 201:
        return None
    raise undocumented(INFO, reply)
