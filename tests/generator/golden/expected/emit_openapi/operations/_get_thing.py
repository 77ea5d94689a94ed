"""`getThing`: GET /services/data/v{api_version}/things/{thing_id}"""

from __future__ import annotations

from collections.abc import Sequence

from ...runtime.encode import header_params, joined, query_params, requirements
from ...runtime.operation import (
    Operation,
    OperationInfo,
    Reply,
    path_segment,
    read_model,
    undocumented,
)
from ...runtime.types import UNSET, Unset
from ..models.thing import Thing

INFO = OperationInfo(
    operation_id="getThing",
    api="demo",
    method="GET",
    path="/services/data/v{api_version}/things/{thing_id}",
    success=(200, 304),
    since="31.0",
    repeatable=True,
    accept="application/json",
    source="guide, things (facts.md#1)",
)


def get_thing(
    thing_id: str,
    *,
    fields: Sequence[str] | Unset = UNSET,
    sforce_mru: bool | Unset = UNSET,
) -> Operation[Thing | None]:
    """Read one thing.

    A thing has a state, and at most one owner.

    Args:
        thing_id: Id of the thing.
        fields: API names of the fields to return.
        sforce_mru: Whether the thing counts as recently used (default false). Sent as the header `Sforce-Mru`.
            Since API 52.0.

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
        path=f"/services/data/v{{api_version}}/things/{path_segment('thing_id', thing_id)}",
        params=query_params(
            ("fields", joined("fields", fields)),
        ),
        headers=header_params(
            ("Sforce-Mru", sforce_mru),
        ),
        requires=requirements(
            ("sforce_mru", sforce_mru, "52.0", None),
        ),
    )


def _decode(reply: Reply) -> Thing | None:
    if reply.status == 200:
        return read_model(INFO, reply, Thing.from_dict)
    if reply.status == 304:
        return None
    raise undocumented(INFO, reply)
