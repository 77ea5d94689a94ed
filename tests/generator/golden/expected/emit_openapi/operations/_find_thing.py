"""`findThing`: GET /services/data/v{api_version}/things/{label}"""

from __future__ import annotations

from typing import Any

from ...runtime.operation import (
    Operation,
    OperationInfo,
    Reply,
    path_segment,
    read_model,
    undocumented,
)
from ..models.thing import Thing

INFO = OperationInfo(
    operation_id="findThing",
    api="demo",
    method="GET",
    path="/services/data/v{api_version}/things/{label}",
    success=(200,),
    since="58.0",
    repeatable=True,
    accept="application/json",
    source="guide, things (facts.md#1)",
)


def find_thing(
    label: str,
) -> Operation[list[Thing]]:
    """Find a thing by its label.

    Args:
        label: The label, in capitals.

    Returns:
        The operation, for a sender to send.

    Sending it raises:
        InvalidSession: The access token isn't valid (401).
        ServerUnavailable: Salesforce failed (500, 503).

    Since: API 58.0.
    Source: guide, things (facts.md#1).
    """
    return Operation(
        info=INFO,
        decode=_decode,
        path=f"/services/data/v{{api_version}}/things/{path_segment('label', label)}",
    )


def _decode(reply: Reply) -> list[Thing]:
    if reply.status == 200:
        return read_model(INFO, reply, _read_200)
    raise undocumented(INFO, reply)


def _read_200(document: Any) -> list[Thing]:
    response_200: list[Thing] = []
    _response_200: list[Any] = document
    for response_200_item_data in _response_200:
        response_200_item = Thing.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200
