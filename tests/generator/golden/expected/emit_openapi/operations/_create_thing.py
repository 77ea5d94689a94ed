"""`createThing`: POST /services/data/v{api_version}/things"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...runtime.encode import json_body
from ...runtime.operation import (
    Operation,
    OperationInfo,
    Reply,
    undocumented,
)
from ..models.thing import Thing

INFO = OperationInfo(
    operation_id="createThing",
    api="demo",
    method="POST",
    path="/services/data/v{api_version}/things",
    success=(204,),
    since="31.0",
    accept="application/json",
    source="guide, things (facts.md#1)",
)


def create_thing(
    *,
    body: Thing | Mapping[str, Any],
) -> Operation[None]:
    """Create a thing.

    Args:
        body: What the thing is to be. Sent as application/json.

    Returns:
        The operation, for a sender to send.

    Sending it raises:
        InvalidSession: The access token isn't valid (401).
        ServerUnavailable: Salesforce failed (500, 503).

    Since: API 31.0.
    Source: guide, things (facts.md#1).
    """
    return Operation(
        info=INFO,
        decode=_decode,
        path="/services/data/v{api_version}/things",
        body=json_body(body),
        content_type="application/json",
    )


def _decode(reply: Reply) -> None:
    if reply.status == 204:
        return None
    raise undocumented(INFO, reply)
